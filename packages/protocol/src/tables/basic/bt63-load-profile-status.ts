import { array, at, bool, filler, struct, type TableValue, table, u16, u32, uint } from "../../layout/index.ts";
import { setCount } from "./load-profile-sets.ts";

/** MEP guide 1.1, pp. 242-244. */
export const BT63 = table(
  "BT63",
  0x003f,
  "Load Profile Status",
  { read: "basic", write: "never" },
  {
    dataSets: at(
      0,
      array(
        setCount,
        struct({
          blockOrder: at(0, uint(0, 0), "Order of the blocks", {
            vci: "F",
            value: 0,
            names: { 0: "ascending: N is older than N + 1" },
          }),
          overflow: at(0, bool(1), "An unread block was overwritten; stays until EP11, BP04 or BP05 clears it", {
            vci: "M",
          }),
          listType: at(0, uint(2, 2), "How blocks follow each other; 0 also where there is no room for any", {
            vci: "F",
            value: 1,
            names: { 0: "FIFO", 1: "circular" },
          }),
          blockInhibitOverflow: at(0, bool(3), "Recording stops when the memory is full; it never does", {
            vci: "F",
            value: false,
          }),
          intervalOrder: at(0, uint(4, 4), "Order of the intervals in a block", {
            vci: "F",
            value: 0,
            names: { 0: "ascending: N is older than N + 1" },
          }),
          activeMode: at(0, bool(5), "The data set is recording", { vci: "M" }),
          testMode: at(0, bool(6), "Test mode; not supported", { vci: "P", value: false }),
          filler7: at(0, filler(7, 7), "Not printed"),
          validBlocks: at(1, u16, "Blocks with at least one recorded interval", { vci: "M" }),
          lastBlock: at(3, u16, "Index of the newest block with a recorded interval", { vci: "M" }),
          lastBlockSequenceNumber: at(5, u32, "Number of that block, one more for each new block", { vci: "M" }),
          unreadBlocks: at(9, u16, "Valid blocks that the host has not marked as read", { vci: "H" }),
          validIntervals: at(11, u16, "Recorded intervals of the newest block", { vci: "M" }),
        }),
      ),
      "One entry per data set",
    ),
  },
);
export type BT63 = TableValue<typeof BT63>;
