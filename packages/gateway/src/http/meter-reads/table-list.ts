/** Which tables a meter has, with what the guides call them. */
import type { Meter } from "@meterport/client";
import { profileName, tableExists } from "@meterport/protocol/layout/index";
import type { Signal } from "@meterport/protocol/ports";
import { catalogueEntry } from "@meterport/protocol/tables/catalogue";
import { tables, tablesById } from "@meterport/protocol/tables/index";
import type { BodyOf } from "../give.ts";
import type { tableSummary, tablesAnswer } from "./schemas.ts";
import { isReadable } from "./table-read.ts";

type TableSummary = BodyOf<typeof tableSummary>;

const summaryOf = (id: string, number: number, writable: boolean | null): TableSummary => {
  const declared = tablesById.get(id);
  return {
    ...{ table: id, number, title: catalogueEntry(id)?.title ?? null },
    ...{ known: declared !== undefined, withheld: declared !== undefined && !isReadable(declared), writable },
  };
};

/**
 * What BT00 names; where it names nothing, what firmware like this may have.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const readTableList = async (
  meter: Meter,
  signal: Signal,
): Promise<Pick<BodyOf<typeof tablesAnswer>, "profile" | "from" | "tables">> => {
  const found = await meter.capabilities({ signal });
  const profile = profileName(meter.profile);
  if (found !== undefined) {
    const named = found.tables.map(({ id, number, writable }) => summaryOf(id, number, writable));
    return { profile, from: "meter", tables: named };
  }
  const may = tables.filter((table) => tableExists(table, meter.profile));
  return { profile, from: "profile", tables: may.map(({ id, number }) => summaryOf(id, number, null)) };
};
