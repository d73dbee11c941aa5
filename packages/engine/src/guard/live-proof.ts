/** How a live value came to be, as far as the declarations tell: enough to check it by hand against the guide. */
import type { LiveReader } from "@meterport/client";
import { type LiveKey, type LiveReading, liveKeyInfo } from "@meterport/protocol/meaning/readings";
import { sourceOf } from "@meterport/protocol/meaning/source-ids";
import { type Unit, wireUnits } from "@meterport/protocol/meaning/units";
import type { LiveAnswer } from "../model/point-model.ts";
import type { GuardState } from "./guard.ts";
import { isRegister } from "./measured.ts";

/** One number that the meter sent for the value. */
export interface LiveSource {
  /** The guide's source ID. */
  readonly source: number;
  readonly name: string;
  /** Whether it is added or subtracted. */
  readonly sign: "+" | "-";
  readonly table: "BT23" | "BT28";
  /** Offset of its four bytes in the table; null if the meter's own list of sources, which decides it, is not at hand. */
  readonly offset: number | null;
  /** The integer on the wire; null if it does not follow from the reading. */
  readonly raw: number | null;
  /** What one step of the integer is in `unit`; null if the meter's energy register unit, which decides it, is not at hand. */
  readonly scale: number | null;
  readonly unit: Unit;
}

export interface LiveProof {
  readonly key: LiveKey;
  readonly label: string;
  readonly unit: Unit;
  readonly value: number | null;
  /** When the reading was taken, ISO 8601 UTC; null before the first. */
  readonly time: string | null;
  readonly quality: LiveReading["quality"];
  /** "meter:3.70": the layouts that decoded it; null if unknown. */
  readonly profile: string | null;
  /** Whether the values hold the transformer ratios of BT15; registers always do. */
  readonly ratios: boolean;
  /** Empty if the meter has no such value. */
  readonly sources: readonly LiveSource[];
  /** The guard's verdict, one sentence. */
  readonly verdict: string;
  /** The same as a stable code, for other languages. */
  readonly verdictCode: VerdictCode;
}

/**
 * - `stale`, `absent`: there is no value.
 * - `withheld`, `frozen`: there is one, which is not believed.
 * - `widened`: believed because a second reading confirmed it; `register`, `value`: believed at once.
 */
export const verdictCodes = ["stale", "withheld", "frozen", "absent", "widened", "register", "value"] as const;
export type VerdictCode = (typeof verdictCodes)[number];

/** What is known beside the reading; everything that is missing makes fields null. */
export interface LiveProofContext {
  readonly profile?: string | null | undefined;
  /** Wh or varh per step of a register. */
  readonly energyUnit?: 1 | 10 | 100 | null | undefined;
  /** True if powers and currents are those after the transformer ratios. */
  readonly ratios?: boolean | undefined;
  /** The reads of the meter's own live plan, which know the place of each source. */
  readonly plan?: LiveReader["plan"] | undefined;
  /** What the guard knew after the reading. */
  readonly guard?: GuardState | undefined;
}

/** The highest source ID that stands in BT23. */
const lastRegisterSource = 7;

const placesOf = (plan: LiveReader["plan"] | undefined): ReadonlyMap<number, number> =>
  new Map((plan ?? []).flatMap(({ range, sources }) => sources.map(({ id, at }) => [id, range.offset + at] as const)));

/** Other keys that show a single source, with which a sum can be taken apart. */
const singleKeys = (ratios: boolean): ReadonlyMap<number, LiveKey> => {
  const found = new Map<number, LiveKey>();
  for (const [key, info] of Object.entries(liveKeyInfo)) {
    const rule = ratios ? info.postRule : info.rule;
    if (rule?.plus.length === 1 && rule.minus.length === 0) found.set(rule.plus[0] as number, key as LiveKey);
  }
  return found;
};

const sentences: Readonly<Record<Exclude<VerdictCode, "frozen">, string>> = {
  stale: "No value: the link is down or the reading is too old.",
  withheld: "Withheld: it is not plausible beside the readings before it, and no second reading has confirmed it.",
  absent: "No value: the meter does not have it, or did not give it.",
  widened: "Accepted: beyond what the fuse or this household suggests, but confirmed by a second reading.",
  register: "Accepted: it has risen since the reading before, and by no more than the fuse allows.",
  value: "Accepted: within the bounds of the installation and near the readings before it.",
};

const verdictOn = (
  key: LiveKey,
  reading: LiveReading | LiveAnswer,
  state: GuardState | undefined,
): Pick<LiveProof, "verdict" | "verdictCode"> => {
  const of = (verdictCode: keyof typeof sentences) => ({ verdictCode, verdict: sentences[verdictCode] });
  const value = reading[key];
  const frozen = state?.still.frozen[key];
  if (reading.quality === "stale") return of("stale");
  if (frozen !== undefined) {
    const since = new Date(frozen).toISOString();
    return { verdictCode: "frozen", verdict: `Withheld: it has not moved since ${since} though energy flows.` };
  }
  if (value === null) return of(state?.doubted.includes(key) === true ? "withheld" : "absent");
  if (state?.widened[key] !== undefined) return of("widened");
  return of(isRegister(key) ? "register" : "value");
};

/** What the meter sends for a value, and the integers that follow from the values of its set. */
export const liveSources = (
  key: LiveKey,
  values: Readonly<Partial<Record<LiveKey, number | null>>>,
  { energyUnit = null, ratios = false, plan }: Pick<LiveProofContext, "energyUnit" | "ratios" | "plan">,
): readonly LiveSource[] => {
  const info = liveKeyInfo[key];
  const rule = (ratios ? info.postRule : info.rule) ?? { plus: [], minus: [] };
  const [places, singles] = [placesOf(plan), singleKeys(ratios)];
  const sourceFor = (source: number, sign: "+" | "-"): LiveSource => {
    const { name, wire } = sourceOf(source);
    const isEnergy = source <= lastRegisterSource;
    const step = wire === null ? null : wireUnits[wire];
    const scale =
      step === null || (isEnergy && energyUnit === null) ? null : step.scale * (isEnergy ? (energyUnit ?? 1) : 1);
    const single = singles.get(source);
    const value = single === undefined ? null : (values[single] ?? null);
    return {
      ...{ source, name, sign, table: isEnergy ? "BT23" : "BT28", offset: places.get(source) ?? null },
      raw: value === null || scale === null ? null : Math.round(value / scale),
      scale,
      unit: info.unit,
    };
  };
  return [...rule.plus.map((id) => sourceFor(id, "+")), ...rule.minus.map((id) => sourceFor(id, "-"))];
};

/**
 * How a live value came to be. Pure: the caller gives what it has.
 *
 * @example
 * liveProof("voltage_l1_v", reading({ voltage_l1_v: 231.4 })).sources
 * // [{ source: 15, name: "Voltage L1", sign: "+", table: "BT28", offset: null, raw: 231400, scale: 0.001, unit: "V" }]
 */
export const liveProof = (
  key: LiveKey,
  reading: LiveReading | LiveAnswer,
  context: LiveProofContext = {},
): LiveProof => {
  const { profile = null, ratios = false, guard } = context;
  const info = liveKeyInfo[key];
  return {
    ...{ key, label: info.label, unit: info.unit, value: reading[key], time: reading.time, quality: reading.quality },
    ...{ profile, ratios },
    sources: liveSources(key, reading, context),
    ...verdictOn(key, reading, guard),
  };
};
