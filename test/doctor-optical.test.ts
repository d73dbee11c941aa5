/** The doctor at optical ports with scripted faults: each head or meter has one fault, and the diagnosis must name it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Diagnosis, Sickness } from "@meterport/doctor/diagnosis";
import { examineOptical, opticalRates } from "@meterport/doctor/optical/examine-optical";
import { LinkError, type OpenFailure } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { acknowledge, encodePacket, PacketReader } from "@meterport/protocol/optical/packet";
import { serviceCode } from "@meterport/protocol/optical/services";
import type { Transport } from "@meterport/protocol/ports";
import {
  type LineCondition,
  type LineScript,
  modelledLine,
  seeded,
  VirtualMeter,
  type VirtualMeterOptions,
} from "@meterport/simulator";
import { memoryPair } from "@meterport/transports/memory";
import { ShownPasswords } from "./support/shown-passwords.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const key = (byte: number): Secret => new Secret(new Uint8Array(20).fill(byte));
const keys = { unique: key(0x4d), provisioning: key(0x50), readOnly: key(0x52) };

/** The other end, in place of a line to a virtual meter: given what came, what it answers at once. */
type Stranger = (bytes: Uint8Array, baud: number) => Uint8Array | undefined;

interface Case {
  readonly sickness: Sickness | null;
  readonly line?: LineCondition;
  readonly script?: LineScript;
  readonly meter?: Partial<VirtualMeterOptions> & { readonly firmware?: string };
  /** RK if omitted. */
  readonly key?: Secret | null;
  readonly usable?: boolean;
  /** On the line that the meter's MEP port also uses. */
  readonly shared?: true;
  readonly settable?: true;
  readonly reason?: OpenFailure;
  readonly hangsUpAfter?: number;
  readonly ahead?: number;
  /** The head works with this setting only. */
  readonly supply?: string;
  readonly stranger?: Stranger;
  /** Repeats this every second. */
  readonly pushed?: string;
  /** All answers to the key are lost, repetitions included; later answers are not. */
  readonly deafToKey?: true;
}

/** Answers each packet of C12.18 with what `say` makes of its first byte. */
const c1218 = (say: (service: number) => readonly number[]): Stranger => {
  const reader = new PacketReader(600);
  let toggle = false;
  return (bytes) => {
    const out: number[] = [];
    for (const event of reader.push(bytes)) {
      if (event.type !== "packet") continue;
      const data = Uint8Array.from(say(event.packet.data[0] ?? 0));
      out.push(acknowledge, ...encodePacket({ multi: false, first: false, toggle, sequence: 0, data }));
      toggle = !toggle;
    }
    return Uint8Array.from(out);
  };
};

/** Four transmissions, two seconds apart. */
const untilGivenUp = 9_000;

const wrapped = (line: Transport, clock: VirtualClock, shown: ShownPasswords, deafToKey: boolean): Transport => {
  let deafUntil = Number.NEGATIVE_INFINITY;
  return {
    ...line,
    write: (bytes) => {
      if (shown.note(bytes) && deafToKey) deafUntil = clock.now() + untilGivenUp;
      return line.write(bytes);
    },
    chunks: (async function* () {
      for await (const bytes of line.chunks) if (clock.now() >= deafUntil) yield bytes;
    })(),
  };
};

const strange = (clock: VirtualClock, { stranger, pushed }: Case, baud: number): Transport => {
  const [ours, theirs] = memoryPair();
  const say = (bytes: Uint8Array): void => void theirs.write(bytes).catch(() => {});
  void (async () => {
    for await (const bytes of theirs.chunks) {
      const answer = stranger?.(bytes, baud);
      if (answer !== undefined && answer.length > 0) clock.at(clock.now() + 20, () => say(answer));
    }
  })();
  const push = (): void => {
    say(Uint8Array.from(pushed ?? "", (character) => character.charCodeAt(0)));
    stop = clock.at(clock.now() + 1000, push);
  };
  let stop = pushed === undefined ? () => {} : clock.at(clock.now() + 500, push);
  return {
    ...ours,
    close: () => {
      stop();
      return ours.close();
    },
  };
};

