/** The tables and procedures that one meter reports in BT00, with what is known of each. */
import type { Capabilities } from "@meterport/client";
import type { Profile } from "@meterport/protocol/layout/index";
import { declaredProcedures, declaredTables } from "@meterport/protocol/tables/declared-numbers";
import { numberOf, type ProcedureId, type TableId } from "@meterport/protocol/tables/identifiers";
import { type ListedTable, listTables } from "./table-list.ts";

/** A table or procedure of one meter. */
export interface MeterTable extends Omit<ListedTable, "title"> {
  /** null if the guides do not name it. */
  readonly title: string | null;
  /** Whether this meter has it; null if its BT00 does not report it. */
  readonly present: boolean | null;
  /** Whether its layout is declared here. */
  readonly known: boolean;
  /** Whether some key may write it, not necessarily ours; null for a procedure, or if BT00 does not report it. */
  readonly writable: boolean | null;
}

const isProcedure = (id: string): boolean => id.charAt(1) === "P";

const undescribed = (id: TableId | ProcedureId): Omit<MeterTable, "present" | "known" | "writable"> => ({
  id,
  number: numberOf(id),
  title: null,
  documented: false,
  access: isProcedure(id) ? { call: null } : { read: null, write: null },
  size: null,
  fields: [],
});

/** What is known of an identifier, whether or not the meter has it. */
export const meterTables = (
  capabilities: Capabilities,
  profile: Profile,
): ((id: TableId | ProcedureId) => MeterTable) => {
  const listed = new Map<string, ListedTable>(listTables(profile).map((table) => [table.id, table]));
  const tables = new Map(capabilities.tables.map((table) => [table.id, table]));
  return (id) => {
    const number = numberOf(id);
    return {
      ...(listed.get(id) ?? undescribed(id)),
      present: capabilities.has(id) ?? null,
      known: (isProcedure(id) ? declaredProcedures : declaredTables).has(number),
      writable: isProcedure(id) ? null : (tables.get(id as TableId)?.writable ?? null),
    };
  };
};
