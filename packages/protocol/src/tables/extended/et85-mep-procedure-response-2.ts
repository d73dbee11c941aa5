import { type TableValue, table } from "../../layout/index.ts";
import { procedureResponseFields } from "../basic/procedure-response.ts";

/** MEP guide 1.1, p. 192: always for MEP client 2. Page 30 calls it the initialization table. */
export const ET85 = table(
  "ET85",
  0x0855,
  "MEP Procedure Response of MEP2",
  { read: "basic", write: "never" },
  procedureResponseFields,
  { since: { meter: [4, 0] } },
);
export type ET85 = TableValue<typeof ET85>;
