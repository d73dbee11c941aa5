import { at, reserved, type TableValue, table, text, u16 } from "../../layout/index.ts";

/** MEP guide 1.1, pp. 61-62. */
export const ET03 = table(
  "ET03",
  0x0803,
  "Utility Information",
  { read: "none", write: "advanced" },
  {
    utilitySerialNumber: at(0, text(30), "Serial number that the utility gave, ends at the first NUL", {
      vci: "H",
      identifies: "all",
    }),
    reserved30: at(30, reserved(107), "Other uses: not to be overwritten"),
    imageCrc: at(137, u16, "CRC of the legally relevant firmware image, read-only", { vci: "M" }),
    // Printed as 138..142 (p. 62), which overlaps the CRC of two bytes at 137.
    reserved139: at(139, reserved(4), "Other uses: not to be overwritten"),
  },
);
export type ET03 = TableValue<typeof ET03>;
