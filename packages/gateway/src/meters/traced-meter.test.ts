import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Security } from "@meterport/client";
import { optical } from "@meterport/client/session/optical";
import { rc4 } from "@meterport/client/session/security";
import { tls } from "@meterport/client/session/tls";
import type { LogSubject } from "@meterport/engine/ports/log";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { LogLevel } from "../log.ts";
import { linkMeter } from "./meter-link.ts";
import { tracedMeter } from "./traced-meter.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const basic = new Secret(bytesOf("Bcanary-Bcanary1"));
const readOnly = new Secret(bytesOf("Rcanary-Rcanary-Rcan"));
const entropy = (length: number): Uint8Array => new Uint8Array(length).fill(7);

/** The log while a meter is connected and read once. */
const logged = async (level: LogLevel, security: Security, firmware = "3.70", port: "mep" | "optical" = "mep") => {
  const clock = new VirtualClock();
  const meter = new VirtualMeter({
    profile: parseProfile(`meter:${firmware}`),
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
    epoch: clock.now(),
    keys: { basic, advanced: new Secret(new Uint8Array(16).fill(2)) },
    opticalKeys: { readOnly },
    ...(firmware === "4.30" ? { tls: ["required" as const] } : {}),
  });
  const lines: string[] = [];
  const note = (of: string) => (text: string, about?: LogSubject) => void lines.push(`${of} ${about?.meter}: ${text}`);
  const told: unknown[] = [];
  const access = tracedMeter(
    {
      near: true,
      open: async () => memoryLine({ meter: port === "optical" ? meter.optical : meter, clock }),
      connect: (transport, signal, onSession) => linkMeter(transport, { security, clock, signal, onSession }),
    },
    { id: "home", level, clock, log: { debug: note("debug"), trace: note("trace") } },
  );
  const { signal } = new AbortController();
  const work = async () => {
    const linked = await access.connect(await access.open({ signal, baud: undefined }), signal, (session) =>
      told.push(session),
    );
    await linked.live.read();
    await linked.meter.close();
  };
  await clock.run(work());
  assert.equal(told.length, 1, "the traffic counter still gets the session");
  return lines;
};

describe("a traced meter", () => {
  test("logs its frames at trace, unusual events at debug, and nothing at info", async () => {
    const security = () => rc4({ key: basic, entropy });
    const all = await logged("trace", security());
    assert.ok(
      all.some((line) => /^trace home: <- read BT28 @\d+ \+\d+: ok, \d+ bytes, digest valid/.test(line)),
      all.join("\n"),
    );
    assert.ok(all.some((line) => /^debug home: <- the meter expects sequence number/.test(line)));
    assert.deepEqual(await logged("info", security()), []);
  });

  test("no key is in any line, under RC4, TLS and at the optical port", async () => {
    for (const lines of [
      await logged("trace", rc4({ key: basic, entropy })),
      await logged("trace", rc4({ key: basic, entropy, encrypt: true })),
      await logged("trace", tls({ key: basic, entropy, level: "basic" }), "4.30"),
      await logged("trace", optical({ key: readOnly }), "3.70", "optical"),
    ]) {
      assert.ok(lines.length > 10, lines.join("\n"));
      assert.doesNotMatch(lines.join("\n"), /canary|63 ?61 ?6e ?61 ?72 ?79/i);
    }
  });
});
