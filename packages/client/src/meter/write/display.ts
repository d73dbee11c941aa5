/** The values that a MEP client has on the meter's display and in its load profile (ET50). MEP guide 1.1, pp. 131-132. */
import { UsageError } from "@meterport/protocol/errors";
import { ET50 } from "@meterport/protocol/tables/extended/et50-mep-inbound-data-space";
import type { CallOptions, Meter } from "../meter.ts";
import type { FieldValue, WriteOptions, WriteResult } from "./table-writer.ts";

/** Icons beside a value, by the bit that shows each. */
export const displayIcons = {
  euro: 1,
  dollar: 2,
  date: 4,
  time: 8,
  kvarh: 16,
  kWh: 32,
  kvar: 64,
  kW: 128,
  minus: 256,
} as const;
export type DisplayIcon = keyof typeof displayIcons;

/** A place of the display with its contents. */
export interface DisplayValue {
  /** Counted from 0. */
  readonly place: number;
  readonly value: number;
  readonly icons: readonly DisplayIcon[];
  /** Icon bits that are not documented. */
  readonly otherIcons: number;
}

/** What a place is to show; omitted fields stay as they are. */
export interface DisplayChange {
  /** Counted from 0. */
  readonly place: number;
  /** A signed 32-bit integer. */
  readonly value?: number;
  readonly icons?: readonly DisplayIcon[];
}

const names = Object.keys(displayIcons) as DisplayIcon[];

/**
 * This client's places of the display.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const readDisplay = async (meter: Meter, call: CallOptions = {}): Promise<DisplayValue[]> => {
  const { index } = meter.place;
  const icons = await meter.read(ET50, ["clients", index, "iconDisplayControl"], call);
  const values = await meter.read(ET50, ["clients", index, "dataForDisplay"], call);
  return values.map((value, place) => {
    const bits = icons[place] ?? 0;
    const shown = names.filter((name) => (bits & displayIcons[name]) !== 0);
    return { place, value, icons: shown, otherIcons: shown.reduce((rest, name) => rest & ~displayIcons[name], bits) };
  });
};

/**
 * The fields of ET50 that show these values at this client's places, for `Meter.writeFields`.
 *
 * @throws UsageError (`display`) for an impossible place or value
 */
export const displayFields = (meter: Meter, changes: readonly DisplayChange[]): FieldValue[] =>
  changes.flatMap(({ place, value, icons }) => {
    const own = ["clients", meter.place.index] as const;
    if (!Number.isInteger(place) || place < 0)
      throw new UsageError("display", `there is no place ${place}; places are numbered from 0`);
    if (value !== undefined && value !== (value | 0))
      throw new UsageError("display", `${value} at place ${place} is not a signed 32-bit integer`);
    return [
      ...(value === undefined ? [] : [{ path: [...own, "dataForDisplay", place], value }]),
      ...(icons === undefined
        ? []
        : [
            {
              path: [...own, "iconDisplayControl", place],
              value: [...new Set(icons)].reduce((bits, name) => bits | displayIcons[name], 0),
            },
          ]),
    ];
  });

/**
 * Shows a value at a place of the display; the utility's display list decides whether and when it appears.
 *
 * @throws UsageError, LayoutError, ResponseError, LinkError
 * @example
 * ```ts
 * const meter = await connect(transport, { security, clock, writable: true });
 * await setDisplayValue(meter, { place: 0, value: 12345, icons: ["kWh"] });
 * ```
 */
export const setDisplayValue = (meter: Meter, change: DisplayChange, options?: WriteOptions): Promise<WriteResult> =>
  meter.writeFields(ET50, displayFields(meter, [change]), options);
