import { array, at, entryDim, type TableValue, table } from "../../layout/index.ts";
import { selfReadEntry } from "../basic/self-read-entry.ts";
import { shortLogHeader } from "../basic/short-log-header.ts";
import { adjustableLog, ET36 } from "./et36-mfg-table-actual-dimensions.ts";

/**
 * MEP guide 1.1, pp. 110-111. The page takes the number of entries from BT21.2, like BT26, whose text it repeats; ET36
 * lists this log with an entry size and a number of entries of its own (pp. 114-115: 232 bytes and 2 from the factory,
 * where 226 bytes are described), and is believed: what an entry has more is its tail.
 */
export const ET31 = table(
  "ET31",
  0x081f,
  "Meter One-time-read Log",
  { read: "basic", write: "never" },
  {
    ...shortLogHeader,
    oneTimeReadEntries: at(
      6,
      array(
        entryDim(ET36, "actualDimensions", adjustableLog.ET31, "currentEntries"),
        selfReadEntry,
        entryDim(ET36, "actualDimensions", adjustableLog.ET31, "entrySize"),
      ),
      "One-time reads",
    ),
  },
);
export type ET31 = TableValue<typeof ET31>;
