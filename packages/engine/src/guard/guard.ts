/**
 * Stands between the meter and the world: a value that cannot be is withheld until a second read in a row confirms it.
 *
 * Pure: a state and a reading give a state and a reading.
 */
import { type LiveKey, type LiveReading, liveKeys } from "@meterport/protocol/meaning/readings";
import { type RegisterKey, registerKeys } from "./measured.ts";

/** What is plausible for one installation. */
export interface GuardLimits {
  /** Largest power of all phases together, W (also taken for var and VA). */
  readonly power: number;
  /** Largest current of one phase, A. */
  readonly current: number;
}

/**
 * The limits behind a main fuse of so many ampere per phase.
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
  /** Milliseconds since 1970 of the last accepted registers; null before the first. */
  readonly time: number | null;
  /** Values that wait for a second read. */
  readonly pending: Partial<Readonly<Record<LiveKey, number>>>;
  /** Bounds that a confirmed value has shown to be too narrow. */
  readonly widened: Partial<Readonly<Record<LiveKey, number>>>;
}

export const emptyGuard: GuardState = { registers: {}, time: null, pending: {}, widened: {} };

/** Something to log, not an error. */
export type GuardEvent =
  | { readonly kind: "withheld"; readonly keys: readonly LiveKey[] }
  /** Registers below the last ones, twice in a row: another meter, or one that was reset. */
  | { readonly kind: "meter-exchange"; readonly registers: readonly RegisterStep[] }
  /** Registers far above what the fuse lets through, twice in a row: a gap that nobody saw. */
  | { readonly kind: "register-leap"; readonly registers: readonly RegisterStep[] };

export interface RegisterStep {
  readonly key: RegisterKey;
  readonly from: number;
  readonly to: number;
}

export interface Guarded {
  readonly state: GuardState;
  readonly reading: LiveReading;
  readonly events: readonly GuardEvent[];
}

/** Registers may be shown in whole kWh, so this much of a step says nothing about power. Wh or varh. */
const registerSlack = 1_000;

const isRegister = (key: LiveKey): key is RegisterKey => (registerKeys as readonly string[]).includes(key);

const bounds = (key: LiveKey, limits: GuardLimits): readonly [low: number, high: number] => {
  if (key.startsWith("voltage_")) return [0, 500];
  if (key.startsWith("current_")) return [0, limits.current];
  if (key.startsWith("power_factor_")) return [-1, 1];
  if (key === "frequency_hz") return [0, 100];
  if (key === "power_w" || /^power_l\d_w$/.test(key)) return [-limits.power, limits.power];
  return [0, limits.power];
};

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 0.2 * Math.max(Math.abs(a), Math.abs(b));

/** How far a register may rise between two times, Wh or varh. */
const mayRise = (from: number, to: number, limits: GuardLimits): number =>
  (limits.power * Math.max(0, to - from)) / 3_600_000 + registerSlack;

/**
 * Judges one reading against what is plausible and what came before.
 *
 * Registers only rise, and not faster than the fuse allows; other values stay within bounds. What does not fit becomes
 * null and the quality "suspect"; a second read in a row that says the same is believed.
 */
export const guard = (state: GuardState, reading: LiveReading, limits: GuardLimits): Guarded => {
  const time = Date.parse(reading.time);
  const values: Partial<Record<LiveKey, number | null>> = {};
  const pending: Partial<Record<LiveKey, number>> = {};
  const widened = { ...state.widened };
  const registers = { ...state.registers };
  const fallen: RegisterStep[] = [];
  const leapt: RegisterStep[] = [];
  const withheld: LiveKey[] = [];
  const withhold = (key: LiveKey, value: number): void => {
    values[key] = null;
    // What is not even a number cannot be confirmed.
    if (Number.isFinite(value)) pending[key] = value;
    withheld.push(key);
  };

  for (const key of liveKeys) {
    const value = reading[key];
    if (value === null) continue;
    const waiting = state.pending[key];
    if (!Number.isFinite(value)) {
      withhold(key, value);
    } else if (isRegister(key)) {
      const last = registers[key];
      const room = mayRise(state.time ?? time, time, limits);
      const fits = value >= 0 && (last === undefined || (value >= last && value - last <= room));
      // The second read comes a moment later, so it must lie just above the first.
      const confirmed = value >= 0 && waiting !== undefined && value >= waiting && value - waiting <= room;
      if (!fits && !confirmed) {
        withhold(key, value);
        continue;
      }
      if (!fits && last !== undefined) (value < last ? fallen : leapt).push({ key, from: last, to: value });
      registers[key] = value;
    } else {
      const [low, high] = bounds(key, limits);
      const wide = widened[key] ?? 0;
      if (value >= Math.min(low, -wide) && value <= Math.max(high, wide)) continue;
      // Nothing widens what arithmetic fixes, and nothing makes a magnitude negative.
      const fixed = key.startsWith("power_factor_") || (low === 0 && value < 0);
      if (!fixed && waiting !== undefined && near(value, waiting)) widened[key] = 1.2 * Math.abs(value);
      else withhold(key, value);
    }
  }

  const events: GuardEvent[] = [];
  if (withheld.length > 0) events.push({ kind: "withheld", keys: withheld });
  if (fallen.length > 0) events.push({ kind: "meter-exchange", registers: fallen });
  if (leapt.length > 0) events.push({ kind: "register-leap", registers: leapt });
  const judged = withheld.length === 0 ? reading : { ...reading, ...values, quality: "suspect" as const };
  // While a register is in doubt the time of the last good one counts on, so that the room to rise stays honest.
  const settled = withheld.some(isRegister) ? state.time : time;
  return { state: { registers, time: settled, pending, widened }, reading: judged, events };
};
