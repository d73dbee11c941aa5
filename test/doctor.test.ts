/** The doctor at scripted sicknesses: each line is sick in one way, and the diagnosis must name that one. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Diagnosis, Sickness } from "@meterport/client/doctor/diagnosis";
import { examine } from "@meterport/client/doctor/examine";
import { LinkError, type OpenFailure } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import type { Transport } from "@meterport/protocol/ports";
import { Secret } from "@meterport/protocol/security/key";
import { keyReadings } from "@meterport/protocol/security/key-readings";
import type { SecurityName } from "@meterport/protocol/security/security-names";
import {
  type LineCondition,
  type LineScript,
  modelledLine,
  seeded,
  VirtualMeter,
  type VirtualMeterOptions,
} from "@meterport/simulator";
import { VirtualClock } from "./virtual-clock.ts";

const keyText = "0123456789abcdef";
const key = new Secret(Uint8Array.from(keyText, (character) => character.charCodeAt(0)));
const advanced = new Secret(new Uint8Array(16).fill(2));

interface Case {
  readonly sickness: Sickness | null;
  readonly line?: LineCondition;
  readonly script?: LineScript;
  readonly meter?: Partial<VirtualMeterOptions> & { readonly firmware?: string };
  readonly keyText?: string | null;
  readonly security?: SecurityName;
  /** Speeds of the link can be set. */
  readonly settable?: true;
  readonly reason?: OpenFailure;
  /** The bridge hangs up after so many milliseconds. */
  readonly hangsUpAfter?: number;
  /** The meter's clock is so far ahead, ms. */
  readonly ahead?: number;
}

const asciiReadings = (text: string) =>
  [...keyReadings(text)].sort((a, b) => Number(b.form === "ascii") - Number(a.form === "ascii"));

const diagnose = async (sick: Case, seed: number): Promise<Diagnosis> => {
  const clock = new VirtualClock();
  const { firmware = "meter:3.70", ...options } = sick.meter ?? {};
  const meter = new VirtualMeter({
    profile: parseProfile(firmware),
    scenario: "quiet",
    seed,
    start: clock.wall() + (sick.ahead ?? 0),
    epoch: clock.now(),
    keys: { basic: key, advanced },
    ...options,
  });
  const random = seeded(seed);
  const open = async (baud: number | undefined): Promise<Transport> => {
    if (sick.reason !== undefined)
      throw new LinkError("not-open", "test", "cannot open it: for a test", { reason: sick.reason });
    const line = modelledLine({
      meter,
      clock,
      seed,
      secondClientKey: key,
      ...(sick.script === undefined ? {} : { script: sick.script }),
      ...sick.line,
      ...(baud === undefined ? {} : { baud }),
    });
    if (sick.hangsUpAfter !== undefined) clock.at(clock.now() + sick.hangsUpAfter, () => void line.close());
    return line;
  };
  const given = sick.keyText === undefined ? keyText : sick.keyText;
  return clock.run(
    examine({
      open,
      clock,
      entropy: (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)),
      readings: given === null ? [] : asciiReadings(given),
      security: sick.security ?? "auto",
      bauds: sick.settable === true ? [9600, 19_200, 2400, 38_400, 115_200] : [],
    }),
  );
};

const gen4 = { firmware: "meter:4.30" };

/** By the words that stand in a test's name. */
const cases: Readonly<Record<string, Case>> = {
  "a healthy meter": { sickness: null },
  "a healthy meter behind a bridge with 40 ms": { sickness: null, line: { latency: 40, jitter: 20 } },
  "a healthy meter that speaks TLS only": { sickness: null, meter: { ...gen4, tls: ["required"] } },
  "a healthy meter that alerts": { sickness: null, line: { alerts: true } },
  "a device that is not there": { sickness: "no-device", reason: "missing" },
  "a device that is somebody else's": { sickness: "no-permission", reason: "denied" },
  "a device that is in use": { sickness: "device-busy", reason: "busy" },
  "a bridge whose server does not run": { sickness: "bridge-refuses", reason: "refused" },
  "a bridge that has no power": { sickness: "bridge-unreachable", reason: "unreachable" },
  "a bridge that hangs up": { sickness: "hangs-up", hangsUpAfter: 700 },
  "a port that is switched off": { sickness: "silent", line: { stuck: "silent" } },
  "a receive wire that is broken": { sickness: "silent", line: { mute: true } },
  "a transmit wire that is broken": { sickness: "deaf", line: { deaf: true, alerts: true } },
  "transmit and receive joined": { sickness: "echo", line: { deaf: true, echo: 1 } },
  "a receive line at ground": { sickness: "stuck", line: { stuck: 0 } },
  "a receive line at supply": { sickness: "stuck", line: { stuck: 0xff } },
  "another baud rate": { sickness: "wrong-baud", line: { meterBaud: 19_200 }, settable: true },
  "a false level shifter": { sickness: "noise", line: { noise: 0.3, flip: 0.3, noiseEvery: 300 } },
  "a supply that sags": { sickness: "sag", line: { cut: 101, cutSpread: 6 } },
  "a bridge that takes a second": { sickness: "slow-bridge", line: { latency: 500 } },
  "no key at hand": { sickness: "no-key", keyText: null },
  "another meter's key": { sickness: "wrong-key", keyText: "fedcba9876543210" },
  "another meter's key under TLS": {
    sickness: "wrong-key",
    keyText: "fedcba9876543210",
    meter: { ...gen4, tls: ["required"] },
  },
  "a key that is given as hex of its characters": {
    sickness: "key-form",
    keyText: "30313233343536373839616263646566",
  },
  "a port that wants TLS": { sickness: "tls-required", security: "rc4", meter: { ...gen4, tls: ["required"] } },
  "a port without TLS": { sickness: "no-tls", security: "tls" },
  "a second program": { sickness: "other-client", line: { secondClient: 450 } },
  "a reading head for some seconds": {
    sickness: "paused",
    script: {
      steps: [
        { at: 3000, condition: { optical: true } },
        { at: 15_000, condition: {} },
      ],
    },
  },
  "a meter that is silent at first, and then comes": {
    sickness: "paused",
    line: { optical: true },
    script: { steps: [{ at: 6000, condition: { optical: false } }] },
  },
  "a transmit wire with a loose contact": { sickness: "loses-requests", line: { toMeter: { loss: 0.25 } } },
  "a receive wire with a loose contact": { sickness: "loses-replies", line: { toClient: { loss: 0.25 } } },
  "a key that may not read the values": { sickness: "locked", meter: { locked: [23, 28] } },
  "a clock that is an hour ahead": { sickness: "clock-off", ahead: 3_600_000 },
};

describe("doctor", () => {
  for (const [name, sick] of Object.entries(cases))
    it(`${name}: ${sick.sickness ?? "healthy"}`, async () => {
      for (const seed of [1, 2, 3]) {
        const diagnosis = await diagnose(sick, seed);
        assert.equal(diagnosis.sickness, sick.sickness, `seed ${seed}: ${JSON.stringify(diagnosis, null, 1)}`);
      }
    });
});
