/**
 * Checks every reading before it is shown or stored: a value that is implausible, or far from the last ones, is withheld until
 * a second read in a row confirms it. If one value of a reading is in doubt, so are its registers, since stored registers
 * stay.
 *
 * Pure: takes a state and a reading, returns a state and a reading.
 */
import { type LiveKey, type LiveReading, liveKeys } from "@meterport/protocol/meaning/readings";
import { readingTime } from "../model/reading-time.ts";
import { areZeroed, isBlankSet, isFirstZero, swapped } from "./blank-set.ts";
import { checkFrozen, type FrozenEvent, type FrozenState, nothingFrozen } from "./frozen.ts";
import { isRegister, type RegisterKey, registerKeys } from "./measured.ts";
import { type Accepted, allowedRise, hasLeapt, isNeighbour } from "./neighbourhood.ts";
import { rolledOver } from "./rollover.ts";

/** What is plausible for one installation. */
export interface GuardLimits {
  /** Largest power of all phases together, W (also taken for var and VA). */
  readonly power: number;
  /** Largest current of one phase, A. */
  readonly current: number;
  /** The count at which the registers start over, Wh or varh; null or omitted if the meter does not say. */
  readonly rollover?: number | null | undefined;
}

/**
 * The limits behind a main fuse of `ampere` per phase.
 *
 * @example
 * limitsForFuse(25) // { power: 20700, current: 30 }
 */
export const limitsForFuse = (ampere = 250): GuardLimits => ({
  power: Math.round(3 * 230 * ampere * 1.2),
  current: Math.round(ampere * 1.2),
});

/** What the guard remembers of one meter. */
export interface GuardState {
  /** Last accepted registers. */
  readonly registers: Partial<Readonly<Record<RegisterKey, number>>>;
  /** Milliseconds since 1970 of the last accepted registers; null if unknown: they are compared, but may have risen by any amount. */
  readonly time: number | null;
  /** When the reading before came, whatever it held; null if unknown. */
  readonly read: number | null;
  /** The same two moments on the monotonic clock, which nobody can set; null if they are of another run. */
  readonly ticks: { readonly registers: number | null; readonly read: number | null };
  /** Values that are waiting for a second read. */
  readonly pending: Partial<Readonly<Record<LiveKey, number>>>;
  /** Wider bounds that a confirmed value has justified; for a register, the power that its rise implied, W or var. */
  readonly widened: Partial<Readonly<Record<LiveKey, number>>>;
  /** The last reading, without what was in doubt: its values other than registers are the last accepted ones. Null before the first. */
  readonly last: LiveReading | null;
  /** The last accepted values other than registers of which the last reading has none. */
  readonly older: Partial<Readonly<Record<LiveKey, Accepted>>>;
  /** How many times in a row a value was withheld only because it leapt. */
  readonly leaps: Partial<Readonly<Record<LiveKey, number>>>;
  /** What was in doubt in the last reading. */
  readonly doubted: readonly LiveKey[];
  /** What moves, and what stands still. */
  readonly still: FrozenState;
}

export const emptyGuard: GuardState = {
  registers: {},
  time: null,
  read: null,
  ticks: { registers: null, read: null },
  pending: {},
  widened: {},
  last: null,
  older: {},
  leaps: {},
  doubted: [],
  still: nothingFrozen,
};

/** Something to log, not an error. */
export type GuardEvent =
  /** Values that were not in doubt in the reading before. */
  | { readonly kind: "withheld"; readonly keys: readonly LiveKey[] }
  /** Registers below the last ones, twice in a row: another meter, or one that was reset. */
  | { readonly kind: "meter-exchange"; readonly registers: readonly RegisterStep[] }
  /** Registers far above what the fuse lets through, twice in a row: a gap that went unnoticed. */
  | { readonly kind: "register-leap"; readonly registers: readonly RegisterStep[] }
  /** Registers that were full and started over. */
  | { readonly kind: "register-rollover"; readonly registers: readonly RolloverStep[] }
  | FrozenEvent;

export interface RegisterStep {
  readonly key: RegisterKey;
  readonly from: number;
  readonly to: number;
}

