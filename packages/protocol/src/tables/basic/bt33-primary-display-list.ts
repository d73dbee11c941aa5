import { array, at, dim, struct, type TableValue, table, times, u8, u16, uint } from "../../layout/index.ts";
import { BT30 } from "./bt30-dimension-display.ts";

const lists = dim(BT30, "primaryLists");

/** MEP guide 1.1, pp. 227-228. Its list of 16-bit display source ids is in no part of the guide. */
export const BT33 = table(
  "BT33",
  0x0021,
  "Primary Display List",
  { read: "basic", write: "advanced" },
  {
    primaryDisplayLists: at(
      0,
      array(
        lists,
        struct({
          onTime: at(0, uint(0, 3), "How long each item is shown, 6..15; 0 = the push button turns the page", {
            vci: "H",
            value: 6,
            unit: "s",
          }),
          offTime: at(0, uint(4, 7), "Kept for later use", { vci: "F", value: 0 }),
          holdTime: at(1, uint(0, 3), "Kept for later use", { vci: "P", value: 0 }),
          defaultList: at(1, uint(4, 7), "Mode in which the list is shown", {
            vci: "F",
            value: 1,
            names: { 1: "normal" },
          }),
          listItems: at(2, u8, "Items that are shown, from the first source on", { vci: "H", value: 3 }),
        }),
      ),
      "How long and how much each list shows",
    ),
    // Printed at 3, which holds for the one list of BT30.
    displaySources: at(
      times(3, lists),
      array(dim(BT30, "primaryListItems"), u16),
      "Display source ids, in the order in which they are shown",
      { vci: "H" },
    ),
  },
);
export type BT33 = TableValue<typeof BT33>;
