/** The six bytes in front of logs with 16-bit sequence numbers. MEP guide 1.1, pp. 110-111, 116, 126, 185, 192, 219. */
import { at, bool, filler, u8, u16 } from "../../layout/index.ts";

export const shortLogHeader = {
  order: at(0, bool(0), "False: entries stand in ascending order, oldest first, before the log wraps", {
    vci: "F",
    value: false,
  }),
  overflow: at(0, bool(1), "Old entries were overwritten", { vci: "M" }),
  listType: at(0, bool(2), "True: a circular queue; false where it can have no entries", { vci: "F", value: true }),
  inhibitOverflow: at(0, bool(3), "False: a full log overwrites its oldest entry", { vci: "F", value: false }),
  filler4: at(0, filler(4, 7), "Filler"),
  validEntries: at(1, u8, "Entries with data", { vci: "M" }),
  // ET41, ET45, ET75 and ET81 print "0" and "F" for it, though it moves with each entry.
  lastEntryElement: at(2, u8, "Index of the newest entry", { vci: "M" }),
  lastEntrySequenceNumber: at(3, u16, "Sequence number of the newest entry; never reset", { vci: "M" }),
  unreadEntries: at(5, u8, "Entries that the head-end has not read", { vci: "H/M" }),
} as const;