const diagnose = async (
  sick: Case,
  seed: number,
): Promise<{ readonly diagnosis: Diagnosis; readonly shown: number }> => {
  const clock = new VirtualClock();
  const { firmware = "meter:3.70", ...options } = sick.meter ?? {};
  const meter = new VirtualMeter({
    profile: parseProfile(firmware),
    scenario: "quiet",
    seed,
    start: clock.wall() + (sick.ahead ?? 0),
    epoch: clock.now(),
    keys: { basic: key(1), advanced: key(2) },
    opticalKeys: keys,
    ...options,
  });
  const random = seeded(seed);
  const shown = new ShownPasswords();
  const openWith = async (baud: number | undefined, setting?: string): Promise<Transport> => {
    if (sick.reason !== undefined)
      throw new LinkError("not-open", "test", "cannot open it: for a test", { reason: sick.reason });
    if (sick.stranger !== undefined || sick.pushed !== undefined) return strange(clock, sick, baud ?? 9600);
    const line = modelledLine({
      meter: sick.shared === true ? meter.sharedPort() : meter.optical,
      clock,
      seed,
      ...(sick.script === undefined ? {} : { script: sick.script }),
      ...sick.line,
      ...(baud === undefined ? {} : { baud }),
      ...(sick.supply === setting ? {} : { stuck: "silent" as const }),
    });
    if (sick.hangsUpAfter !== undefined) clock.at(clock.now() + sick.hangsUpAfter, () => void line.close());
    return wrapped(line, clock, shown, sick.deafToKey === true);
  };
  const supplies = ["dtr=on", "rts=off&dtr=on"].map((setting) => ({
    setting,
    open: () => openWith(undefined, setting),
  }));
  const given = sick.key === undefined ? keys.readOnly : sick.key;
  const diagnosis = await clock.run(
    examineOptical({
      open: (baud) => openWith(baud),
      clock,
      entropy: (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)),
      bauds: sick.settable === true ? opticalRates : [],
      supplies: sick.supply === undefined ? [] : supplies,
      ...(given === null ? {} : { key: { form: "hex", secret: given } }),
    }),
  );
  return { diagnosis, shown: shown.times };
};

/** With even parity in the eighth bit, as an eight-bit line sees a seven-bit meter. */
const sevenBits = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => {
    const bits = character.charCodeAt(0);
    let ones = 0;
    for (let bit = 0; bit < 7; bit++) ones += (bits >> bit) & 1;
    return bits | ((ones & 1) << 7);
  });
const iecMeter: Stranger = (bytes, baud) =>
  baud === 300 && String.fromCharCode(...bytes.map((byte) => byte & 0x7f)) === "/?!\r\n"
    ? sevenBits("/ISk5MT171-0133\r\n")
    : undefined;

const healthy = { sickness: null } as const;

