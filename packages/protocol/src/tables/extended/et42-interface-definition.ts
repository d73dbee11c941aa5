import {
  array,
  at,
  atLeast,
  bool,
  difference,
  either,
  filler,
  next,
  own,
  plus,
  recordsWithin,
  reserved,
  struct,
  type TableValue,
  table,
  times,
  u8,
  u16,
  u32,
  when,
} from "../../layout/index.ts";
import { intervalTimes, multipleSets } from "../basic/load-profile-sets.ts";
import { mdtEntry } from "./mdt-entry.ts";

const since360 = atLeast({ meter: [3, 60], module: [1, 20] });
const since370 = atLeast({ meter: [3, 70], module: [1, 20] });

const fixedLength = 41;
const pastLogs = plus(own("fixedSectionLength"), times(3, own("logListSize")));
const pastDemands = plus(pastLogs, own("demands"));
const pastCoincidents = plus(pastDemands, own("coincidentValues"));
const pastChannels = plus(pastCoincidents, times(2, own("channels")));
/** The guide's A (p. 123). */
const pastMdtt = plus(plus(pastChannels, 1), times(4, own("mdttCurrentEntries")));

const requiredLength = either(since370, 8, either(since360, 3, 0));
// Page 123 leaves open whether data sets that are not in use are left out or have no channels: what the length of the
// table leaves for them decides.
const dataSetsLength = difference(own("tableLength"), plus(plus(pastMdtt, 1), requiredLength));

// No offsets are printed within a data set.
const loadProfileSet = struct({
  blockSize: next(u32, "Bytes of a block", { unit: "byte" }),
  blocks: next(u16, "Blocks"),
  channels: next(u8, "Channels"),
  intervalDuration: next(u8, "Length of an interval", { unit: "min", names: intervalTimes }),
  intervalSize: next(u8, "Bytes of an interval", { unit: "byte" }),
  options: next(u8, "Options, as in byte 93 of ET21"),
  intervalsPerBlock: next(u16, "Intervals in a block"),
  blockStartHour: next(u8, "Hour that blocks are wanted to start at, UTC"),
  blockStartMinute: next(u8, "Minute of it"),
  loadProfileExtendedSources: next(array(own("channels"), u16), "Extended source id of each channel"),
});

/**
 * MEP guide 1.1, pp. 117-125. Most fields are copies of fields elsewhere; all that a reader needs to know of the
 * shapes of billing data, load profiles and logs, in one table that tells its own length.
 */
