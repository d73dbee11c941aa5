/** A copy of a meter's registers, with the source of each value: BT23 joined with the list of sources of BT22. */
import type { StimeDate } from "@meterport/protocol/layout/dates";
import type { EnergyUnit } from "@meterport/protocol/meaning/readings";
import { hasValue, sourceOf } from "@meterport/protocol/meaning/source-ids";
import { inUnit, type Unit, wireUnits } from "@meterport/protocol/meaning/units";
import type { BT22 } from "@meterport/protocol/tables/basic/bt22-data-selection";
import type { BT23 } from "@meterport/protocol/tables/basic/bt23-current-register-data";
import { type Believed, believed, type Doubt, isBlank, localIso } from "./quality.ts";

type Block = BT23["total"];

/** One value with its source. */
export interface RegisterValue {
  readonly source: number;
  /** Identifier of the source, as in `sources`. */
  readonly key: string;
  readonly name: string;
  /** null if the source alone does not define it. */
  readonly unit: Unit | null;
  /** In `unit`; null if that is unknown. */
  readonly value: number | null;
  /** The integer on the wire. */
  readonly raw: number;
}
/** A highest or lowest average, with when it was reached: local time, null if the meter does not say or it is impossible. */
export interface DemandValue extends RegisterValue, Believed {
  readonly extreme: "maximum" | "minimum";
  readonly at: string | null;
  /** Place of its demand in the meter's list, from 0. */
  readonly demand: number;
  /** 0 for the most extreme one, if the meter keeps several. */
  readonly occurrence: number;
  /** All extremes until the latest reset, added up, in `unit`; null if not kept, or the unit is unknown. */
  readonly cumulative: number | null;
  /** The same plus the present extreme. */
  readonly continuousCumulative: number | null;
}
/** A value at the moment of a demand's extreme. */
export interface CoincidentValue extends RegisterValue {
  /** Place of that demand in the meter's list of demands, from 0. */
  readonly demand: number;
}
export interface RegisterBlock {
  readonly registers: readonly RegisterValue[];
  readonly demands: readonly DemandValue[];
  readonly coincidents: readonly CoincidentValue[];
}
/** The registers of all tiers together, and of each one, counted from 0. */
export interface Registers {
  readonly total: RegisterBlock;
  readonly tiers: readonly RegisterBlock[];
}

export interface SnapshotSetup {
  readonly sources: BT22;
  /** null if unknown: energies then have no value. */
  readonly energyUnit: EnergyUnit | null;
}

const isEnergy = (unit: Unit): boolean => unit === "Wh" || unit === "varh" || unit === "VAh";

const named = (source: number, raw: number, energyUnit: EnergyUnit | null): RegisterValue => {
  const { key, name, wire } = sourceOf(source);
  if (wire === null) return { source, key, name, unit: null, value: null, raw };
  const { unit } = wireUnits[wire];
  if (!isEnergy(unit)) return { source, key, name, unit, value: inUnit(raw, wireUnits[wire]), raw };
  return { source, key, name, unit, value: energyUnit === null ? null : raw * energyUnit, raw };
};

/** No guide says whether the average of an energy is an energy or a power: it has neither unit nor value. */
export const averaged = (source: number, raw: number): RegisterValue => {
  const value = named(source, raw, null);
  return value.unit !== null && isEnergy(value.unit) ? { ...value, unit: null } : value;
};

const demandsOf = (block: Block, { demandSelect, minMaxFlags }: BT22): DemandValue[] =>
  block.demands.flatMap((record, i) => {
    const source = demandSelect[i];
    if (source === undefined || !hasValue(source)) return [];
    const extreme = ((minMaxFlags[i >> 3] ?? 0) >> (i & 7)) & 1 ? "maximum" : "minimum";
    const inUnitOf = (raw: number | undefined): number | null =>
      raw === undefined ? null : averaged(source, raw).value;
    const sums = {
      cumulative: inUnitOf(record.cumulativeDemand),
      continuousCumulative: inUnitOf(record.continuousCumulativeDemand),
    };
    return record.demands.map((raw, occurrence): DemandValue => {
      const time: StimeDate | undefined = record.eventTimes?.[occurrence];
      const at = time === undefined ? null : localIso(time);
      const doubts: Doubt[] = time === undefined || at !== null || isBlank(time) ? [] : ["time"];
      return { ...averaged(source, raw), extreme, at, demand: i, occurrence, ...sums, ...believed(doubts) };
    });
  });

const blockOf = (block: Block, { sources, energyUnit }: SnapshotSetup): RegisterBlock => ({
  registers: block.summations.flatMap((raw, i) => {
    const source = sources.summationSources[i];
    return source === undefined || !hasValue(source) ? [] : [named(source, raw, energyUnit)];
  }),
  demands: demandsOf(block, sources),
  coincidents: block.coincidents.flatMap(({ values }, i) => {
    const source = sources.coincidentSelect[i];
    const demand = sources.coincidentDemand[i];
    if (source === undefined || demand === undefined || !hasValue(source)) return [];
    return values.map((raw) => ({ ...averaged(source, raw), demand }));
  }),
});

/** Leaves out values without a source, such as the apparent energies of firmware 4.X, to which the guide gives no number. */
export const registersOf = (data: BT23, setup: SnapshotSetup): Registers => ({
  total: blockOf(data.total, setup),
  tiers: data.tiers.map((tier) => blockOf(tier, setup)),
});