/** The cases, by what their tests' names say. */
const cases: Readonly<Record<string, Case>> = {
  "a healthy head with a read-only key": healthy,
  "a healthy head with a provisioning key": { ...healthy, key: keys.provisioning },
  "a healthy head with a unique key on firmware 4.30": {
    ...healthy,
    key: keys.unique,
    meter: { firmware: "meter:4.30" },
  },
  "a healthy head on a meter whose MEP port has the same line": { ...healthy, shared: true },
  "a healthy head that echoes": { ...healthy, line: { echo: 1 } },
  "a healthy head behind a bridge with 100 ms": { ...healthy, line: { latency: 50, jitter: 30 } },
  "a head that is not plugged in": { sickness: "no-device", reason: "missing" },
  "a head that is somebody else's": { sickness: "no-permission", reason: "denied" },
  "a head that is in use": { sickness: "device-busy", reason: "busy" },
  "a bridge that has no power": { sickness: "bridge-unreachable", reason: "unreachable" },
  "a bridge that hangs up": { sickness: "hangs-up", hangsUpAfter: 1700 },
  "a bridge that hangs up in the middle": { sickness: "hangs-up", hangsUpAfter: 4000 },
  "a head beside the window": { sickness: "no-light", line: { stuck: "silent" }, settable: true },
  "a head that the meter does not see": { sickness: "no-light", line: { deaf: true } },
  "a head on a white table": { sickness: "own-light", line: { deaf: true, echo: 1 } },
  "a head under a lamp": { sickness: "stray-light", line: { deaf: true, noiseEvery: 80 } },
  "a head in the sun": { sickness: "stray-light", line: { stuck: 0 } },
  "a head that sits a little beside": { sickness: "loose-head", line: { flip: 0.25 } },
  "a head that is turned, so that half gets lost": { sickness: "loose-head", usable: false, line: { loss: 0.4 } },
  "a head whose light is too weak for the meter": { sickness: "loose-head", line: { toMeter: { loss: 0.25 } } },
  "a head that spoils everything": { sickness: "loose-head", usable: false, line: { toClient: { flip: 1 } } },
  "a head whose supply gives way": { sickness: "head-sags", line: { cut: 90, cutSpread: 6 } },
  "a head that wants DTR on and RTS off": { sickness: "head-supply", supply: "rts=off&dtr=on" },
  "a healthy head on a meter that refuses the first packet of each session": { ...healthy, line: { firstNak: 1 } },
  "a healthy head that answers with rubbish first": { ...healthy, line: { firstRubbish: 2, zeroAck: true } },
  "a meter that has to be woken": { sickness: "asleep", line: { asleep: true }, usable: false },
  "a meter that cuts some of its packets short": { sickness: "short-packets", line: { shortFrame: 45 }, usable: true },
  "another speed": { sickness: "wrong-baud", line: { meterBaud: 19_200 }, settable: true },
  "a meter of IEC 62056-21": { sickness: "other-meter", stranger: iecMeter, settable: true },
  "a meter that pushes SML": { sickness: "other-meter", pushed: "\x1b\x1b\x1b\x1b\x01\x01\x01\x01v\x05" },
  "a meter that pushes telegrams": {
    sickness: "other-meter",
    pushed: "/ESY5Q3DA1004 V3.03\r\n\r\n1-0:0.0.0*255(0)\r\n",
  },
  "a meter that refuses to identify itself": { sickness: "no-session", stranger: c1218(() => [3]) },
  "a meter that refuses the logon": {
    sickness: "no-session",
    stranger: c1218((service) =>
      service === serviceCode.identification
        ? [0, 0, 1, 0, 0]
        : (service & 0xf0) === serviceCode.negotiate
          ? [0, 0, 64, 1, 0]
          : service === serviceCode.logon
            ? [3]
            : [0],
    ),
  },
  "a meter that is locked for eight seconds while it is examined": {
    sickness: "interrupted",
    script: {
      steps: [
        { at: 3000, condition: { optical: true } },
        { at: 11_000, condition: {} },
      ],
    },
  },
  "a meter that is locked at first": {
    sickness: "interrupted",
    line: { optical: true },
    script: { steps: [{ at: 19_000, condition: { optical: false } }] },
  },
  "a head that is taken off in the middle": {
    sickness: "interrupted",
    usable: false,
    script: { steps: [{ at: 3000, condition: { stuck: "silent" } }] },
  },
  "a bridge that takes three seconds": { sickness: "slow-bridge", line: { latency: 1500 } },
  "no key at hand": { sickness: "no-password", key: null, usable: false },
  "another meter's key": { sickness: "password-refused", key: key(9), usable: false },
  "the MEP port's key": { sickness: "password-refused", key: key(1), usable: false },
  "a key whose answer gets lost": { sickness: "password-unheard", deafToKey: true, usable: false },
  "a key that may not read the values": { sickness: "locked", meter: { locked: [23, 28] } },
  "a clock that is an hour ahead": { sickness: "clock-off", ahead: 3_600_000, usable: true },
};

