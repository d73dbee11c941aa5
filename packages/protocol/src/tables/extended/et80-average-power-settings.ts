import { at, type TableValue, table, u8, u16, u32 } from "../../layout/index.ts";

/** MEP guide 1.1, pp. 189-191: the headings of value and who controls it are swapped there. */
export const ET80 = table(
  "ET80",
  0x0850,
  "Average Power Settings",
  { read: "basic", write: "advanced" },
  {
    averagePowerEnabled: at(0, u8, "Average power is calculated", {
      vci: "H",
      value: 0,
      names: { 0: "off", 1: "on" },
    }),
    averagePowerControlSubInterval: at(1, u16, "Step of the average: divides 1 min, 1 h or 1 day", {
      vci: "H",
      value: 1,
      unit: "s",
    }),
    // Page 189 refers to it as ET80.2.
    averagePowerControlIntervalMultiplier: at(3, u8, "Steps averaged over, 1..15; 1 = block demand", {
      vci: "H",
      value: 15,
    }),
    averagePowerDisconnectThreshold: at(4, u32, "Average power that opens the disconnect", {
      vci: "H",
      value: 0,
      unit: "W",
    }),
  },
  { since: { meter: [3, 70], module: [1, 20] } },
);
export type ET80 = TableValue<typeof ET80>;
