/** The names and units of the channels of a load profile. */
import { type ChildChannel, childChannel } from "@meterport/client/readers/child-channels";
import { isRegister } from "@meterport/client/readers/consumption";
import type { LoadProfile } from "@meterport/client/readers/load-profile";
import type { Device } from "@meterport/client/readers/mbus";
import type { MbusDataType } from "@meterport/mbus/kept/data-types";
import { UsageError } from "@meterport/protocol/errors";
import { extendedSource } from "@meterport/protocol/meaning/extended-source";
import type { EnergyUnit } from "@meterport/protocol/meaning/readings";
import { inUnit, type WireUnit, wireUnits } from "@meterport/protocol/meaning/units";
import { didYouMean } from "../../options/nearest.ts";

export interface Column {
  /** Index of the channel, from 0. */
  readonly index: number;
  readonly source: number;
  /** "forwardActiveEnergy". */
  readonly name: string;
  /** Null if the integers are raw because the unit of the device or meter is unknown. */
  readonly unit: string | null;
  /** An integer on the wire in that unit; null if a device's bytes are not a number. */
  readonly inUnit: (raw: number) => number | null;
  /** "forwardActiveEnergy_Wh"; unique among the columns. */
  readonly title: string;
  /** What a channel of a device behind the meter measures; undefined for the meter's own. */
  readonly device: ChildChannel | undefined;
}

/** What is known of the devices behind a meter. */
export interface KnownDevices {
  readonly types?: readonly MbusDataType[] | undefined;
  readonly devices?: readonly Device[] | undefined;
}

const hex = (n: number): string => `0x${n.toString(16).padStart(4, "0")}`;

const nameOf = (source: number): string => {
  const meaning = extendedSource(source);
  if (meaning.kind === "standard") return meaning.source.key;
  return meaning.kind === "mbus" ? `device${meaning.device}Type${meaning.dataType}` : `source${hex(source)}`;
};

/** How a device's value is read; undefined if unknown. */
const unitOf = (device: ChildChannel | undefined): Pick<Column, "unit" | "inUnit"> | undefined =>
  device === undefined || device.quantity === null
    ? undefined
    : { unit: device.unit, inUnit: (raw) => device.decode(raw)?.value ?? null };

/** Undefined if unknown. */
const wireOf = (source: number, energyUnit: EnergyUnit | null): WireUnit | undefined => {
  const meaning = extendedSource(source);
  if (meaning.kind !== "standard" || meaning.source.wire === null) return undefined;
  const wire = wireUnits[meaning.source.wire];
  if (wire.unit !== "Wh" && wire.unit !== "varh" && wire.unit !== "VAh") return wire;
  return energyUnit === null ? undefined : { unit: wire.unit, scale: wire.scale * energyUnit };
};

/** In a title, "m³" becomes m3. */
const inTitle = (unit: string | null): string =>
  unit === null ? "raw" : unit.replaceAll("³", "3").replaceAll("·", "").replaceAll("/", "_per_").replaceAll("°", "");

/** @param consumption only registers, whose differences are meant */
export const columnsOf = (
  { channels, energyUnit }: LoadProfile,
  consumption: boolean,
  { types = [], devices = [] }: KnownDevices = {},
): Column[] => {
  const titles = new Map<string, number>();
  return channels
    .filter(({ source }) => !consumption || isRegister(source))
    .map(({ index, source }) => {
      const name = nameOf(source);
      const wire = wireOf(source, energyUnit);
      const device = childChannel({ index, source }, types, devices);
      const asIs = { unit: null, inUnit: (raw: number) => raw };
      const { unit, inUnit: convert } =
        wire === undefined ? (unitOf(device) ?? asIs) : { unit: wire.unit, inUnit: (raw: number) => inUnit(raw, wire) };
      const title = `${name}${consumption ? "_delta" : ""}_${inTitle(unit)}`;
      const same = (titles.get(title) ?? 0) + 1;
      titles.set(title, same);
      return {
        index,
        source,
        name,
        unit,
        inUnit: convert,
        // A source may be recorded in two channels.
        title: same === 1 ? title : `${title}_${same}`,
        device,
      };
    });
};

/**
 * The requested columns, in that order; all if none are requested.
 *
 * @throws UsageError (`no-such-channel`)
 */
export const selectColumns = (columns: readonly Column[], wanted: readonly string[]): readonly Column[] =>
  wanted.length === 0 ? columns : wanted.flatMap((text) => find(columns, text));

const find = (columns: readonly Column[], text: string): readonly Column[] => {
  const source = /^0x[0-9a-f]{1,4}$/i.test(text) ? Number(text) : undefined;
  const index = /^\d{1,2}$/.test(text) ? Number(text) : undefined;
  const found = columns.filter((column) => {
    if (source !== undefined) return column.source === source;
    if (index !== undefined) return column.index === index;
    return [column.name, column.device?.quantity].some((name) => name?.toLowerCase() === text.toLowerCase());
  });
  if (found.length > 0) return found;
  const names = columns.map(({ index, name }) => `${index} ${name}`).join(", ");
  const meant = didYouMean(
    text,
    columns.map(({ name }) => name),
  );
  const shown = JSON.stringify(text.slice(0, 40));
  throw new UsageError(
    "no-such-channel",
    `--channel ${shown} is unknown; known: ${names === "" ? "none" : names}${meant}`,
  );
};
