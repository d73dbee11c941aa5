import { type TableValue, table } from "../../layout/index.ts";
import { transactionFields } from "./transaction.ts";

/**
 * MEP guide 1.1, pp. 136-138. Both MEP ports share it from firmware 4.0 on. Page 136 and the example on page 54 give it
 * 769 bytes, page 50 gives 768 or 896 by firmware: only ET11's transactionRequestLength tells its capacity.
 */
export const ET52 = table(
  "ET52",
  0x0834,
  "MEP Transaction Request Table",
  { read: "basic", write: "basic" },
  transactionFields,
);
export type ET52 = TableValue<typeof ET52>;
