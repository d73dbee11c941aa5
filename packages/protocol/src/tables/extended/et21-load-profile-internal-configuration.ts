import {
  array,
  at,
  atLeast,
  bool,
  filler,
  i32,
  ltimeDate,
  next,
  reserved,
  struct,
  type TableValue,
  table,
  u8,
  u16,
  u32,
  when,
} from "../../layout/index.ts";
import { setCount } from "../basic/load-profile-sets.ts";

// The Optical guide (pp. 42-43) says since when: 2.10q and 2.10s for the first two, whose letter no profile has.
const since210 = atLeast({ meter: [2, 10], module: [1, 0] });
const since310 = atLeast({ meter: [3, 10], module: [1, 0] });
const since330 = atLeast({ meter: [3, 30], module: [1, 11] });
const since350 = atLeast({ meter: [3, 50], module: [1, 20] });

/** MEP guide 1.1, pp. 101-104; an entry has 131 bytes from firmware 3.50. */
export const ET21 = table(
  "ET21",
  0x0815,
  "Load Profile Internal Configuration",
  { read: "basic", write: "never" },
  {
    dataSets: at(
      0,
      array(
        setCount,
        struct({
          currentBlockAddress: at(0, u32, "Physical address of the current block", { vci: "M" }),
          currentIntervalAddress: at(4, u32, "Physical address of the current interval", { vci: "M" }),
          blockSize: at(8, u32, "Bytes of a block", { vci: "M", unit: "byte" }),
          blockHeaderSize: at(12, u16, "Bytes of a block before its intervals", { vci: "M", unit: "byte" }),
          validBlocks: at(14, u16, "Blocks with valid data", { vci: "M" }),
          validIntervals: at(16, u16, "Intervals of the current block in non-volatile memory", { vci: "M" }),
          lastBlockIndex: at(18, u16, "Index of the newest block with new data", { vci: "M" }),
          lastIntervalNumber: at(20, u16, "Index of the newest interval in its block", { vci: "M" }),
          simpleStatusOffset: at(22, u8, "Where in a block the simple status is", { vci: "M", unit: "byte" }),
          simpleStatusSize: at(23, u8, "Bytes of the simple status", { vci: "M", unit: "byte" }),
          interval0Offset: at(24, u8, "Where in a block the first interval is", { vci: "M", unit: "byte" }),
          intervalSize: at(25, u8, "Bytes of an interval", { vci: "M", unit: "byte" }),
          channel0Offset: at(26, u8, "Where in an interval the first channel is", { vci: "M", unit: "byte" }),
          extendedStatusCommon: at(27, u8, "Extended status that the next interval is going to get", { vci: "M" }),
          channels: at(28, u8, "Channels", { vci: "M" }),
          intervalTime: at(29, u8, "Length of an interval", { vci: "M", unit: "min", names: { 84: "24 h" } }),
          sources: at(30, array(8, u8), "Source ids of channels 0..7", { vci: "M" }),
          placeholders: at(38, when(since210, array(8, i32)), "M-Bus channels: latest value that came in", {
            vci: "M",
          }),
          sourcesExpansion: at(70, when(since210, array(8, u8)), "Source ids of channels 8..15", { vci: "M" }),
          loadProfileConfigurationId: at(78, when(since210, u32), "Changes with each reconfiguration", { vci: "M" }),
          mepBillingStartChannel: at(82, when(since210, u8), "Index of the first channel with MEP or M-Bus data", {
            vci: "M",
          }),
          blockStartTime: at(83, when(since310, ltimeDate), "Start of the current block, UTC", { vci: "M" }),
          blockStartHour: at(89, when(since310, u8), "Hour that blocks are wanted to start at, UTC", { vci: "M" }),
          blockStartMinute: at(90, when(since310, u8), "Minute of it", { vci: "M" }),
          intervalInProgress: at(91, when(since310, u16), "Interval that waits for MEP data; 0 = none", { vci: "M" }),
          endReadings: at(93, when(since310, bool(0)), "Option: must be 0", { vci: "H" }),
          scalarDivisor: at(93, when(since310, bool(1)), "Option: must be 0", { vci: "H" }),
          dataReference: at(93, when(since310, bool(2)), "Option: must be 0", { vci: "H" }),
          ansiCompliance: at(
            93,
            when(since310, bool(3)),
            "Option: minutes only, standard statuses only, resets are no power failures",
            { vci: "H" },
          ),
          filler4: at(93, when(since310, filler(4, 7)), "Not printed"),
          intervalEndTimeUtc: at(94, when(since330, ltimeDate), "End of the newest interval, UTC", { vci: "M" }),
          // Both guides print 101 for the next field, one more than the one before it leaves.
          reserved100: next(when(since330, reserved(1)), "Not printed"),
          intervalEndTimeLocal: at(101, when(since330, ltimeDate), "End of the newest interval, local time", {
            vci: "M",
          }),
          maxMemoryLength: at(107, when(since350, u32), "Memory that a reconfiguration can use", {
            vci: "M",
            unit: "byte",
          }),
          // Page 104 starts the rest with 3.60; the Optical guide (p. 43) has its 20 bytes, reserved, from 3.50 on.
          nvmfOccurred: at(111, when(since350, bool(0)), "Non-volatile memory failed since the data set exists", {
            vci: "M",
            since: "meter 3.60, module 1.20",
          }),
          filler1: at(111, when(since350, filler(1, 7)), "Reserved", { vci: "M" }),
          reserved112: at(112, when(since350, reserved(19)), "Reserved"),
        }),
      ),
      "One entry per data set",
    ),
  },
);
export type ET21 = TableValue<typeof ET21>;
