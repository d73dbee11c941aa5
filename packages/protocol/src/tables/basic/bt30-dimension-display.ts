import { at, bool, filler, type TableValue, table, u8, u16 } from "../../layout/index.ts";

/** MEP guide 1.1, pp. 226-227. */
export const BT30 = table(
  "BT30",
  0x001e,
  "Dimension Display",
  { read: "basic", write: "never" },
  {
    onTime: at(0, bool(0), "Kept for later use", { vci: "F", value: true }),
    offTime: at(0, bool(1), "Kept for later use", { vci: "F", value: false }),
    holdTime: at(0, bool(2), "Kept for later use", { vci: "P", value: false }),
    filler3: at(0, filler(3, 7), "Filler"),
    displaySources: at(1, u16, "Sources that the display can show", { vci: "P", value: 962 }),
    widthDisplaySources: at(3, u8, "Bytes of a display source id", { vci: "F", value: 2, unit: "byte" }),
    primaryListItems: at(4, u16, "Most sources in the primary display list", { vci: "P", value: 30 }),
    primaryLists: at(6, u8, "Primary display lists", { vci: "P", value: 1 }),
    secondaryListItems: at(7, u16, "Kept for later use", { vci: "P", value: 0 }),
    secondaryLists: at(9, u8, "Kept for later use", { vci: "P", value: 0 }),
  },
);
export type BT30 = TableValue<typeof BT30>;
