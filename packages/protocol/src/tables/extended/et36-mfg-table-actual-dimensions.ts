import {
  array,
  at,
  bitBytes,
  bool,
  bytes,
  filler,
  own,
  plus,
  reserved,
  struct,
  type TableValue,
  table,
  times,
  u8,
  u16,
  uint,
} from "../../layout/index.ts";

/** Index of each log in `actualDimensions`, in the order that ET42 fixes (pp. 121-122). */
export const adjustableLog = { ET31: 0, ET32: 1, ET38: 2, ET41: 3, ET45: 4, ET75: 5, ET81: 6 } as const;

/** MEP guide 1.1, pp. 113-115. */
export const ET36 = table(
  "ET36",
  0x0824,
  "Manufacturer (Extended) Table Actual Dimensions",
  { read: "basic", write: "never" },
  {
    count: at(0, u8, "Logs that are described", { vci: "P", value: 7 }),
    actualDimensions: at(
      1,
      array(
        own("count"),
        struct(
          {
            tableNumber: at(1, uint(0, 10), "Number of the log's table, without 2048", { vci: "F" }),
            extendedTable: at(1, bool(11), "Extended table; else a basic one", { vci: "F" }),
            procedureFlag: at(1, bool(12), "Not applicable", { vci: "F" }),
            filler13: at(1, filler(13, 15), "Reserved", { vci: "F" }),
            entrySize: at(3, u16, "Bytes of an entry", { vci: "M", unit: "byte" }),
            maxEntries: at(5, u16, "Most entries", { vci: "M" }),
            currentEntries: at(7, u16, "Entries configured, by EP06, EP32 or EP37", { vci: "M" }),
            lengthIncluded: at(9, bool(0), "Two bytes before each entry tell how many of its bytes are used", {
              vci: "P",
            }),
            filler1: at(9, filler(1, 7), "Reserved", { vci: "M" }),
            reserved10: at(10, reserved(8), "Spare"),
          },
          { from: 1 },
        ),
      ),
      "One entry per adjustable log",
    ),
    // Printed at Count*10 + 1 (p. 115), but the entries before it have 17 bytes.
    unreadEntriesBitmap: at(
      plus(times(17, own("count")), 1),
      bytes(bitBytes(own("count"))),
      "A bit per log, lowest first: it has unread entries",
    ),
  },
);
export type ET36 = TableValue<typeof ET36>;
