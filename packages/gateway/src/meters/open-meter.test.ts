import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { LogSubject } from "@meterport/engine/ports/log";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { PortTls } from "@meterport/protocol/mep/security/mep-tls/port-security";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { systemEntropy } from "@meterport/transports/clock";
import { linkTraits } from "@meterport/transports/link-traits";
import { portName } from "@meterport/transports/port-name";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { MeterConfig } from "../config/config.ts";
import { superviseMeter } from "./meter-link.ts";
import { openMeter } from "./open-meter.ts";
import { tlsSeen } from "./tls-seen.ts";

const key = new Secret(new Uint8Array(16).fill(1));

const config = (link: string): MeterConfig => ({
  id: "house",
  name: "House",
  link,
  optical: false,
  pipe: link,
  key,
  keyForm: "read as 32 hex digits",
  security: "auto",
  clientId: 0,
  interval: 1_000,
});

/** Connects to a meter of firmware 3.70 with such a configuration; gives its identity and the log. */
const reach = async (configured: Partial<MeterConfig>, prepare: (meter: VirtualMeter) => void = () => {}) => {
  const clock = new VirtualClock();
  const said: string[] = [];
  const meter = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
  });
  prepare(meter);
  const access = openMeter(
    { ...config("tcp://bridge:1"), ...configured },
    {
      clock,
      entropy: (length) => new Uint8Array(length),
      log: { info: (line, about) => said.push(`${about?.meter}: ${line}`) },
      openLink: async () => memoryLine({ meter, clock }),
      traitsOf: linkTraits,
      securityMemory: () => ({ get: () => undefined, set: () => {} }),
    },
  );
  const source = superviseMeter({ name: "bridge", ...access, clock, entropy: (length) => new Uint8Array(length) });
  source.start();
  await clock.advance(20_000);
  const seen = { status: source.status(), identity: source.identity(), said };
  await clock.run(source.close());
  return seen;
};

describe("a profile in the configuration", () => {
  test("that fits keeps the meter's identity known", async () => {
    const { status, identity, said } = await reach({ profile: "meter:3.71" });
    assert.equal(status.state, "up");
    assert.deepEqual(
      [identity?.manufacturer, identity?.firmware?.slice(0, 4), identity?.profile],
      ["NES", "3.70", "meter:3.70"],
    );
    assert.ok(identity?.serial);
    assert.deepEqual(said, []);
  });

  test("that contradicts the meter refuses the link, and names both", async () => {
    for (const profile of ["meter:2.10", "meter:4.30", "module:1.20"]) {
      const { status, identity } = await reach({ profile });
      assert.equal(status.state, "refused");
      assert.deepEqual(
        [status.cause?.code, status.cause?.text.split(": ")[0], identity],
        ["profile", `the profile ${profile} was given, but the meter says that it is meter:3.70 (BT01)`, null],
      );
    }
  });

  test("for an unidentified meter is reported once as uncertain", async () => {
    const { status, said } = await reach({ profile: "meter:3.70" }, (meter) =>
      meter.use(({ request }) => ("table" in request && request.table === 1 ? { kind: "error", code: 3 } : undefined)),
    );
    assert.equal(status.state, "up");
    assert.deepEqual(said, [
      "house: the meter does not identify itself: its values are only as certain as the profile meter:3.70",
    ]);
  });
});

describe("opening a meter", () => {
  test("a port that once spoke TLS gets nothing else, even after a restart or with a damaged file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "meterport-seen-"));
    const said: string[] = [];
    const told = (line: string, about?: LogSubject) =>
      said.push(about === undefined ? line : `${about.meter}: ${line}`);
    const log = { info: told, warn: told };
    /** A freshly started gateway with such a port behind its link. */
    const open = (link: string, tls: PortTls): Promise<unknown> => {
      const clock = new VirtualClock();
      const meter = new VirtualMeter({
        profile: parseProfile("meter:4.30"),
        keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
        scenario: "quiet",
        seed: 1,
        start: clock.wall(),
        tls: [tls],
      });
      const access = openMeter(config(link), {
        clock,
        entropy: systemEntropy,
        log,
        openLink: async () => memoryLine({ meter, clock }),
        traitsOf: linkTraits,
        securityMemory: (name) => tlsSeen(folder, portName(name), log),
      });
      const { signal } = new AbortController();
      const opening = access
        .open({ signal, baud: undefined })
        .then((transport) => access.connect(transport, signal, () => {}));
      return clock.run(opening.then(({ meter }) => meter.close()));
    };
    try {
      await open("tcp://bridge:4002", "off");
      assert.deepEqual(readdirSync(folder), [], "RC4 is not remembered");
      assert.match(said.at(-1) ?? "", /^house: goes on with RC4: /);
      await open("tcp://bridge:4001", "optional");
      const [file = ""] = readdirSync(folder);
      assert.equal(readFileSync(join(folder, file), "utf8"), '{"port":"bridge:4001"}\n');
      const refused = { code: "no-tls", message: /going back to RC4 must be requested explicitly/ };
      await assert.rejects(open("tcp://bridge:4001?delay=100ms", "off"), refused);
      writeFileSync(join(folder, file), '{"li');
      await assert.rejects(open("tcp://BRIDGE:4001", "off"), refused);
      await open("tcp://bridge:4002", "off");
    } finally {
      rmSync(folder, { recursive: true });
    }
    await open("tcp://bridge:4003", "optional");
    assert.ok(said.some((line) => /cannot be written .*bridge:4003 speaks TLS$/.test(line)));
  });
});
