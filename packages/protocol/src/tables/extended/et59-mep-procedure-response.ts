import { type TableValue, table } from "../../layout/index.ts";
import { procedureResponseFields } from "../basic/procedure-response.ts";

/** MEP guide 1.1, pp. 171-172. For MEP client 1, where ET50 chooses it instead of BT08. */
export const ET59 = table(
  "ET59",
  0x083b,
  "MEP Procedure Response",
  { read: "basic", write: "never" },
  procedureResponseFields,
  // Page 49 keeps BT08 for clients of meters before 3.30; page 124 has the choice on every module.
  { since: { meter: [3, 30], module: [0, 0] } },
);
export type ET59 = TableValue<typeof ET59>;
