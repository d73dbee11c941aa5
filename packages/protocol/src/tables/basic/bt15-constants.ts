import { at, bool, filler, niFormat1, type TableValue, table } from "../../layout/index.ts";

/** MEP guide 1.1, pp. 205-206. The scale of multiplier, offset and both ratios is not printed. */
export const BT15 = table(
  "BT15",
  0x000f,
  "Constants",
  { read: "basic", write: "advanced" },
  {
    multiplier: at(0, niFormat1, "Multiplier for meter data", { vci: "H" }),
    offset: at(4, niFormat1, "Number added to meter data", { vci: "H" }),
    ratiosApplied: at(8, bool(0), "The ratios of this table are applied to meter data", { vci: "H", value: false }),
    filler1: at(8, filler(1, 7), "Filler"),
    ctRatio: at(9, niFormat1, "Current transformer ratio", { vci: "H" }),
    vtRatio: at(13, niFormat1, "Voltage transformer ratio", { vci: "H" }),
  },
);
export type BT15 = TableValue<typeof BT15>;
