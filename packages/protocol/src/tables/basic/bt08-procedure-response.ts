import { type TableValue, table } from "../../layout/index.ts";
import { procedureResponseFields } from "./procedure-response.ts";

/**
 * MEP guide 1.1, pp. 58-59. Optical and power line users share it; MEP client 1 reads it only while ET50 does not choose
 * ET59.
 */
export const BT08 = table(
  "BT08",
  0x0008,
  "Procedure Response",
  { read: "basic", write: "never" },
  procedureResponseFields,
);
export type BT08 = TableValue<typeof BT08>;