describe("doctor at an optical port", () => {
  for (const [name, sick] of Object.entries(cases))
    test(`${name}: ${sick.sickness ?? "healthy"}`, async () => {
      for (const seed of [1, 2, 3]) {
        const { diagnosis, shown } = await diagnose(sick, seed);
        const seen = `seed ${seed}: ${JSON.stringify(diagnosis, null, 1)}`;
        assert.equal(diagnosis.sickness, sick.sickness, seen);
        if (sick.usable !== undefined) assert.equal(diagnosis.usable, sick.usable, seen);
        if (sick.sickness === null) assert.equal(diagnosis.usable, true, seen);
        const accepted = diagnosis.checks.some(({ finding }) => finding === "password-accepted");
        if (!accepted) assert.ok(shown <= 1, `the key was shown ${shown} times, ${seen}`);
      }
    });

  test("25 times each, a head that loses 1 % both ways, and one behind a slow radio, are called healthy", async () => {
    const wrong: string[] = [];
    for (const line of [{ loss: 0.01 }, { latency: 50, jitter: 40 }])
      for (let seed = 1; seed <= 25; seed++) {
        const { sickness } = (await diagnose({ line, ...healthy }, seed)).diagnosis;
        if (sickness !== null) wrong.push(`${JSON.stringify(line)} seed ${seed}: ${sickness}`);
      }
    // In eighty packets chance may strike five times where one or two are due; that is rare.
    assert.ok(wrong.length <= 1, wrong.join(", "));
  });

  test("says which key it is, and what that key may not read", async () => {
    const facts = async (secret: Secret, name: string) =>
      (await diagnose({ sickness: null, key: secret }, 1)).diagnosis.checks.find((check) => check.name === name);
    assert.deepEqual((await facts(keys.readOnly, "key"))?.facts, { form: "hex", level: "RK" });
    assert.deepEqual((await facts(keys.readOnly, "access"))?.finding, "read-only-rights");
    assert.deepEqual((await facts(keys.readOnly, "access"))?.facts, { tables: "BT04, ET21, ET51" });
    assert.deepEqual((await facts(keys.unique, "key"))?.facts, { form: "hex", level: "MK / PK" });
    assert.deepEqual((await facts(keys.unique, "access"))?.finding, "readable");
  });

  test("says which protocol, speed and setting were found, and with which code a session is refused", async () => {
    const facts = async (name: string, check: string) =>
      (await diagnose(cases[name] ?? healthy, 1)).diagnosis.checks.find((each) => each.name === check)?.facts;
    assert.deepEqual(await facts("a meter of IEC 62056-21", "identification"), { protocol: "IEC 62056-21" });
    assert.deepEqual(await facts("a meter that pushes SML", "identification"), { protocol: "SML" });
    assert.deepEqual(await facts("another speed", "framing"), { baud: 19_200 });
    assert.deepEqual(await facts("a head that wants DTR on and RTS off", "open"), { setting: "rts=off&dtr=on" });
    assert.deepEqual(await facts("a meter that refuses the logon", "logon"), { code: "0x03" });
    assert.deepEqual(await facts("a meter that has to be woken", "identification"), { setting: "wake=4" });
    const { nak = 0 } =
      (await facts("a healthy head on a meter that refuses the first packet of each session", "identification")) ?? {};
    assert.ok(Number(nak) >= 1);
    const late = await facts("a healthy head that answers with rubbish first", "identification");
    assert.ok(Number(late?.rubbish) >= 2 && late?.version === "2.0", JSON.stringify(late));
    const short = await facts("a meter that cuts some of its packets short", "framing");
    assert.ok(Number(short?.short) >= 2, JSON.stringify(short));
  });

  test("a wrong key leaves one alarm, and no lock", async () => {
    const { diagnosis, shown } = await diagnose(cases["another meter's key"] ?? healthy, 1);
    assert.equal(shown, 1);
    // What can be read without a key has still been examined.
    const verdicts = Object.fromEntries(diagnosis.checks.map(({ name, verdict }) => [name, verdict]));
    assert.deepEqual(
      [verdicts.line, verdicts["long-replies"], verdicts.key, diagnosis.meter !== null],
      ["good", "good", "bad", true],
    );
  });
});
