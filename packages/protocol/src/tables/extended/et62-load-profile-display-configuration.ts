import {
  array,
  at,
  atLeast,
  bool,
  either,
  entryDim,
  filler,
  plus,
  struct,
  type TableValue,
  table,
  textOf,
  times,
  u8,
  uint,
  when,
} from "../../layout/index.ts";
import { BT60 } from "../basic/bt60-dimension-load-profile.ts";

const since370 = atLeast({ meter: [3, 70], module: [1, 20] });
const since400 = atLeast({ meter: [4, 0] });
/** Codes on the display have five characters from meter 4.0 on, four before. */
const code = textOf(either(since400, 5, 4), "space");
const printed = (generation4: number, others: number) => either(since400, generation4, others);

const channels = entryDim(BT60, "dataSets", 0, "channels");
/** Printed for the 16 channels of the factory. Page 177 speaks of 6-byte records; five characters make 7 of it. */
const pastChannels = (generation4: number, others: number) =>
  plus(printed(25 + generation4, 21 + others), times(channels, either(since400, 7, 6)));

const decimalPoints = "Decimal points of that code, from the right; bit 0 the rightmost";

/** MEP guide 1.1, pp. 173-178. A write may be refused while the Welmec log ET75 is full. */
export const ET62 = table(
  "ET62",
  0x083e,
  "Load Profile Display Configuration",
  { read: "basic", write: "advanced" },
  {
    displayLocalTime: at(0, bool(0), "Times are shown as local time, not as UTC", { vci: "H", value: false }),
    useAllChannelIdCharacters: at(
      0,
      bool(1),
      "Status is shown under its whole code, not under two characters and the channel",
      { vci: "H", value: false },
    ),
    disableLoadProfileDisplay: at(0, bool(2), "Load profiles are not shown; no effect under Welmec rules (ET54)", {
      vci: "H",
      value: false,
    }),
    filler3: at(0, filler(3, 7), "Not described"),
    loadProfileListIdCode: at(1, code, "Shown when the load profile mode begins", { vci: "H", value: "P01" }),
    loadProfileListIdDecimalPointState: at(printed(6, 5), u8, decimalPoints, { vci: "H", value: 4 }),
    loadProfileDateIdCode: at(printed(7, 6), code, "Shown with the start of an interval", {
      vci: "H",
      value: "DATE",
    }),
    loadProfileDateIdDpState: at(printed(12, 10), u8, decimalPoints, { vci: "H" }),
    intervalTimeIdCode: at(printed(13, 11), code, "Shown with the interval duration, in the normal display list", {
      vci: "H",
      value: "TIME",
    }),
    intervalTimeIdDpState: at(printed(18, 15), u8, decimalPoints, { vci: "H" }),
    extendedStatusIdCode: at(printed(19, 16), code, "Shown with the extended status", { vci: "H", value: "STAT" }),
    extendedStatusIdDpState: at(printed(24, 20), u8, decimalPoints, { vci: "H" }),
    codeWords: at(
      printed(25, 21),
      array(
        channels,
        struct({
          channelIdCode: at(0, code, "Shown with the values of the channel", { vci: "H", value: "CH01" }),
          channelIdDpState: at(printed(5, 4), u8, decimalPoints, { vci: "H" }),
          fieldsAfterDp: at(printed(6, 5), uint(0, 2), "Digits after the decimal point, 0..3", { vci: "H" }),
          fieldsBeforeDp: at(printed(6, 5), uint(3, 6), "Digits before it, 1..8; both together at most 8", {
            vci: "H",
          }),
          zeroSuppression: at(printed(6, 5), bool(7), "Leading zeros are hidden", { vci: "H" }),
        }),
      ),
      "One for each channel of load profile set 1",
    ),
    powerOutageListIdCode: at(
      pastChannels(0, 0),
      when(since370, code),
      "Shown with the list of outages; blank as delivered",
      { vci: "H" },
    ),
    powerOutageListIdDpState: at(pastChannels(5, 4), when(since370, u8), decimalPoints, { vci: "H", value: 0 }),
    powerOutageNumberIdCode: at(pastChannels(6, 5), when(since370, code), "Shown with the number of outages", {
      vci: "H",
      value: "NUM",
    }),
    powerOutageNumberIdDpState: at(pastChannels(11, 9), when(since370, u8), decimalPoints, { vci: "H", value: 0 }),
  },
);
export type ET62 = TableValue<typeof ET62>;
