/** Tables from few values: what is not named is zero. */
import { type AnyTable, decode, encode, sizeOf, type Table } from "@meterport/protocol/layout/index";
import { outermost } from "@meterport/protocol/layout/layout";
import type { Dimensions } from "@meterport/protocol/tables/index";

/** The value of a table that is all zeros. */
export const zeroValue = <Id extends string, T>(table: Table<Id, T, Dimensions>, dimensions: Dimensions): T =>
  decode(table, new Uint8Array(sizeOf(table as AnyTable, dimensions)), dimensions);

/**
 * A table's bytes with the given fields set and zeros elsewhere; fields that this firmware does not have are left out.
 *
 * @throws LayoutError if a value does not fit
 */
export const filled = <Id extends string, T extends object>(
  table: Table<Id, T, Dimensions>,
  dimensions: Dimensions,
  values: Partial<T>,
): Uint8Array => {
  const value = zeroValue(table, dimensions);
  for (const [key, given] of Object.entries(values) as [keyof T, T[keyof T]][])
    if (table.part?.(key as string, dimensions, outermost) !== undefined) value[key] = given;
  return encode(table, value, dimensions);
};