export interface RolloverStep extends RegisterStep {
  /** Where it started over. */
  readonly count: number;
}

export interface Guarded {
  readonly state: GuardState;
  readonly reading: LiveReading;
  readonly events: readonly GuardEvent[];
}

/** A value that leaps each time is a fluctuating load: it is withheld no more times in a row than this. */
const mostLeaps = 2;

/** Registers may be shown in whole kWh, so this much of a step says nothing about power. Wh or varh. */
const registerSlack = 1_000;

/** A value this many times beyond the limit is never believed, however often it is read. */
const absurd = 10;

/** A clock that is set back by less has not been set. */
const jitter = 1_000;

/** What bounds a key: the same for each reading, so it is looked up and not spelled out. */
type Bound = readonly [low: number, high: number] | keyof Pick<GuardLimits, "power" | "current"> | "signed power";

const boundOf = (key: LiveKey): Bound => {
  if (key.startsWith("voltage_")) return [0, 500];
  if (key.startsWith("current_")) return "current";
  if (key.startsWith("power_factor_")) return [-1, 1];
  if (key === "frequency_hz") return [0, 100];
  return key === "power_w" || key.startsWith("power_l") ? "signed power" : "power";
};

const boundsOf = new Map(liveKeys.map((key) => [key, boundOf(key)]));

const measuredKeys = liveKeys.filter((key) => !isRegister(key));

const lowest = (bound: Bound, limits: GuardLimits): number =>
  typeof bound !== "string" ? bound[0] : bound === "signed power" ? -limits.power : 0;

const highest = (bound: Bound, limits: GuardLimits): number =>
  typeof bound !== "string" ? bound[1] : bound === "signed power" ? limits.power : limits[bound];

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 0.2 * Math.max(Math.abs(a), Math.abs(b));

/** How far the fuse lets a register rise in the elapsed milliseconds, Wh or varh; any amount if the time is unknown. */
const mayRise = (elapsed: number | null, limits: GuardLimits): number =>
  elapsed === null ? Infinity : (limits.power * elapsed) / 3_600_000 + registerSlack;

/** Milliseconds since `before`; null if that is unknown or, by the clock of now, in the future: then one of both clocks was wrong. */
const since = (before: number | null, now: number): number | null =>
  before === null || before - now > jitter ? null : Math.max(0, now - before);

/** The shorter of two spans of time, of which either may be unknown: a wall clock that was set forward makes no time for energy. */
const shorter = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

type Numbers = Partial<Readonly<Record<LiveKey, number>>>;

const noNumbers: Numbers = {};
const noKeys: readonly LiveKey[] = [];

/** The judgement of one reading, built up step by step. What stays empty for most readings is shared by all of them. */
class Judgement {
  readonly #last: GuardState;
  readonly #time: number;
  readonly #now: number | null;
  /** When the reading before was taken, as it says itself. */
  readonly #lastTime: number;
  pending = noNumbers;
  /** Kept as it is while nothing changes, so that others can see that at a glance. */
  widened: GuardState["widened"];
  leaps = noNumbers;
  readonly registers: Partial<Record<RegisterKey, number>>;
  fallen: readonly RegisterStep[] = [];
  leapt: readonly RegisterStep[] = [];
  rolled: readonly RolloverStep[] = [];
  withheld = noKeys;

  constructor(last: GuardState, time: number, now: number | null) {
    this.#last = last;
    this.#time = time;
    this.#now = now;
    this.#lastTime = last.last === null ? Number.NaN : (last.read ?? Date.parse(last.last.time));
    this.widened = last.widened;
    this.registers = { ...last.registers };
  }

  withhold(key: LiveKey, value: number): void {
    this.refuse(key);
    // A value that is not a finite number cannot be confirmed.
    if (Number.isFinite(value)) this.pending = { ...this.pending, [key]: value };
  }

  /** Withholds a value that no second read confirms. */
  refuse(key: LiveKey): void {
    this.withheld = [...this.withheld, key];
  }

