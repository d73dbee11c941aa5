/**
 * Tables that live readings, the MEP port itself and transactions take: what the package's main entry brings along. All
 * tables are in `@meterport/protocol/tables/index`, so that a page in a browser does not load what it never reads.
 */
export { BT00 } from "./basic/bt00-general-configuration.ts";
export { BT01 } from "./basic/bt01-general-manufacturer-information.ts";
export { BT07 } from "./basic/bt07-procedure-initiate.ts";
export { BT15 } from "./basic/bt15-constants.ts";
export { BT20 } from "./basic/bt20-dimension-register.ts";
export { BT21 } from "./basic/bt21-actual-register.ts";
export { BT22 } from "./basic/bt22-data-selection.ts";
export { BT23 } from "./basic/bt23-current-register-data.ts";
export { BT27 } from "./basic/bt27-present-register-selection.ts";
export { BT28 } from "./basic/bt28-present-register-data.ts";
export { BT52 } from "./basic/bt52-utc-clock.ts";
export { BT53 } from "./basic/bt53-time-offset.ts";
export { BT55 } from "./basic/bt55-local-clock-state.ts";
export { ET03 } from "./extended/et03-utility-information.ts";
export { ET04 } from "./extended/et04-system-information.ts";
export { ET11 } from "./extended/et11-mfg-dimension.ts";
export { ET13 } from "./extended/et13-device-configuration.ts";
export { ET14 } from "./extended/et14-device-status.ts";
export { ET50 } from "./extended/et50-mep-inbound-data-space.ts";
export { ET51 } from "./extended/et51-mep-device-configuration.ts";
export { ET52 } from "./extended/et52-mep-transaction-request.ts";
export { ET53 } from "./extended/et53-mep-transaction-response.ts";
export { ET54 } from "./extended/et54-meter-status.ts";
export { ET55 } from "./extended/et55-meter-configuration.ts";
export { ET70 } from "./extended/et70-ram-only-status.ts";
