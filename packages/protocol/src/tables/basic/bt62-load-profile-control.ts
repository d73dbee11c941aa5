import {
  all,
  any,
  array,
  at,
  bool,
  entryBelow,
  entryDim,
  filler,
  flag,
  not,
  plus,
  struct,
  type TableValue,
  table,
  times,
  u8,
  u16,
  when,
} from "../../layout/index.ts";
import { BT60 } from "./bt60-dimension-load-profile.ts";
import { BT61 } from "./bt61-actual-load-profile.ts";
import { setCount } from "./load-profile-sets.ts";

const channels = entryDim(BT61, "dataSets", "same", "channels");
const entryIs = (index: number) => (index === 0 ? entryBelow(1) : all(entryBelow(index + 1), not(entryBelow(index))));
// Page 242 asks BT60 (what is possible) where one would expect BT61; no meter supports scalars.
const scaled = any(
  any(all(entryIs(0), flag(BT60, "set1ScalarDivisorEnable")), all(entryIs(1), flag(BT60, "set2ScalarDivisorEnable"))),
  any(all(entryIs(2), flag(BT60, "set3ScalarDivisorEnable")), all(entryIs(3), flag(BT60, "set4ScalarDivisorEnable"))),
);

/** MEP guide 1.1, pp. 241-242. */
export const BT62 = table(
  "BT62",
  0x003e,
  "Load Profile Control",
  { read: "basic", write: "never" },
  {
    dataSets: at(
      0,
      array(
        setCount,
        struct({
          channelSettings: at(
            0,
            array(
              channels,
              struct({
                endReading: at(0, bool(0), "End readings are recorded; not supported", { vci: "F", value: false }),
                filler1: at(0, filler(1, 7), "Not printed"),
                intervalSource: at(1, u8, "Source id; 112..163 stand for an extended one in ET66", { vci: "H" }),
                endReadingSource: at(2, u8, "Source id of end readings; not supported", { vci: "P", value: 0 }),
              }),
            ),
            "One entry per channel",
          ),
          // 32: the value of the register itself is logged, so consumption is the difference of two intervals.
          format: at(times(3, channels), u8, "Format of the interval data", {
            vci: "P",
            value: 32,
            names: { 32: "INT32" },
          }),
          scalars: at(plus(times(3, channels), 1), when(scaled, array(channels, u16)), "Scalars of the channels", {
            vci: "H",
          }),
          divisors: at(
            plus(plus(times(3, channels), 1), times(2, channels)),
            when(scaled, array(channels, u16)),
            "Divisors of the channels",
            { vci: "H" },
          ),
        }),
      ),
      "One entry per data set",
    ),
  },
);
export type BT62 = TableValue<typeof BT62>;
