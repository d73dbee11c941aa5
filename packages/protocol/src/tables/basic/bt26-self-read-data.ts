import { array, at, dim, type TableValue, table } from "../../layout/index.ts";
import { BT21 } from "./bt21-actual-register.ts";
import { selfReadEntry } from "./self-read-entry.ts";
import { shortLogHeader } from "./short-log-header.ts";

/** MEP guide 1.1, pp. 218-220; Optical guide 1.1, pp. 30-31. Self-reads are scheduled in BT54. */
export const BT26 = table(
  "BT26",
  0x001a,
  "Self-Read Data",
  { read: "basic", write: "never" },
  {
    ...shortLogHeader,
    selfReadEntries: at(6, array(dim(BT21, "selfReads"), selfReadEntry), "Self-reads"),
  },
);
export type BT26 = TableValue<typeof BT26>;