export const ET42 = table(
  "ET42",
  0x082a,
  "Interface Definition",
  { read: "basic", write: "never" },
  {
    tableLength: at(0, u16, "Bytes of this table, these two included", { unit: "byte" }),
    fixedSectionLength: at(2, u8, "Bytes before the list of logs", { unit: "byte", value: fixedLength }),
    logListSize: at(3, u8, "Logs in the list"),
    icaNak: at(4, bool(0), "ICA NAK is on, recurring reads of MEP devices into ET16 are off", { vci: "H" }),
    billingLoadProfileFormat2: at(4, bool(1), "Billing and load profile data of all formats are understood", {
      vci: "H",
    }),
    filler2: at(4, filler(2, 15), "Unused", { vci: "H" }),
    c1219Compliance: at(6, u16, "Copy of ET04, byte 114; no bit of it has a meaning", { vci: "H" }),
    billingInterfaceDefinitionNumber: at(8, u16, "BIDN: the host's own number for this configuration"),
    demandResetCounter: at(10, bool(0), "Billing data carry the number of demand resets"),
    cumulativeDemand: at(10, bool(1), "Demands carry their cumulative value"),
    continuousCumulativeDemand: at(10, bool(2), "Demands carry their continuous cumulative value"),
    demandConfigured: at(10, bool(3), "Demand has been configured at least once, by EP32"),
    unreadLogEntriesBitmapEnabled: at(10, bool(4), "ET36 has its bitmap of unread entries"),
    filler5: at(10, filler(5, 7), "Not printed"),
    selfReads: at(11, u8, "Self-reads that BT26 keeps"),
    summations: at(12, u8, "Accumulations in BT23"),
    demands: at(13, u8, "Demand registers in use"),
    coincidentValues: at(14, u8, "Coincident values in use"),
    occurrences: at(15, u8, "Maxima of a demand register"),
    tiers: at(16, u8, "Tiers: 4, or up to 8 from firmware 3.70 and module 1.20"),
    presentDemands: at(17, u8, "Present demands in BT28"),
    presentValues: at(18, u8, "Instantaneous values in BT28"),
    demandSubInterval: at(19, u8, "Demand sub-interval, one for all registers", { unit: "min" }),
    demandMultiplier: at(20, u8, "Sub-intervals in a demand interval"),
    tierSize: at(21, u16, "Bytes of one tier in BT23", { unit: "byte" }),
    blockSize: at(23, u32, "Data set 1: bytes of a block", { unit: "byte" }),
    blocks: at(27, u16, "Data set 1: blocks"),
    channels: at(29, u8, "Data set 1: channels"),
    intervalDuration: at(30, u8, "Data set 1: length of an interval", { unit: "min", names: intervalTimes }),
    intervalSize: at(31, u8, "Data set 1: bytes of an interval", { unit: "byte" }),
    options: at(32, u8, "Data set 1: options, as in byte 93 of ET21"),
    intervalsPerBlock: at(33, u16, "Data set 1: intervals in a block"),
    blockStartHour: at(35, u8, "Data set 1: hour that blocks are wanted to start at, UTC"),
    blockStartMinute: at(36, u8, "Data set 1: minute of it"),
    historyLogEventNumber: at(37, bool(0), "Event log entries carry an event number"),
    historyLogDateTime: at(37, bool(1), "Event log entries carry date and time"),
    historyLogSequenceNumber: at(37, bool(2), "Event log entries carry a sequence number"),
    historyLogInhibitOverflow: at(37, bool(3), "The history log stops when it is full"),
    eventLogInhibitOverflow: at(37, bool(4), "The event log stops when it is full"),
    historyLogFiller5: at(37, filler(5, 7), "Not printed"),
    historyLogCount: at(38, u16, "Entries of the event log"),
    historyLogEntrySize: at(40, u8, "Bytes of the argument in an event log entry", { unit: "byte" }),
    fixedTail: next(
      reserved(difference(own("fixedSectionLength"), fixedLength)),
      "Fields that newer firmware adds to the fixed section",
    ),

    // The roots that pp. 121-122 give for the last two logs belong to other fields of ET36: 92, 109 and 105 are right.
    logs: at(
      own("fixedSectionLength"),
      array(
        own("logListSize"),
        struct({
          count: at(0, u8, "Entries configured"),
          entrySize: at(1, u16, "Bytes of an entry", { unit: "byte" }),
        }),
      ),
      "Adjustable logs, in the order of ET36",
    ),
    demandSources: at(pastLogs, array(own("demands"), u8), "Source id of each demand"),
    coincidentSources: at(pastDemands, array(own("coincidentValues"), u8), "Source id of each coincident value"),
    loadProfileExtendedSources: at(
      pastCoincidents,
      array(own("channels"), u16),
      "Data set 1: extended source id of each channel; of 8 bits unless ET54 says billing format 2",
    ),
    mdttCurrentEntries: at(pastChannels, u8, "Entries of ET57 in use"),
    mdttEntries: at(plus(pastChannels, 1), array(own("mdttCurrentEntries"), mdtEntry), "Those entries"),

    dataSet2Active: at(pastMdtt, when(multipleSets, bool(0)), "Data set 2 has blocks"),
    dataSet3Active: at(pastMdtt, when(multipleSets, bool(1)), "Data set 3 has blocks"),
    dataSet4Active: at(pastMdtt, when(multipleSets, bool(2)), "Data set 4 has blocks"),
    filler3: at(pastMdtt, when(multipleSets, filler(3, 7)), "Not printed"),
    dataSets: next(
      when(multipleSets, recordsWithin(dataSetsLength, loadProfileSet)),
      "Those of data sets 2 to 4 that are active, or all three",
    ),

    requiredSectionLength: next(when(since360, u8), "Bytes of the rest, this one included", { unit: "byte" }),
    et74EntryCount: next(when(since360, u16), "Entries in ET74"),
    et77EntryCount: next(when(since370, u8), "Entries in ET77"),
    et79EntryCount: next(when(since370, u16), "Entries in ET79"),
    // Its root is printed as ET55.A+3; there it is at A+39 (p. 164).
    energyRegisterUnit: next(when(since370, u8), "Unit of energies, also in load profiles: 1, 10 or 100", {
      unit: "Wh or varh",
    }),
    accumulatorRolloverDigit: next(when(since370, u8), "Decimal digits of Wh after which accumulators roll over, 5..9"),
    requiredTail: next(
      when(since360, reserved(difference(own("requiredSectionLength"), requiredLength))),
      "Fields that newer firmware adds",
    ),
  },
);
export type ET42 = TableValue<typeof ET42>;
