/** Everything that a meter holds when it is switched on for the first time, except what is computed: BT00 and the values of its household. */
import { sizeOf, tableExists } from "@meterport/protocol/layout/index";
import { BT00, ET42, tables } from "@meterport/protocol/tables/index";
import { calendarTables } from "./calendar.ts";
import { deviceTables } from "./devices.ts";
import { generalTables } from "./general.ts";
import { interfaceDefinition } from "./interface-definition.ts";
import { loadProfileTables } from "./load-profile.ts";
import { logTables } from "./logs.ts";
import type { Filling } from "./memory.ts";
import { mepTables } from "./mep.ts";
import { registerTables } from "./registers.ts";
import type { Setup } from "./setup.ts";
import { statusTables } from "./status.ts";
import { systemTables } from "./system.ts";

/** Table numbers with what fills them. A table that is not listed is all zeros: nothing pending, nothing recorded. */
export const contentsOf = (setup: Setup): ReadonlyMap<number, Filling> => {
  const { dimensions, profile } = setup;
  const filled = new Map<number, Filling>([
    ...generalTables(setup),
    ...registerTables(setup),
    ...mepTables(setup),
    ...systemTables(setup),
    ...calendarTables(setup),
    ...loadProfileTables(setup),
    ...logTables(setup),
    ...deviceTables(setup),
    ...statusTables(setup),
    [ET42.number, () => interfaceDefinition(setup)],
  ]);
  for (const table of tables)
    if (tableExists(table, profile) && !filled.has(table.number) && table.number !== BT00.number)
      filled.set(table.number, () => new Uint8Array(sizeOf(table, dimensions)));
  return filled;
};
