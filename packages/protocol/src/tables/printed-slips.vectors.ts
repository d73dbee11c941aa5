/**
 * Where a guide's printed offset does not follow from the types around it, and where the field is: table, profile, page
 * (negative: of the optical guide), what is printed, then the field with its offset, bytes and bits (lowest, highest).
 * Worked out by hand from the types of all pages; every field that is not here stands where it is printed.
 */
export interface Slip {
  readonly table: string;
  readonly profile: string;
  readonly page: number;
  readonly printed: string;
  readonly fields: readonly (readonly [
    path: string,
    offset: number,
    bytes: number,
    bits?: readonly [number, number],
  ])[];
}

const gen3 = "meter:3.70";
const gen4 = "meter:4.30";

export const slips: readonly Slip[] = [
  {
    table: "ET03",
    profile: gen3,
    page: 62,
    printed: "reserved 138..142 over a CRC of 137..138",
    fields: [
      ["imageCrc", 137, 2],
      ["reserved139", 139, 4],
    ],
  },
  {
    table: "ET09",
    profile: gen4,
    page: 81,
    printed: "22-byte record whose last field ends at 18",
    // 10 outages of 18 bytes come first.
    fields: [
      ["thdRecords.0.events.0.averageThd", 180 + 167, 2],
      ["thdRecords.0.events.0.reserved169", 180 + 169, 4],
      ["thdRecords.0.events.1.eventCount", 180 + 151 + 22, 2],
      ["thdRecords.1.thdTimeThreshold", 180 + 147 + 70, 2],
      ["drpDrcEvents.0.drp", 180 + 357, 2],
    ],
  },
  {
    table: "ET09",
    profile: gen4,
    page: 73,
    printed: "sag2 from A + 12 on; p. 81: A + 10 * 12",
    fields: [["sag2TimeThreshold", 180 + 357 + 120, 2]],
  },
  {
    table: "ET21",
    profile: gen3,
    page: 103,
    printed: "local end time at 101 after a UTC one that ends at 100",
    fields: [
      ["dataSets.0.intervalEndTimeUtc", 94, 6],
      ["dataSets.0.reserved100", 100, 1],
      ["dataSets.0.intervalEndTimeLocal", 101, 6],
      ["dataSets.0.maxMemoryLength", 107, 4],
    ],
  },
  {
    table: "ET21",
    profile: "meter:3.50",
    page: -42,
    printed: "131 bytes from 3.50 on; p. 104 of the MEP guide: from 3.60",
    fields: [
      ["dataSets.0.reserved112", 112, 19],
      ["dataSets.1.currentBlockAddress", 131, 4],
    ],
  },
  {
    table: "ET29",
    profile: gen4,
    page: 106,
    printed: "reserved 2..4 over options of three bytes at 0",
    fields: [
      ["mepClient2Port", 0, 3, [23, 23]],
      ["reserved3", 3, 2],
    ],
  },
  {
    table: "ET29",
    profile: gen4,
    page: 110,
    printed: "matrix 2: 48, 49, 0 and 51, 52, 0",
    fields: [
      ["commAssignmentMatrix2.0.logicalPortNumber", 50, 1],
      ["commAssignmentMatrix2.1.board", 51, 1],
      ["commAssignmentMatrix2.1.logicalPortNumber", 53, 1],
    ],
  },
  {
    table: "ET34",
    profile: gen3,
    page: 113,
    printed: "7 bytes at 14..21",
    fields: [
      ["devices.0.reserved14", 14, 8],
      ["devices.1.reserved0", 22, 2],
    ],
  },
  {
    table: "ET36",
    profile: gen3,
    page: 115,
    printed: "the bitmap at Count * 10 + 1 after records of 17 bytes",
    fields: [
      ["actualDimensions.6.entrySize", 105, 2],
      ["actualDimensions.6.currentEntries", 109, 2],
      ["actualDimensions.5.currentEntries", 92, 2],
      ["unreadEntriesBitmap", 7 * 17 + 1, 1],
    ],
  },
  {
    table: "ET54",
    profile: gen4,
    page: 140,
    printed: "flags of 16 bits at 19, reserved from 20",
    fields: [
      ["loadProfileDisabled", 19, 2, [0, 0]],
      ["reserved21", 21, 23],
    ],
  },
  {
    table: "ET54",
    profile: gen4,
    page: 143,
    printed: "32 bits at 95 and bits at 97 in a record of 7 bytes from 91",
    fields: [
      ["moduleRecords.0.reserved95", 95, 2],
      ["moduleRecords.0.filler0", 97, 1, [0, 0]],
      ["moduleRecords.1.reserved91", 98, 1],
    ],
  },
  {
    table: "ET55",
    profile: gen3,
    page: 146,
    printed: 'delta time increment at 4, on Gen4 at "1"',
    fields: [
      ["deltaTimeAdjustmentIncrement", 4, 1],
      ["reserved5", 5, 9],
    ],
  },
  { table: "ET55", profile: gen4, page: 146, printed: 'Gen4: "1"', fields: [["reserved4", 4, 1]] },
  {
    table: "ET55",
    profile: gen3,
    page: 159,
    printed: "126 of one byte, then 128",
    fields: [
      ["voltageFluctuationLimit", 126, 1],
      ["reserved127", 127, 1],
      ["prepayTierRates.0", 128, 4],
    ],
  },
  {
    table: "ET55",
    profile: gen4,
    page: 159,
    printed: "127 of one byte, then 129",
    fields: [
      ["voltageFluctuationLimit", 127, 1],
      ["prepayTierRates.0", 129, 4],
    ],
  },
  {
    table: "ET55",
    profile: gen4,
    page: 147,
    printed: "reserved 17..51 with fields at 20..23",
    fields: [
      ["reserved17", 17, 3],
      ["plcFailedAuthenticationLockoutThreshold", 20, 1],
      ["opticalFailedAuthenticationLockoutDuration", 23, 1],
      ["reserved24", 24, 28],
    ],
  },
  {
    table: "ET55",
    profile: gen3,
    page: 164,
    printed: "A + 39; the root in ET42 (p. 124) says A + 3; A = 146 + 4 * 7 with 8 tiers",
    fields: [["energyRegisterUnit", 146 + 28 + 39, 1]],
  },
  {
    table: "ET97",
    profile: gen4,
    page: 201,
    printed: "an interval of two bytes at A + 97 and a flag at A + 98: not decidable",
    fields: [["securityLogIntervalAndTlsFlags", 24 + 97, 4]],
  },
  {
    table: "BT01",
    profile: gen3,
    page: 205,
    printed: "reserved 5..15 and 5..16; the optical guide (p. 21) has names",
    fields: [
      ["hardwareVersion", 12, 1],
      ["firmwareVersion", 14, 1],
      ["serialNumber", 16, 8],
    ],
  },
  {
    table: "BT26",
    profile: gen3,
    page: 220,
    printed: "8, 13 and 14, which hold with a BIDN of two bytes only",
    fields: [
      ["selfReadEntries.0.timeAndDate", 6, 5],
      ["selfReadEntries.0.season", 11, 1],
      ["selfReadEntries.0.registerData.total.summations.0", 12, 4],
    ],
  },
  {
    table: "BT28",
    profile: gen3,
    page: 222,
    printed: "(A + 4) * demands + number, without the factor 4",
    fields: [
      ["presentValues.1", 4, 4],
      ["presentValues.54", 216, 4],
    ],
  },
  {
    table: "BT28",
    profile: gen4,
    page: 225,
    printed: "number 66 twice",
    fields: [
      ["presentValues.65", 260, 4],
      ["presentValues.66", 264, 4],
      ["presentValues.83", 332, 4],
    ],
  },
  {
    table: "BT33",
    profile: gen3,
    page: 228,
    printed: "display sources at 3, which holds with one list",
    fields: [
      ["primaryDisplayLists.0.listItems", 2, 1],
      ["displaySources.0", 3, 2],
    ],
  },
  {
    table: "BT64",
    profile: gen3,
    page: 245,
    printed: "simple status at 5 + 4 * channels, where end readings never are",
    fields: [
      ["blocks.0.endTime", 0, 5],
      ["blocks.0.simpleStatus", 5, 12],
      ["blocks.0.intervals.0.values.0", 5 + 12 + 3, 4],
    ],
  },
  {
    table: "ET62",
    profile: gen4,
    page: 177,
    printed: "6-byte records, which are 7 on Gen4",
    fields: [
      ["codeWords.1.channelIdCode", 25 + 7, 5],
      ["codeWords.15.channelIdCode", 25 + 15 * 7, 5],
      ["powerOutageListIdCode", 137, 5],
    ],
  },
  {
    table: "ET75",
    profile: gen3,
    page: 186,
    printed: "id code at 53",
    fields: [
      ["entries.0.displayConfiguration.0.idDpState", 57, 1],
      ["entries.1.timestamp", 6 + 143, 5],
    ],
  },
  {
    table: "ET75",
    profile: gen4,
    page: 186,
    printed: "143 bytes an entry (p. 114), which its fields exceed on Gen4",
    fields: [
      ["entries.0.displayConfiguration.0.idDpState", 58, 1],
      ["entries.1.timestamp", 6 + 159, 5],
    ],
  },
  {
    table: "ET89",
    profile: "meter:4.50",
    page: 193,
    printed: "the flags of byte 74 at 0",
    fields: [
      ["lastH1TelegramTime", 68, 6],
      ["h1DevicePresent", 74, 1, [0, 0]],
      ["relays.0.currentOpMode", 75, 1, [0, 2]],
    ],
  },
];
