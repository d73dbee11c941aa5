/** The tables that others take their dimensions from: what a client must be able to read before it reads anything else. */
import type { AnyTable } from "../layout/index.ts";
import { BT00 } from "./basic/bt00-general-configuration.ts";
import { BT20 } from "./basic/bt20-dimension-register.ts";
import { BT21 } from "./basic/bt21-actual-register.ts";
import { BT30 } from "./basic/bt30-dimension-display.ts";
import { BT50 } from "./basic/bt50-dimension-time-and-tou.ts";
import { BT60 } from "./basic/bt60-dimension-load-profile.ts";
import { BT61 } from "./basic/bt61-actual-load-profile.ts";
import { BT71 } from "./basic/bt71-actual-log.ts";
import { ET04 } from "./extended/et04-system-information.ts";
import { ET11 } from "./extended/et11-mfg-dimension.ts";
import { ET36 } from "./extended/et36-mfg-table-actual-dimensions.ts";
import { ET54 } from "./extended/et54-meter-status.ts";
import { ET90 } from "./extended/et90-dimension-ln.ts";

export { substituteTables } from "./substitute-tables.ts";

export const dimensionTables: ReadonlyMap<string, AnyTable> = new Map(
  [BT00, BT20, BT21, BT30, BT50, BT60, BT61, BT71, ET04, ET11, ET36, ET54, ET90].map((table: AnyTable) => [
    table.id,
    table,
  ]),
);
