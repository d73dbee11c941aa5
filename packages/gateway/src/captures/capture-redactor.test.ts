import assert from "node:assert/strict";
import { test } from "node:test";
import { rc4 } from "@meterport/client";
import { recordTransport } from "@meterport/client/recording/recording";
import { RecordingRing } from "@meterport/client/recording/recording-ring";
import { tls } from "@meterport/client/session/tls";
import { silentLog } from "@meterport/engine/ports/log";
import { toHex } from "@meterport/protocol/bytes";
import { keyInside, parseCapture } from "@meterport/protocol/capture/capture";
import { piecesOf } from "@meterport/protocol/capture/pieces";
import { verifiedFrames } from "@meterport/protocol/capture/verified";
import { parseProfile } from "@meterport/protocol/layout/index";
import { parseKey, Secret } from "@meterport/protocol/mep/security/key";
import { BT01 } from "@meterport/protocol/tables/basic/bt01-general-manufacturer-information";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { linkMeter } from "../meters/meter-link.ts";
import { captureRedactor } from "./capture-redactor.ts";
import type { RedactionOrder } from "./redacted-capture.ts";

const key = new Secret(Uint8Array.from({ length: 16 }, (_, i) => 17 * i + 1));
const entropy = (length: number): Uint8Array => new Uint8Array(length).fill(3);

/** A capture in which the meter identifies itself, and its serial number. */
const recorded = async (suite: "rc4" | "tls" = "rc4"): Promise<{ readonly text: string; readonly serial: string }> => {
  const clock = new VirtualClock();
  const profile = parseProfile(suite === "tls" ? "meter:4.30" : "meter:3.70");
  const keys = { basic: key, advanced: key };
  const device = new VirtualMeter({
    profile,
    keys,
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
    ...(suite === "tls" ? { tls: ["required"] as const } : {}),
  });
  const ring = new RecordingRing({ clock, size: 512 * 1024, age: 300_000 });
  const transport = recordTransport(memoryLine({ meter: device, clock }), ring);
  const { meter } = await clock.run(
    linkMeter(transport, { security: { rc4, tls }[suite]({ key, level: "basic", entropy }), clock }),
  );
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

/** The meter's messages that verify under a key, as hexadecimal. */
const heard = (text: string, under: Uint8Array): string =>
  verifiedFrames(piecesOf(parseCapture(text)), under)
    .map(({ response = new Uint8Array() }) => toHex(response))
    .join(" ");

for (const suite of ["rc4", "tls"] as const)
  test(`a redacted capture of ${suite} verifies under the throw-away key, and reveals neither key nor serial number`, async () => {
    const { text, serial } = await recorded(suite);
    const redact = captureRedactor(silentLog);
    const redacted = textOf(await redact(order(text)));
    const said = heard(text, key.reveal());
    assert.ok(said.includes(serial), "the recording contains it");
    const saidNow = heard(redacted, parseKey(keyInside(parseCapture(redacted)) ?? "").key);
    assert.equal(saidNow.length, said.length, "all of it verifies");
    assert.ok(!saidNow.includes(serial) && !redacted.includes(serial));
    assert.ok(!redacted.includes(toHex(key.reveal())));
    const told = textOf(await redact(order(text, { profile: suite === "tls" ? "meter:4.30" : "meter:3.70" })));
    assert.equal(told, redacted, "the same seed gives the same names");
  });

test("under a wrong key, only lengths and codes are left", async () => {
  const { text, serial } = await recorded();
  const redacted = textOf(await captureRedactor(silentLog)(order(text, { key: new Uint8Array(16) })));
  assert.ok(!redacted.includes(serial));
  assert.equal(parseCapture(redacted).entries.length, parseCapture(text).entries.length);
});

test("refuses what is not a capture, and more than a few at once", async () => {
  const redact = captureRedactor(silentLog);
  assert.deepEqual(await Promise.all(["{", "{", "{", "{", "{"].map((text) => redact(order(text)))), [
    ...Array(4).fill({ problem: "line 1: it is not a JSON object" }),
    undefined,
  ]);
  assert.deepEqual(
    await redact(order("[]")),
    { problem: "line 1: it is not a JSON object" },
    "and then it is free again",
  );
});

test("recovers after a thread could not be started", async () => {
  const redact = captureRedactor(silentLog);
  const { text } = await recorded();
  // Data that cannot be passed to a thread fails as on a board without threads or memory: when the thread is created.
  const impossible = order(text, { profile: (() => {}) as never });
  await assert.rejects(redact(impossible), /could not be cloned/);
  assert.equal(parseCapture(textOf(await redact(order(text)))).header.link, "tcp");
});
