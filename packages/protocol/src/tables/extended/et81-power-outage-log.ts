import { array, at, entryDim, ltimeDate, struct, type TableValue, table } from "../../layout/index.ts";
import { shortLogHeader } from "../basic/short-log-header.ts";
import { adjustableLog, ET36 } from "./et36-mfg-table-actual-dimensions.ts";

/** MEP guide 1.1, pp. 191-192. In local time, unlike the outages of ET09. */
export const ET81 = table(
  "ET81",
  0x0851,
  "Power Outage Log",
  { read: "basic", write: "never" },
  {
    ...shortLogHeader,
    entries: at(
      6,
      array(
        entryDim(ET36, "actualDimensions", adjustableLog.ET81, "currentEntries"),
        struct(
          {
            start: at(6, ltimeDate, "Power failed, local time", { vci: "M" }),
            end: at(12, ltimeDate, "Power came back, local time", { vci: "M" }),
          },
          { from: 6 },
        ),
        entryDim(ET36, "actualDimensions", adjustableLog.ET81, "entrySize"),
      ),
      "Outages, oldest first",
    ),
  },
  { since: { meter: [3, 70], module: [1, 20] } },
);
export type ET81 = TableValue<typeof ET81>;
