import { at, i16, type TableValue, table, time, u8 } from "../../layout/index.ts";

/** MEP guide 1.1, p. 231. */
export const BT53 = table(
  "BT53",
  0x0035,
  "Time Offset",
  { read: "basic", write: "advanced" },
  {
    dstTimeEffective: at(0, time, "Local time of day at which daylight saving time begins and ends", { vci: "H" }),
    dstTimeAdjustment: at(3, u8, "Shift while daylight saving time is in effect", { vci: "H", unit: "min" }),
    timeZoneOffset: at(4, i16, "Local time minus UTC without daylight saving time, -12 to +14 hours", {
      vci: "H",
      unit: "min",
    }),
  },
);
export type BT53 = TableValue<typeof BT53>;
