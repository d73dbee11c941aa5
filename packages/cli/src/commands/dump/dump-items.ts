/** Which tables a dump asks for: those that the meter names, else those that its firmware may have. */
import type { Capabilities, Meter } from "@meterport/client";
import { tableExists } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { firstPending, type TableId, tableIdOf } from "@meterport/protocol/tables/catalogue";
import { tables, tablesByNumber } from "@meterport/protocol/tables/index";

/** One table of a dump; without a declaration only its bytes can be read. */
export interface DumpItem {
  readonly id: TableId;
  readonly number: number;
  readonly table: AnyTable | undefined;
}

/** A pending table counts as present if the table that it will replace is: the sets have no place for it. */
const isNamed = ({ number }: AnyTable, capabilities: Capabilities | undefined): boolean =>
  capabilities?.has(tableIdOf(number % firstPending)) !== false;

/** Declared tables, then the others, each by number. */
export const dumpItems = (meter: Meter, capabilities: Capabilities | undefined): readonly DumpItem[] => {
  const declared = tables
    .filter((table) => table.access.read !== "never" && tableExists(table, meter.profile))
    .filter((table) => isNamed(table, capabilities))
    .map((table) => ({ id: tableIdOf(table.number), number: table.number, table }));
  const asked = new Set(declared.map(({ number }) => number));
  // A declared table that this firmware should not have has an unknown layout.
  const others = (capabilities?.tables ?? []).filter(
    ({ number }) => !asked.has(number) && tablesByNumber.get(number)?.access.read !== "never",
  );
  return [...declared, ...others.map(({ id, number }) => ({ id, number, table: undefined }))];
};
