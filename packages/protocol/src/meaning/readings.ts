/** Live readings: values by source ID become flat keys in plain units. Pure: time is an argument. */
import { type LiveKey, type LiveRule, liveKeys, liveRuleOf } from "./live-keys.ts";
import { hasValue, sourceOf } from "./source-ids.ts";
import { inUnit, type WireUnit, wireUnits } from "./units.ts";

export {
  type LiveKey,
  type LiveKeyInfo,
  type LiveRule,
  liveKeyInfo,
  liveKeys,
  liveSources,
} from "./live-keys.ts";

/**
 * How far a reading can be trusted.
 *
 * - `good`: every value that was asked for and that this meter has is there. A key is null only where the meter's firmware has no
 *   such value (power per phase before 3.50) or where it was not asked for.
 * - `partial`: at least one key is null because a value that the meter has could not be read: its read failed or was refused.
 *   The other keys are as good as in a good reading.
 * - `suspect`: a value is implausible and waits for a second read to confirm it. Set by the code that compares readings.
 * - `stale`: too old, or the link is down; every key is null.
 */
export type Quality = "good" | "partial" | "suspect" | "stale";

/** One live reading: `time` is ISO 8601 UTC with milliseconds; unknown is null, never 0. */
export type LiveReading = { readonly time: string } & { readonly [K in LiveKey]: number | null } & {
  readonly quality: Quality;
};

/** Wh or varh per step of an energy register. */
export type EnergyUnit = 1 | 10 | 100;

/**
 * The energy register unit of ET55 as a factor; undefined for a value that the guide does not allow. MEP guide 1.1, pp. 164-165.
 *
 * @example
 * energyUnitOf(10) // 10
 */
export const energyUnitOf = (field: number): EnergyUnit | undefined =>
  field === 1 || field === 10 || field === 100 ? field : undefined;

/** What `liveReading` needs beside the values. */
export interface LiveOptions {
  /** When the values were read: ISO 8601 UTC with milliseconds. */
  readonly time: string;
  /** 1 for every meter without the field in ET55; null where it is unknown: energies are then null and the reading partial. */
  readonly energyUnit: EnergyUnit | null;
  /**
   * True takes powers and currents after the transformer ratios of BT15 (81 to 84, 191 to 199), so that they agree with the
   * registers, which always hold the ratios. There is no way back to the other values for a single key: one reading never mixes
   * both. Apparent power is then null, and voltages stay those at the meter's terminals: the meter has neither after ratios.
   * False, the default, takes the values at the terminals (8 to 22, 185 to 190): the same on a meter without transformers, and
   * fewer bytes.
   */
  readonly ratios?: boolean | undefined;
  /** Source IDs that this meter has and that were asked for, but whose read failed or was refused. */
  readonly missing?: ReadonlySet<number> | undefined;
}

interface Compiled {
  readonly key: LiveKey;
  readonly rule: LiveRule;
  readonly wire: WireUnit;
  readonly energy: boolean;
}

const compile = (ratios: boolean): readonly Compiled[] =>
  liveKeys.flatMap((key) => {
    const rule = liveRuleOf(key, ratios);
    const first = rule?.plus[0];
    if (rule === undefined || first === undefined) return [];
    const { wire, kind } = sourceOf(first);
    return wire === null ? [] : [{ key, rule, wire: wireUnits[wire], energy: kind === "register" }];
  });

const terminalRules = compile(false);
const ratioRules = compile(true);

/** Values by source ID: a map, or something that looks like one. */
export type SourceValues = Pick<ReadonlyMap<number, number>, "get" | "has">;

/** The sum of a rule as an integer; undefined where one of its values is not there. */
const sumOf = (rule: LiveRule, values: SourceValues): number | undefined => {
  let sum = 0;
  for (const id of rule.plus) sum += values.get(id) ?? Number.NaN;
  for (const id of rule.minus) sum -= values.get(id) ?? Number.NaN;
  return Number.isSafeInteger(sum) ? sum : undefined;
};

type Blank = { time: string } & { [K in LiveKey]: null } & { quality: Quality };
/** Copied whole and alone: a reading built key by key, or of several parts, would take a multiple of the time and memory. */
const blank = Object.fromEntries([["time", ""], ...liveKeys.map((key) => [key, null]), ["quality", "good"]]) as Blank;

/**
 * A live reading from the integers that a meter gave for its sources, each in the wire unit of its source.
 *
 * Values are exact to the last digit that the meter sends (mA, mV, mHz, 1/1000). The quality is "good" or "partial".
 *
 * @example
 * liveReading(new Map([[8, 432], [9, 0]]), { time: "2026-01-01T00:00:00.000Z", energyUnit: 1 }).power_w // 432
 */
export const liveReading = (values: SourceValues, options: LiveOptions): LiveReading => {
  const reading: { -readonly [K in keyof LiveReading]: LiveReading[K] } = { ...blank };
  reading.time = options.time;
  // A number that is not an integer did not come off the wire: it is as good as missing.
  const missing = (id: number): boolean =>
    values.has(id) ? !Number.isSafeInteger(values.get(id)) : options.missing?.has(id) === true;
  let partial = false;
  for (const { key, rule, wire, energy } of options.ratios === true ? ratioRules : terminalRules) {
    const sum = sumOf(rule, values);
    if (sum === undefined) {
      if (rule.plus.some(missing) || rule.minus.some(missing)) partial = true;
    } else if (!energy) reading[key] = inUnit(sum, wire);
    else if (options.energyUnit !== null) reading[key] = inUnit(sum, wire) * options.energyUnit;
    else partial = true;
  }
  if (partial) reading.quality = "partial";
  return reading;
};

/**
 * A reading of nulls, for a meter that does not answer.
 *
 * @example
 * emptyReading("2026-01-01T00:00:00.000Z", "stale").power_w // null
 */
export const emptyReading = (time: string, quality: Quality): LiveReading => ({ ...blank, time, quality });

/** Values by source ID, and whether the list of sources and the values were equally long. */
export interface JoinedSources {
  readonly values: ReadonlyMap<number, number>;
  /** False where one list was longer: the rest of it is left out, and the lists are probably not of one configuration. */
  readonly complete: boolean;
}

/**
 * Joins values with the list that says what they are: BT23's summations with BT22's, BT28's present values with BT27's.
 *
 * An ID that stands twice keeps its first value; IDs behind which there is nothing (85 to 87, 200, 245 to 255) are left out.
 * MEP guide 1.1, pp. 208-213, 220.
 *
 * @example
 * [...joinSources([8, 255, 9], [432, 7, 0]).values] // [[8, 432], [9, 0]]
 */
export const joinSources = (sources: readonly number[], values: readonly number[]): JoinedSources => {
  const joined = new Map<number, number>();
  const length = Math.min(sources.length, values.length);
  for (let i = 0; i < length; i++) {
    const id = sources[i] as number;
    if (hasValue(id) && !joined.has(id)) joined.set(id, values[i] as number);
  }
  return { values: joined, complete: sources.length === values.length };
};
