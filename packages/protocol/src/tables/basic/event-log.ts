/** What BT74 and ET79 share: a header of 11 bytes and records of events. MEP guide 1.1, pp. 187-189, 247-249. */
import {
  array,
  at,
  bool,
  bytes,
  type Dim,
  dim,
  filler,
  ltimeDate,
  struct,
  u16,
  u32,
  uint,
} from "../../layout/index.ts";
import { BT71 } from "./bt71-actual-log.ts";

const header = {
  order: at(0, uint(0, 0), "How entries follow each other before the log wraps", {
    vci: "F",
    value: 0,
    names: { 0: "oldest first" },
  }),
  overflow: at(0, bool(1), "More entries went unread than the log holds; BP04 and BP05 clear it", { vci: "M" }),
  listType: at(0, uint(2, 2), "How entries are kept", {
    vci: "F",
    value: 1,
    names: { 0: "no entries", 1: "circular queue" },
  }),
  inhibitOverflow: at(0, bool(3), "False: a full log overwrites its oldest entry", { vci: "F", value: false }),
  filler4: at(0, filler(4, 7), "Filler"),
  validEntries: at(1, u16, "Entries with data", { vci: "M" }),
  lastEntryElement: at(3, u16, "Index of the newest entry", { vci: "M" }),
  lastEntrySequenceNumber: at(5, u32, "Sequence number of the newest entry; both logs count on one counter", {
    vci: "M",
  }),
  unreadEntries: at(9, u16, "Entries that the head-end has not read", { vci: "H/M" }),
} as const;

const record = struct(
  {
    time: at(11, ltimeDate, "When it happened, UTC", { vci: "M" }),
    sequenceNumber: at(17, u16, "Low half of the sequence number, which both logs share", { vci: "M" }),
    userId: at(19, u16, "Who was logged in on the optical port", {
      vci: "M",
      names: { 65533: "MEP client", 65534: "power line, P2P or G3", 65535: "nobody" },
    }),
    // No guide lists the numbers. By ANSI C12.19 bit 11 marks an event of the manufacturer.
    event: at(21, uint(0, 11), "Event number", { vci: "M" }),
    filler12: at(21, filler(12, 15), "Filler"),
    argument: at(23, bytes(dim(BT71, "historyDataLength")), "Depends on the event", { vci: "M" }),
  },
  { from: 11 },
);

/** Header and `count` records. The Optical guide gives the header bytes 0..9 (p. 51); its own layout ends at 10. */
export const eventLogFields = <A>(count: Dim<A>) => ({
  ...header,
  historyRecords: at(11, array(count, record), "Events"),
});
