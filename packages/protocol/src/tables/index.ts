/** Every declared table, by name, by id and by number. */
import type { AnyTable } from "../layout/index.ts";
import * as declared from "./declared.ts";

export * from "./declared.ts";
export { type Dimensions, defaultDimensions } from "./defaults.ts";

/** In ascending order of their numbers. */
export const tables: readonly AnyTable[] = Object.values<AnyTable>(declared).sort((a, b) => a.number - b.number);
export const tablesById: ReadonlyMap<string, AnyTable> = new Map(tables.map((table) => [table.id, table]));
export const tablesByNumber: ReadonlyMap<number, AnyTable> = new Map(tables.map((table) => [table.number, table]));
