/**
 * Values that stand still while they should move: measured values that are the same to the last digit for minutes although the registers
 * tell another power, and a register that does not move although power flows. Such a value is old, whatever its time says.
 */
import { type LiveKey, type LiveReading, liveKeys } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { isRegister, type RegisterKey } from "./measured.ts";

type Values = Readonly<Partial<Record<LiveKey, number | null>>>;

/** Measured values that have not moved. */
interface StillSet {
  /** The first reading that had them; its registers are of no interest. */
  readonly values: Values;
  readonly since: Millis;
  readonly readings: number;
  /** Sum of the registers of active energy when they were first seen, Wh. */
  readonly registers: number | null;
  /** Whether something was in doubt in the first of these readings, and so is not among the values. */
  readonly doubted?: boolean | undefined;
}

/** A register that has not moved, and the energy that flowed meanwhile. */
interface StillRegister {
  readonly value: number;
  readonly since: Millis;
  /** Wh, from the measured power. */
  readonly flowed: number;
}

export interface FrozenState {
  readonly set: StillSet | null;
  readonly registers: Readonly<Partial<Record<RegisterKey, StillRegister>>>;
  /** The smallest step that each register has shown, Wh. */
  readonly grain: Readonly<Partial<Record<RegisterKey, number>>>;
  /** The measured power, and when. */
  readonly power: { readonly value: number; readonly time: Millis } | null;
  /** Since when these keys are frozen. */
  readonly frozen: Readonly<Partial<Record<LiveKey, Millis>>>;
}

export const nothingFrozen: FrozenState = { set: null, registers: {}, grain: {}, power: null, frozen: {} };

/** Values that froze, or that move again. */
export interface FrozenEvent {
  readonly kind: "frozen";
  readonly keys: readonly LiveKey[];
  readonly since: Millis;
  /** When they moved again; null while they stand still. */
  readonly until: Millis | null;
}

export interface FrozenCheck {
  readonly state: FrozenState;
  /** Keys that are frozen now. */
  readonly keys: readonly LiveKey[];
  readonly events: readonly FrozenEvent[];
}

/** Shorter than this, anything may stand still. */
const patience: Millis = 300_000;
const fewest = 5;
/** A reading stands for its power no longer than this. */
const longestStep: Millis = 120_000;
/** Meters need not count below their starting current, W. */
const smallestPower = 50;
/** What must have flowed past a register that stands still, Wh: it may be shown in whole kWh until it has shown a smaller step. */
const leastFlow = (grain: number | undefined): number => (grain === undefined ? 2_000 : Math.max(20, 20 * grain));

const flowing = ["energy_import_wh", "energy_export_wh"] as const satisfies readonly RegisterKey[];

const activeSum = (reading: Values): number | null => {
  let sum: number | null = null;
  for (const key of flowing) {
    const value = reading[key];
    if (typeof value === "number") sum = (sum ?? 0) + value;
  }
  return sum;
};

const measuredKeys = liveKeys.filter((key) => !isRegister(key));

/** Whether nothing has moved; a value that one of both lacks says nothing, since some readings ask for power alone. */
const areSame = (a: Values, b: Values): boolean =>
  measuredKeys.every((key) => typeof a[key] !== "number" || typeof b[key] !== "number" || a[key] === b[key]);

/**
 * Whether values that stand still contradict the registers. A load may be steady, and then the registers rise by just what the power says.
 */
const contradicts = (set: StillSet, reading: Values, time: Millis, grain: number): boolean => {
  const now = activeSum(reading);
  const { power_w: power = null } = set.values;
  if (set.registers === null || now === null || power === null || now <= set.registers) return false;
  const expected = (Math.abs(power) * (time - set.since)) / 3_600_000;
  return Math.abs(now - set.registers - expected) > Math.max(2 + 3 * grain, 0.05 * expected);
};

const numbersOf = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === "number"));

const stillSet = (last: StillSet | null, reading: Values, time: Millis, doubted: boolean): StillSet | null => {
  if (measuredKeys.every((key) => typeof reading[key] !== "number")) return last;
  if (last === null || !areSame(last.values, reading) || time < last.since)
    return { values: reading, since: time, readings: 1, registers: activeSum(reading), doubted };
  // What was in doubt in the first reading is compared from now on.
  const lacks =
    last.doubted === true &&
    measuredKeys.some((key) => typeof last.values[key] !== "number" && typeof reading[key] === "number");
  const values = lacks ? { ...reading, ...numbersOf(last.values) } : last.values;
  return { ...last, values, registers: last.registers ?? activeSum(reading), readings: last.readings + 1 };
};

