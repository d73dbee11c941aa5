import { at, atLeast, i32, ltimeDate, reserved, type TableValue, table, u8, when } from "../../layout/index.ts";

const since370 = atLeast({ meter: [3, 70], module: [1, 20] });

/** MEP guide 1.1, pp. 127-128, whose heading prints 2046 (0x07FE): ETn is 2048 + n. */
export const ET46 = table(
  "ET46",
  0x082e,
  "Control Output Read-Only Data",
  { read: "basic", write: "never" },
  {
    reserved0: at(0, reserved(11), "Reserved"),
    disconnectControlType: at(11, u8, "What opens the load disconnect when too much is used", {
      vci: "H/M",
      names: { 0: "power", 1: "current" },
    }),
    reserved12: at(12, reserved(1), "Reserved"),
    prepayNegativeCredit: at(13, when(since370, i32), "Overdraft past a prepay credit of 0, then the load is opened", {
      vci: "H/M",
      unit: "Wh",
    }),
    maximumDisconnectOpenTime: at(
      17,
      when(since370, ltimeDate),
      "When maximum power, current or average power last opened the disconnect",
      { vci: "M" },
    ),
  },
);
export type ET46 = TableValue<typeof ET46>;
