/** What a line is like: speed, bridge, faults of single messages, and what lasts. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { type FaultRates, faultNames } from "./faults.ts";
import type { OpticalHabitSettings } from "./optical-habits.ts";

/**
 * What a line is like. Everything may be omitted: an empty condition is a line of 9600 baud without faults. Rates count for
 * each message: what the client writes at once, or what the meter sends without a pause.
 */
export interface LineCondition extends FaultRates, OpticalHabitSettings {
  /** Bits per second at which the client's side sends and listens, 10 of them to a byte; Infinity takes no time. */
  readonly baud?: number;
  /** The same for the meter. If the two differ, bytes are garbled both ways. */
  readonly meterBaud?: number;
  /** Silence between two bytes. */
  readonly byteGap?: Millis;
  /** The delay of a bridge, each way. */
  readonly latency?: Millis;
  /** Up to this much longer, drawn for each piece; the order stays. */
  readonly jitter?: Millis;
  /** A bridge that collects this many bytes before it hands them to the client… */
  readonly packetBytes?: number;
  /** …but no longer than this; 20 if only the number is given. */
  readonly packetTime?: Millis;
  /** Longest delay of the fault `delay`; 1000 if omitted. */
  readonly longestDelay?: Millis;
  /** A supply that sags: the meter's replies end after this many bytes… */
  readonly cut?: number;
  /** …give or take up to this many… */
  readonly cutSpread?: number;
  /** …each with this probability; 1 if omitted. */
  readonly cutRate?: number;
  /** Probability that the client's bytes come back to it. */
  readonly echo?: number;
  /** Bursts of noise on the idle line, at this mean interval. */
  readonly noiseEvery?: Millis;
  /** Two zero bytes each second, as a meter with something for its client sends. */
  readonly alerts?: boolean;
  /** The meter does not hear the client: its transmit line is broken. */
  readonly deaf?: boolean;
  /** The client does not hear the meter: its receive line is broken. */
  readonly mute?: boolean;
  /** Nothing passes, or the client's side receives one byte over and over. */
  readonly stuck?: "silent" | number;
  /** The optical port of a meter with one UART for both ports is in use: MEP neither hears nor speaks. */
  readonly optical?: boolean;
  /** The meter restarts when this condition begins, and is silent for this long. */
  readonly reboot?: Millis;
  /** Another client asks the same meter at this interval, and both clients hear everything. */
  readonly secondClient?: Millis;
  /** Rates for one direction only, before those for both. */
  readonly toMeter?: FaultRates;
  readonly toClient?: FaultRates;
}

/** From `at` milliseconds after the line's start it differs in this way from its first condition; `{}` restores that one. */
export interface LineStep {
  readonly at: Millis;
  readonly condition: LineCondition;
}

/** How a line changes. */
export interface LineScript {
  readonly steps: readonly LineStep[];
  /** It starts over after this long. */
  readonly repeat?: Millis;
}

/** What a setting is, for checking and for reading it from text. */
export type SettingKind = "baud" | "millis" | "count" | "rate" | "flag" | "stuck";

/** Every setting but `toMeter` and `toClient`. */
export const settingKinds: Readonly<Record<Exclude<keyof LineCondition, "toMeter" | "toClient">, SettingKind>> = {
  baud: "baud",
  meterBaud: "baud",
  byteGap: "millis",
  latency: "millis",
  jitter: "millis",
  packetBytes: "count",
  packetTime: "millis",
  longestDelay: "millis",
  cut: "count",
  cutSpread: "count",
  cutRate: "rate",
  echo: "rate",
  noiseEvery: "millis",
  alerts: "flag",
  deaf: "flag",
  mute: "flag",
  stuck: "stuck",
  optical: "flag",
  reboot: "millis",
  secondClient: "millis",
  firstNak: "count",
  firstRubbish: "count",
  zeroAck: "flag",
  asleep: "flag",
  shortFrame: "count",
  loss: "rate",
  byteLoss: "rate",
  delay: "rate",
  truncate: "rate",
  flip: "rate",
  duplicate: "rate",
  noise: "rate",
  alert: "rate",
};

/** These repeat something, and an interval of 0 would never end. */
const never0: readonly string[] = ["packetBytes", "noiseEvery", "secondClient", "shortFrame"];
/** A script that repeats faster would keep its machine busy with nothing else. */
const shortestRepeat: Millis = 100;
const longest: Millis = 30 * 86_400_000;
/** Most steps of a script. */
const mostSteps = 100_000;

const fits = (name: string, kind: SettingKind, value: unknown): boolean => {
  if (kind === "flag") return typeof value === "boolean";
  if (kind === "stuck" && value === "silent") return true;
  if (typeof value !== "number") return false;
  if (kind === "rate") return value >= 0 && value <= 1;
  if (kind === "baud") return value > 0;
  if (kind === "stuck") return Number.isInteger(value) && value >= 0 && value <= 255;
  if (value === 0 && never0.includes(name)) return false;
  if (kind === "count") return Number.isInteger(value) && value >= 0 && value <= 1_000_000;
  return value >= 0 && value <= longest;
};

const wanted: Readonly<Record<SettingKind, string>> = {
  baud: "a number of bits per second above 0",
  millis: "a length of time up to 30 days",
  count: "a whole number up to 1000000",
  rate: "a probability from 0 to 1",
  flag: "true or false",
  stuck: '"silent" or a byte from 0 to 255',
};

const wrong = (name: string, kind: SettingKind, value: unknown): UsageError => {
  const above = never0.includes(name) ? " and not 0" : "";
  return new UsageError("line", `${name} must be ${wanted[kind]}${above}, not ${String(value).slice(0, 40)}`);
};

/** @throws UsageError (`line`) for a setting that does not exist, or a value that it cannot have */
export const checkCondition = (condition: LineCondition): void => {
  for (const [name, value] of Object.entries(condition)) {
    if (value === undefined) continue;
    if (name === "toMeter" || name === "toClient") {
      for (const [fault, rate] of Object.entries(value))
        if (!(faultNames as readonly string[]).includes(fault) || !fits(fault, "rate", rate))
          throw wrong(`${name}.${fault.slice(0, 40)}`, "rate", rate);
      continue;
    }
    const kind = Object.hasOwn(settingKinds, name) ? settingKinds[name as keyof typeof settingKinds] : undefined;
    if (kind === undefined) throw new UsageError("line", `a line has no setting "${name.slice(0, 40)}"`);
    if (!fits(name, kind, value)) throw wrong(name, kind, value);
  }
};

/** @throws UsageError (`line`) for an impossible step, or steps out of order */
export const checkScript = ({ steps, repeat }: LineScript): void => {
  if (steps.length > mostSteps) throw new UsageError("line", `a script has at most ${mostSteps} steps`);
  let last = 0;
  for (const [index, { at, condition }] of steps.entries()) {
    if (!(at >= last && at <= longest))
      throw new UsageError(
        "line",
        `step ${index + 1} of the script is at ${at} ms, which is not after the one before it`,
      );
    last = at;
    checkCondition(condition);
  }
  if (repeat !== undefined && !(repeat > last && repeat >= shortestRepeat && repeat <= longest))
    throw new UsageError(
      "line",
      `the script repeats after ${repeat} ms, but must repeat later than its last step (${last} ms) and not before ${shortestRepeat} ms`,
    );
};
