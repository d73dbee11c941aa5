import { array, at, struct, type TableValue, table, u8, u16, u32 } from "../../layout/index.ts";
import { intervalTimes, loadProfileFlags, setCount } from "./load-profile-sets.ts";

/** MEP guide 1.1, pp. 237-239. Each number is the most that is possible while the others leave room for it. */
export const BT60 = table(
  "BT60",
  0x003c,
  "Dimension Load Profile",
  { read: "basic", write: "never" },
  {
    memoryLength: at(0, u32, "Memory of all data sets: 104,832 with 128 KiB NVM, 233,856 with 256 KiB", {
      vci: "M",
      unit: "byte",
    }),
    ...loadProfileFlags,
    dataSets: at(
      7,
      array(
        setCount,
        struct(
          {
            blocks: at(7, u16, "Most blocks: 9530 with 128 KiB NVM, 21,259 with 256 KiB", { vci: "P" }),
            intervals: at(9, u16, "Most intervals in a block", { vci: "F", value: 1440 }),
            channels: at(11, u8, "Most channels", { vci: "P", value: 16 }),
            maximumIntervalTime: at(12, u8, "Longest interval", {
              vci: "F",
              unit: "min",
              value: 255,
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
export type BT60 = TableValue<typeof BT60>;
