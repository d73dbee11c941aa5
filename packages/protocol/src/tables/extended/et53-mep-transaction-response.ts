import { type TableValue, table } from "../../layout/index.ts";
import { transactionFields } from "./transaction.ts";

/** MEP guide 1.1, p. 138. Both MEP ports share it from firmware 4.0 on; its capacity is ET11's transactionResponseLength. */
export const ET53 = table(
  "ET53",
  0x0835,
  "MEP Transaction Response Table",
  { read: "basic", write: "never" },
  transactionFields,
);
export type ET53 = TableValue<typeof ET53>;
