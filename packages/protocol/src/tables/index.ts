/** Every declared table, by id and by number. */
import type { AnyTable } from "../layout/index.ts";
import { BT00 } from "./basic/bt00-general-configuration.ts";
import { BT01 } from "./basic/bt01-general-manufacturer-information.ts";
import { BT07 } from "./basic/bt07-procedure-initiate.ts";
import { BT15 } from "./basic/bt15-constants.ts";
import { BT20 } from "./basic/bt20-dimension-register.ts";
import { BT21 } from "./basic/bt21-actual-register.ts";
import { BT22 } from "./basic/bt22-data-selection.ts";
import { BT23 } from "./basic/bt23-current-register-data.ts";
import { BT27 } from "./basic/bt27-present-register-selection.ts";
import { BT28 } from "./basic/bt28-present-register-data.ts";
import { BT52 } from "./basic/bt52-utc-clock.ts";
import { BT53 } from "./basic/bt53-time-offset.ts";
import { BT55 } from "./basic/bt55-local-clock-state.ts";
import { ET03 } from "./extended/et03-utility-information.ts";
import { ET04 } from "./extended/et04-system-information.ts";
import { ET11 } from "./extended/et11-mfg-dimension.ts";
import { ET13 } from "./extended/et13-device-configuration.ts";
import { ET14 } from "./extended/et14-device-status.ts";
import { ET50 } from "./extended/et50-mep-inbound-data-space.ts";
import { ET51 } from "./extended/et51-mep-device-configuration.ts";
import { ET52 } from "./extended/et52-mep-transaction-request.ts";
import { ET53 } from "./extended/et53-mep-transaction-response.ts";
import { ET54 } from "./extended/et54-meter-status.ts";
import { ET55 } from "./extended/et55-meter-configuration.ts";
import { ET70 } from "./extended/et70-ram-only-status.ts";

export { type Dimensions, defaultDimensions } from "./defaults.ts";
export {
  BT00,
  BT01,
  BT07,
  BT15,
  BT20,
  BT21,
  BT22,
  BT23,
  BT27,
  BT28,
  BT52,
  BT53,
  BT55,
  ET03,
  ET04,
  ET11,
  ET13,
  ET14,
  ET50,
  ET51,
  ET52,
  ET53,
  ET54,
  ET55,
  ET70,
};

/** In ascending order of their numbers. */
export const tables: readonly AnyTable[] = [
  BT00,
  BT01,
  BT07,
  BT15,
  BT20,
  BT21,
  BT22,
  BT23,
  BT27,
  BT28,
  BT52,
  BT53,
  BT55,
  ET03,
  ET04,
  ET11,
  ET13,
  ET14,
  ET50,
  ET51,
  ET52,
  ET53,
  ET54,
  ET55,
  ET70,
];
export const tablesById: ReadonlyMap<string, AnyTable> = new Map(tables.map((table) => [table.id, table]));
export const tablesByNumber: ReadonlyMap<number, AnyTable> = new Map(tables.map((table) => [table.number, table]));
