/**
 * What a MEP client may change of the meter's display, as named cells of its part of ET50: values, the icons beside them,
 * the house and the signal bars. MEP guide 1.1, pp. 28, 131-132.
 */

import type { CallOptions, Meter } from "@meterport/client/meter/meter";
import { orThrow, unlessRefused } from "@meterport/client/meter/outcome";
import type { FieldValue } from "@meterport/client/meter/write/table-writer";
import { ET50 } from "@meterport/protocol/tables/extended/et50-mep-inbound-data-space";
import { ET55 } from "@meterport/protocol/tables/extended/et55-meter-configuration";

/** Icons that stand alone. The table calls the bars reserved (p. 132), page 28 calls them signal bars. */
export const loneIcons = ["houseIcon", "shortBar", "mediumBar", "longBar"] as const;
export type LoneIcon = (typeof loneIcons)[number];

/** A value or its icon bits at a place, counted from 0, or an icon that stands alone. */
export type CellName = `value.${number}` | `icons.${number}` | LoneIcon;

/** Integers as the table holds them. */
export type Cells = ReadonlyMap<CellName, number>;

/** What a client finds on the display. */
export interface FoundDisplay {
  readonly cells: Cells;
  /**
   * Which client drives house and signal bars, by ET55: 0 for neither. null if there is only one client, or the meter does
   * not say.
   */
  readonly iconDriver: 0 | 1 | 2 | null;
}

const isLone = (name: CellName): name is LoneIcon => (loneIcons as readonly string[]).includes(name);

/** The field of ET50 that holds a cell of client `index`, 0 or 1. */
export const cellField = (index: number, name: CellName, value: number): FieldValue => {
  const own = ["clients", index] as const;
  if (isLone(name)) return { path: [...own, name], value };
  const [kind, place] = name.split(".");
  return { path: [...own, kind === "value" ? "dataForDisplay" : "iconDisplayControl", Number(place)], value };
};

/** Whether a text names a cell: remembered cells come from a file. */
export const isCellName = (name: string): name is CellName =>
  /^(value|icons)\.\d{1,3}$/.test(name) || isLone(name as CellName);

const driverOf = async (meter: Meter, call: CallOptions): Promise<FoundDisplay["iconDriver"]> => {
  if (meter.several !== true) return null;
  const [control] = await meter.batch((want) => [want.read(ET55, ["houseIconControl"])], call);
  const driver = unlessRefused(control);
  return driver === 0 || driver === 1 || driver === 2 ? driver : null;
};

/** This client's cells as they are now. @throws LinkError, ResponseError, LayoutError */
export const readCells = async (meter: Meter, call: CallOptions = {}): Promise<FoundDisplay> => {
  const { index } = meter.place;
  const [icons, values, house, shortBar, mediumBar, longBar] = await meter.batch(
    (want) => [
      want.read(ET50, ["clients", index, "iconDisplayControl"]),
      want.read(ET50, ["clients", index, "dataForDisplay"]),
      want.read(ET50, ["clients", index, "houseIcon"]),
      want.read(ET50, ["clients", index, "shortBar"]),
      want.read(ET50, ["clients", index, "mediumBar"]),
      want.read(ET50, ["clients", index, "longBar"]),
    ],
    call,
  );
  const cells = new Map<CellName, number>();
  for (const [place, value] of orThrow(values).entries()) cells.set(`value.${place}`, value);
  for (const [place, bits] of orThrow(icons).entries()) cells.set(`icons.${place}`, bits);
  cells.set("houseIcon", orThrow(house));
  cells.set("shortBar", orThrow(shortBar));
  cells.set("mediumBar", orThrow(mediumBar));
  cells.set("longBar", orThrow(longBar));
  return { cells, iconDriver: await driverOf(meter, call) };
};