  /** The last accepted value other than a register. */
  #accepted(key: LiveKey): Accepted | undefined {
    const value = this.#last.last?.[key] ?? null;
    return value === null ? this.#last.older[key] : { value, time: this.#lastTime };
  }

  /** What `reading`, without what was in doubt, leaves to be remembered of earlier ones. */
  older(reading: LiveReading): GuardState["older"] {
    let { older } = emptyGuard;
    for (const key of measuredKeys) {
      if (reading[key] !== null) continue;
      const accepted = this.#accepted(key);
      if (accepted !== undefined) older = { ...older, [key]: accepted };
    }
    return older;
  }

  #widen(key: LiveKey, value: number): void {
    this.widened = { ...this.widened, [key]: 1.2 * value };
  }

  /** Any value but a register. */
  value(key: LiveKey, value: number, limits: GuardLimits): void {
    const waiting = this.#last.pending[key];
    const bound = boundsOf.get(key) ?? "power";
    const [low, high] = [lowest(bound, limits), highest(bound, limits)];
    const wide = this.widened[key] ?? 0;
    if (value < Math.min(low, -wide) || value > Math.max(high, wide)) {
      // Bounds that arithmetic sets are never widened, and a magnitude is never negative.
      const fixed =
        key.startsWith("power_factor_") || (low === 0 && value < 0) || Math.abs(value) > absurd * Math.max(high, -low);
      if (fixed || waiting === undefined || !near(value, waiting)) this.withhold(key, value);
      else this.#widen(key, Math.abs(value));
      return;
    }
    // Nearly all values are beside their last ones: then nothing need be made to compare them.
    const before = this.#last.last?.[key] ?? null;
    if (before !== null && isNeighbour(key, value, before)) return;
    const leaps = this.#last.leaps[key] ?? 0;
    const confirmed = leaps >= mostLeaps || (waiting !== undefined && isNeighbour(key, value, waiting));
    if (confirmed || !hasLeapt(key, { value, time: this.#time }, this.#accepted(key))) return;
    this.withhold(key, value);
    this.leaps = { ...this.leaps, [key]: leaps + 1 };
  }

  /** Since a moment of both clocks. */
  #passed(wall: number | null, tick: number | null): number | null {
    return shorter(since(wall, this.#time), tick === null || this.#now === null ? null : this.#now - tick);
  }

  register(key: RegisterKey, value: number, limits: GuardLimits, shaken: boolean): void {
    const last = this.registers[key];
    const waiting = this.#last.pending[key];
    const elapsed = since(this.#last.time, this.#time);
    const room = mayRise(last === undefined ? 0 : elapsed, limits);
    const rise = last === undefined ? 0 : value - last;
    const fits = value >= 0 && rise >= 0 && rise <= room;
    // The machine may have slept while its monotonic clock stood still, so the shorter time only asks for a second read.
    const passed = this.#passed(this.#last.time, this.#last.ticks.registers);
    const usual = fits && rise <= allowedRise(passed ?? 0, this.widened[key] ?? 0) && !(shaken && value !== last);
    // The second read comes a moment later, so it must lie just above the first.
    const nearby = mayRise(this.#passed(this.#last.read, this.#last.ticks.read) ?? 0, limits);
    const confirmed = value >= 0 && waiting !== undefined && value >= waiting && value - waiting <= nearby;
    if (!usual && (!confirmed || (shaken && !fits))) {
      this.withhold(key, value);
      return;
    }
    if (!fits && last !== undefined) this.#step(key, last, value, limits);
    if (fits && !usual && elapsed !== null && elapsed > 0) this.#widen(key, (rise * 3_600_000) / elapsed);
    this.registers[key] = value;
  }

  /** Notes a step that two reads agree on. */
  #step(key: RegisterKey, from: number, to: number, limits: GuardLimits): void {
    if (to > from) {
      this.leapt = [...this.leapt, { key, from, to }];
      return;
    }
    const elapsed = since(this.#last.time, this.#time);
    const count = limits.rollover ?? null;
    // Where the end is unknown, only a rise that is usual speaks for a rollover.
    const room = count === null ? allowedRise(elapsed ?? 0, this.widened[key] ?? 0) : mayRise(elapsed, limits);
    const rollover = rolledOver({ from, to, count, room });
    if (rollover === undefined) this.fallen = [...this.fallen, { key, from, to }];
    else this.rolled = [...this.rolled, { key, from, to, count: rollover.count }];
  }
}

const none: ReadonlySet<LiveKey> = new Set();

/** Registers that cannot be believed however often they are read. */
const impossible = (
  reading: LiveReading,
  { registers, time }: GuardState,
  limits: GuardLimits,
): ReadonlySet<LiveKey> => {
  if (isBlankSet(reading)) return new Set(liveKeys);
  // Registers that are zeroed or swapped include one that fell.
  if (!registerKeys.some((key) => (reading[key] ?? Infinity) < (registers[key] ?? 0))) return none;
  if (areZeroed(reading, registers)) return new Set(registerKeys);
  return swapped(reading, registers, mayRise(since(time, readingTime(reading)), limits));
};

/**
 * Judges one reading against plausible limits and the readings before it.
 *
 * Registers only rise, and not faster than the fuse allows; other values stay within bounds, and near the last ones. A value that
 * does not fit becomes null and the quality "suspect"; a second read in a row that agrees is believed. If a value newly comes into
 * doubt, the registers of that reading become null too: damage that the digest missed may have changed them less visibly.
 * Zeros everywhere, registers in each other's place and values that stand still are not believed however often they are read.
 *
 * @param now the reading's moment on the monotonic clock, milliseconds, so that a wall clock that is set forward explains no rise; null or
 * omitted, only the time of the reading counts
 */
export const guard = (
  state: GuardState,
  reading: LiveReading,
  limits: GuardLimits,
  now: number | null = null,
): Guarded => {
  const time = readingTime(reading);
  const judged = new Judgement(state, time, now);
  const never = impossible(reading, state, limits);
  for (const key of liveKeys) {
    const value = reading[key];
    if (value === null) continue;
    if (never.has(key)) judged.refuse(key);
    else if (!Number.isFinite(value)) judged.withhold(key, value);
    else if (!isRegister(key)) judged.value(key, value, limits);
  }
  // A value that is odd each time is normal for this meter, and casts no doubt on the rest.
  const shaken = judged.withheld.some((key) => !state.doubted.includes(key));
  const isNew = isFirstZero(reading, state.registers);
  for (const key of registerKeys) {
    const value = reading[key];
    if (value === null || !Number.isFinite(value) || never.has(key)) continue;
    if (isNew && state.pending[key] === undefined) judged.withhold(key, value);
    else judged.register(key, value, limits, shaken);
  }
  const { withheld, registers, pending, widened, leaps } = judged;
  const plausible = withheld.length === 0 ? reading : { ...reading, ...nulls(withheld), quality: "suspect" as const };
  const still = checkFrozen(state.still, plausible, time);
  const shown =
    still.keys.length === 0 ? plausible : { ...plausible, ...nulls(still.keys), quality: "suspect" as const };
  // While a register is in doubt, the time of the last good one is kept, so that the permitted rise stays right.
  const isSettled = !withheld.some(isRegister) && !still.keys.some(isRegister);
  const ticks = { registers: isSettled ? now : state.ticks.registers, read: now };
  const [last, older] = [plausible, judged.older(plausible)];
  return {
    state: {
      ...{
        registers,
        time: isSettled ? time : state.time,
        read: time,
        ticks,
        pending,
        widened,
        last,
        older,
        leaps,
        doubted: withheld,
      },
      still: still.state,
    },
    reading: shown,
    events: [...eventsOf(judged, state.doubted), ...still.events],
  };
};

const nulls = (keys: readonly LiveKey[]): Partial<Record<LiveKey, null>> =>
  Object.fromEntries(keys.map((key) => [key, null]));

const eventsOf = ({ withheld, fallen, leapt, rolled }: Judgement, doubted: readonly LiveKey[]): GuardEvent[] => {
  const events: GuardEvent[] = [];
  const news = withheld.filter((key) => !doubted.includes(key));
  if (news.length > 0) events.push({ kind: "withheld", keys: news });
  if (fallen.length > 0) events.push({ kind: "meter-exchange", registers: fallen });
  if (leapt.length > 0) events.push({ kind: "register-leap", registers: leapt });
  if (rolled.length > 0) events.push({ kind: "register-rollover", registers: rolled });
  return events;
};
