import { array, at, struct, type TableValue, table, u8, u16, u32 } from "../../layout/index.ts";
import { intervalTimes, loadProfileFlags, setCount } from "./load-profile-sets.ts";

/** MEP guide 1.1, pp. 239-241. */
export const BT61 = table(
  "BT61",
  0x003d,
  "Actual Load Profile",
  { read: "basic", write: "never" },
  {
    memoryLength: at(0, u32, "Memory that all data sets use", { vci: "M", unit: "byte" }),
    ...loadProfileFlags,
    dataSets: at(
      7,
      array(
        setCount,
        struct(
          {
            blocks: at(7, u16, "Blocks; 0 where the data set is not in use", { vci: "M" }),
            intervals: at(9, u16, "Intervals in a block", { vci: "M" }),
            channels: at(11, u8, "Channels of an interval", { vci: "H" }),
            maximumIntervalTime: at(12, u8, "Length of an interval, 1..60", {
              vci: "H",
              unit: "min",
              names: intervalTimes,
            }),
          },
          { from: 7 },
        ),
      ),
      "One entry per data set",
    ),
  },
);
export type BT61 = TableValue<typeof BT61>;
