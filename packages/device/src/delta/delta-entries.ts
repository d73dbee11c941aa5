/** The sources whose changes a meter watches (ET71), by name and in their units. MEP guide 1.1, pp. 40-41, 180-181. */
import { UsageError } from "@meterport/protocol/errors";
import { extendedSource } from "@meterport/protocol/meaning/extended-source";
import type { EnergyUnit } from "@meterport/protocol/meaning/readings";
import { inUnit, onWire, type Unit, type WireUnit, wireUnits } from "@meterport/protocol/meaning/units";
import type { ET71 } from "@meterport/protocol/tables/extended/et71-delta-data-alerts";

/** A source and the change that matters. */
export interface DeltaWish {
  /** Extended id, as in `sources`. */
  readonly source: number;
  /** In the unit of the source; on the wire if that is unknown. */
  readonly delta: number;
}

/** One watched source. Numbers are in `unit`, or as on the wire if that is null. */
export interface DeltaEntry {
  /** Place in ET71, counted from 0. */
  readonly index: number;
  readonly source: number;
  /** Identifier of the source. */
  readonly key: string;
  readonly name: string;
  readonly unit: Unit | null;
  /** 0: nothing is reported. */
  readonly delta: number;
  /** What the source is compared with: its value when it was last reported. */
  readonly comparison: number;
  /** Its latest value, about a second old. */
  readonly sampled: number;
  /** The meter has no such source. */
  readonly invalid: boolean;
}

export type StoredDelta = ET71["deltaData"][number];

/** Of an entry that is not in use. */
export const noSource = 255;
/** The table keeps 16 bits. */
const largestDelta = 0xffff;

interface Named {
  readonly key: string;
  readonly name: string;
  readonly wire: WireUnit | null;
}

const hex = (n: number): string => `0x${n.toString(16).padStart(4, "0")}`;

const namedOf = (source: number, energyUnit: EnergyUnit | null): Named => {
  const meaning = extendedSource(source);
  if (meaning.kind === "mbus") {
    const { device, dataType } = meaning;
    return { key: `device${device}Type${dataType}`, name: `Device ${device}, data type ${dataType}`, wire: null };
  }
  if (meaning.kind === "undocumented")
    return { key: `source${hex(source)}`, name: `Source ${hex(source)}`, wire: null };
  const { key, name, wire } = meaning.source;
  if (wire === null) return { key, name, wire: null };
  const { unit, scale } = wireUnits[wire];
  if (unit !== "Wh" && unit !== "varh" && unit !== "VAh") return { key, name, wire: { unit, scale } };
  return { key, name, wire: energyUnit === null ? null : { unit, scale: scale * energyUnit } };
};

/** The entries in use. */
export const deltaEntriesOf = (stored: readonly StoredDelta[], energyUnit: EnergyUnit | null): DeltaEntry[] =>
  stored.flatMap((entry, index) => {
    const { deltaDataMonitorSource: source, sourceIdInvalid: invalid } = entry;
    if (source === noSource) return [];
    const { key, name, wire } = namedOf(source, energyUnit);
    const told = (raw: number): number => (wire === null ? raw : inUnit(raw, wire));
    return [
      {
        index,
        source,
        key,
        name,
        unit: wire?.unit ?? null,
        delta: told(entry.configuredDelta),
        comparison: told(entry.comparisonValue),
        sampled: told(entry.sampledDataValue),
        invalid,
      },
    ];
  });

/**
 * A wish as ET71 stores it.
 *
 * @throws UsageError (`delta`) for a source that cannot be watched, or a change that the table cannot hold
 * @example
 * storedDelta({ source: 15, delta: 2.5 }, 1) // { source: 15, delta: 2500 }
 */
export const storedDelta = (
  { source, delta }: DeltaWish,
  energyUnit: EnergyUnit | null,
): { readonly source: number; readonly delta: number } => {
  const { name, wire } = namedOf(source, energyUnit);
  const raw = wire === null ? delta : onWire(delta, wire);
  const largest = wire === null ? largestDelta : inUnit(largestDelta, wire);
  const unit = wire === null ? "" : ` ${wire.unit}`;
  if (source === noSource) throw new UsageError("delta", "source 255 means that an entry is not in use; name another");
  if (Number.isInteger(raw) && raw >= 1 && raw <= largestDelta) return { source, delta: raw };
  throw new UsageError(
    "delta",
    `a change of ${delta}${unit} cannot be watched for ${name}; the meter takes ${wire === null ? 1 : inUnit(1, wire)} to ${largest}${unit}`,
  );
};
