import {
  array,
  at,
  atLeast,
  bool,
  dim,
  either,
  entryDim,
  stimeDate,
  struct,
  type TableValue,
  table,
  textOf,
  u8,
  u16,
  uint,
} from "../../layout/index.ts";
import { BT20 } from "../basic/bt20-dimension-register.ts";
import { BT60 } from "../basic/bt60-dimension-load-profile.ts";
import { shortLogHeader } from "../basic/short-log-header.ts";
import { adjustableLog, ET36 } from "./et36-mfg-table-actual-dimensions.ts";

/** Codes on the display have five characters from meter 4.0 on, four before (p. 184). */
const since400 = atLeast({ meter: [4, 0] });
const channels = entryDim(BT60, "dataSets", 0, "channels");

/**
 * MEP guide 1.1, pp. 183-186. Entries have 143 bytes, the one size that pp. 114-115 tell, or 159 from meter 4.0, whose
 * codes are longer: ET36 says which. With Welmec rules the full log refuses changes rather than lose its oldest entry.
 */
export const ET75 = table(
  "ET75",
  0x084b,
  "Primary Load Profile Channel Change Log",
  { read: "basic", write: "never" },
  {
    // Page 184 calls the log a circular queue here, and none in its introduction.
    ...shortLogHeader,
    inhibitOverflow: at(0, bool(3), "New entries stop when the log is full, unless logged data need the old ones", {
      vci: "F",
      value: false,
    }),
    entries: at(
      6,
      array(
        entryDim(ET36, "actualDimensions", adjustableLog.ET75, "currentEntries"),
        struct(
          {
            timestamp: at(6, stimeDate, "When the change applies, UTC; the first entry: when Welmec rules began", {
              vci: "M",
            }),
            extendedSourceIds: at(11, array(channels, u16), "Extended source ids until then", { vci: "H" }),
            demandSources: at(43, array(dim(BT20, "demands"), u8), "Source ids of the demands until then", {
              vci: "H",
            }),
            demandSubInterval: at(51, u8, "Demand sub-interval until then", { vci: "H", unit: "min" }),
            demandIntervalMultiplier: at(52, u8, "Demand interval multiplier until then", { vci: "H" }),
            displayConfiguration: at(
              53,
              array(
                channels,
                struct(
                  {
                    idCode: at(53, textOf(either(since400, 5, 4), "space"), "Code on the display", { vci: "H" }),
                    idDpState: at(either(since400, 58, 57), u8, "Decimal points of the code; bit 0 the rightmost", {
                      vci: "H",
                    }),
                    fieldsAfterDp: at(either(since400, 59, 58), uint(0, 2), "Digits after the decimal point, 0..3", {
                      vci: "H",
                    }),
                    fieldsBeforeDp: at(
                      either(since400, 59, 58),
                      uint(3, 6),
                      "Digits before it, 1..8; both together at most 8",
                      { vci: "H" },
                    ),
                    zeroSuppression: at(either(since400, 59, 58), bool(7), "Leading zeros are hidden", { vci: "H" }),
                  },
                  { from: 53 },
                ),
              ),
              "What ET62 said of each channel until then",
            ),
          },
          { from: 6 },
        ),
        entryDim(ET36, "actualDimensions", adjustableLog.ET75, "entrySize"),
      ),
      "One entry per change",
    ),
  },
  { since: { meter: [3, 60], module: [1, 30] } },
);
export type ET75 = TableValue<typeof ET75>;
