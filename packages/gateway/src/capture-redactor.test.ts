import assert from "node:assert/strict";
import { test } from "node:test";
import { rc4 } from "@meterport/client";
import { recordTransport } from "@meterport/client/recording";
import { RecordingRing } from "@meterport/client/recording-ring";
import { keyInside, parseCapture } from "@meterport/protocol/capture/capture";
import { parseProfile } from "@meterport/protocol/layout/index";
import { parseKey, Secret } from "@meterport/protocol/security/key";
import { BT01 } from "@meterport/protocol/tables/basic/bt01-general-manufacturer-information";
import { memoryLine, ReplayedMeter, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "../../../test/virtual-clock.ts";
import { captureRedactor } from "./capture-redactor.ts";
import { silentLog } from "./log.ts";
import { linkMeter } from "./meter-link.ts";
import type { RedactionOrder } from "./redacted-capture.ts";

const key = new Secret(Uint8Array.from({ length: 16 }, (_, i) => 17 * i + 1));
const entropy = (length: number): Uint8Array => new Uint8Array(length).fill(3);

/** A capture in which the meter says who it is, and who that is. */
const recorded = async (): Promise<{ readonly text: string; readonly serial: string }> => {
  const clock = new VirtualClock();
  const profile = parseProfile("meter:3.70");
  const keys = { basic: key, advanced: key };
  const device = new VirtualMeter({ profile, keys, scenario: "quiet", seed: 1, start: clock.wall() });
  const ring = new RecordingRing({ clock, size: 512 * 1024, age: 300_000 });
  const transport = recordTransport(memoryLine({ meter: device, clock }), ring);
  const { meter } = await clock.run(linkMeter(transport, { security: rc4({ key, entropy }), clock }));
  const { serialNumber: serial } = await clock.run(meter.read(BT01));
  await clock.run(meter.close());
  return { text: ring.capture("tcp") ?? assert.fail("nothing recorded"), serial };
};
const order = (text: string, over: Partial<RedactionOrder> = {}): RedactionOrder => ({
  text,
  key: key.reveal(),
  seed: new Uint8Array(32),
  profile: undefined,
  ...over,
});
const textOf = (redaction: unknown): string => (redaction as { readonly text: string }).text;

test("a redacted capture verifies under the throw-away key, and tells neither key nor serial number", async () => {
  const { text, serial } = await recorded();
  const redact = captureRedactor(silentLog);
  const redacted = textOf(await redact(order(text)));
  const all = (from: string): string =>
    parseCapture(from)
      .entries.map((entry) => ("bytes" in entry ? Buffer.from(entry.bytes).toString("hex") : ""))
      .join("");
  assert.ok(all(text).includes(serial), "the recording has it");
  assert.ok(!all(redacted).includes(serial));
  assert.ok(!redacted.includes(Buffer.from(key.reveal()).toString("hex")));
  const capture = parseCapture(redacted);
  assert.ok(new ReplayedMeter(capture, { key: parseKey(keyInside(capture) ?? "").secret, entropy }), "it verifies");
  assert.equal(textOf(await redact(order(text, { profile: "meter:3.70" }))), redacted, "the same seed, the same names");
});

test("under a key that does not fit only lengths and codes are left", async () => {
  const { text, serial } = await recorded();
  const redacted = textOf(await captureRedactor(silentLog)(order(text, { key: new Uint8Array(16) })));
  assert.ok(!redacted.includes(serial));
  assert.equal(parseCapture(redacted).entries.length, parseCapture(text).entries.length);
});

test("what is no capture is told, and more than a few at once are sent away", async () => {
  const redact = captureRedactor(silentLog);
  assert.deepEqual(await Promise.all(["{", "{", "{", "{", "{"].map((text) => redact(order(text)))), [
    ...Array(4).fill({ problem: "line 1: it is no JSON object" }),
    undefined,
  ]);
  assert.deepEqual(await redact(order("[]")), { problem: "line 1: it is no JSON object" }, "and then it is free again");
});