/** How much energy has passed a register since the reading before, Wh. */
const flowSince = ({ power }: FrozenState, key: RegisterKey, time: Millis): number => {
  if (power === null) return 0;
  const watts = key === "energy_import_wh" ? power.value : -power.value;
  const step = Math.min(longestStep, Math.max(0, time - power.time));
  return watts < smallestPower ? 0 : (watts * step) / 3_600_000;
};

const moveRegisters = (state: FrozenState, reading: Values, time: Millis): Pick<FrozenState, "registers" | "grain"> => {
  // Kept as they are while nothing changes, so that others can see that at a glance.
  let { registers, grain } = state;
  for (const key of flowing) {
    const value = reading[key];
    if (typeof value !== "number") continue;
    const last = registers[key];
    const step = last === undefined ? 0 : value - last.value;
    if (step > 0 && step < (grain[key] ?? Infinity)) grain = { ...grain, [key]: step };
    const flowed = flowSince(state, key, time);
    if (last === undefined || step !== 0 || time < last.since)
      registers = { ...registers, [key]: { value, since: time, flowed: 0 } };
    else if (flowed > 0) registers = { ...registers, [key]: { ...last, flowed: last.flowed + flowed } };
  }
  return { registers, grain };
};

/** Registers that do not move although power flows. */
const frozenRegisters = ({ registers, grain }: FrozenState, reading: Values, time: Millis) =>
  flowing.filter((key) => {
    const still = registers[key];
    if (still === undefined || typeof reading[key] !== "number") return false;
    return time - still.since >= patience && still.flowed >= leastFlow(grain[key]);
  });

/** A load may be steady, but no voltage is, to the last digit. */
const hasVoltage = (values: Values): boolean =>
  measuredKeys.some((key) => key.startsWith("voltage_") && typeof values[key] === "number");

const noneFound: ReadonlyMap<LiveKey, Millis> = new Map();

/** Which keys are frozen after this reading, and since when. */
const frozenNow = (state: FrozenState, reading: Values, time: Millis): ReadonlyMap<LiveKey, Millis> => {
  const { set, grain } = state;
  const registers = frozenRegisters(state, reading, time);
  const moves = set === null || set.readings < fewest || time - set.since < patience;
  if (moves && registers.length === 0) return noneFound;
  const found = new Map<LiveKey, Millis>();
  for (const key of registers) found.set(key, state.registers[key]?.since ?? time);
  if (moves) return found;
  const coarsest = Math.max(1, ...flowing.map((key) => grain[key] ?? 1));
  // Registers and measured values that stand still together are one old reading, given again and again.
  const isOldReading = found.size > 0 && hasVoltage(set.values);
  if (!isOldReading && !contradicts(set, reading, time, coarsest)) return found;
  for (const key of isOldReading ? liveKeys : measuredKeys)
    if (typeof reading[key] === "number" && typeof set.values[key] === "number" && !found.has(key))
      found.set(key, set.since);
  return found;
};

const noneFrozen: FrozenState["frozen"] = nothingFrozen.frozen;

/** Looks at one reading, whose values in doubt are null already. */
export const checkFrozen = (last: FrozenState, reading: LiveReading, time: Millis): FrozenCheck => {
  const power = reading.power_w;
  const moved: FrozenState = {
    ...moveRegisters(last, reading, time),
    set: stillSet(last.set, reading, time, reading.quality === "suspect"),
    power: typeof power === "number" ? { value: power, time } : null,
    frozen: last.frozen,
  };
  const found = frozenNow(moved, reading, time);
  const keys = [...found.keys()];
  if (keys.length === 0 && last.frozen === noneFrozen) return { state: moved, keys, events: [] };
  const frozen: Partial<Record<LiveKey, Millis>> = {};
  for (const [key, since] of found) frozen[key] = last.frozen[key] ?? since;
  const events = eventsOf(last.frozen, frozen, time);
  return { state: { ...moved, frozen: keys.length === 0 ? noneFrozen : frozen }, keys, events };
};

type Since = FrozenState["frozen"];

const eventsOf = (before: Since, after: Since, time: Millis): FrozenEvent[] => {
  const begun = liveKeys.filter((key) => before[key] === undefined && after[key] !== undefined);
  const ended = liveKeys.filter((key) => before[key] !== undefined && after[key] === undefined);
  const grouped = (keys: readonly LiveKey[], since: Since, until: Millis | null): FrozenEvent[] =>
    [...new Set(keys.map((key) => since[key] as Millis))].map((start) => ({
      kind: "frozen",
      keys: keys.filter((key) => since[key] === start),
      since: start,
      until,
    }));
  return [...grouped(ended, before, time), ...grouped(begun, after, null)];
};
