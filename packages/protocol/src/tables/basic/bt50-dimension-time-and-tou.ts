import { at, bool, filler, type TableValue, table, u8, u16, uint } from "../../layout/index.ts";

/** MEP guide 1.1, pp. 228-230. */
export const BT50 = table(
  "BT50",
  0x0032,
  "Dimension Time and TOU",
  { read: "basic", write: "never" },
  {
    touSelfRead: at(0, bool(0), "The calendar can schedule self-reads", { vci: "F", value: true }),
    seasonSelfRead: at(0, bool(1), "A change of season can cause a self-read", { vci: "F", value: true }),
    seasonDemandReset: at(0, bool(2), "A change of season can cause a demand reset", { vci: "P", value: false }),
    seasonChangeArmed: at(0, bool(3), "A change of season can wait for the next demand reset", {
      vci: "F",
      value: false,
    }),
    sortDates: at(0, bool(4), "Non-recurring dates must be written in order", { vci: "F", value: false }),
    anchorDate: at(0, bool(5), "RDATE may have an anchor date", { vci: "F", value: false }),
    filler6: at(0, filler(6, 7), "Filler"),
    daylightSavingTimeAuto: at(1, bool(0), "Daylight saving time changes without BT54", { vci: "F", value: false }),
    separateWeekDays: at(1, bool(1), "Each weekday has a schedule of its own in BT54", { vci: "P", value: false }),
    separateSummationDemands: at(1, bool(2), "Tiers of summations and demands switch independently", {
      vci: "F",
      value: false,
    }),
    sortTierSwitches: at(1, bool(3), "Tier switches of BT54 must be written in order", { vci: "F", value: true }),
    capableOfTimeZoneOffset: at(1, bool(4), "A time zone can be set", { vci: "F", value: true }),
    filler5: at(1, filler(5, 7), "Filler"),
    // BT54 prints "BT50.2" where it means these four bits.
    seasons: at(2, uint(0, 3), "Most seasons: 4, or 12 from meter 3.50 and module 1.20", { vci: "P", value: 12 }),
    specialSchedules: at(2, uint(4, 7), "Most special (holiday) schedules per season", { vci: "P", value: 2 }),
    nonRecurringDates: at(3, u8, "Most non-recurring dates: 0 before meter 3.50 and module 1.20", {
      vci: "P",
      value: 25,
    }),
    recurringDates: at(4, u8, "Most recurring dates", { vci: "P", value: 23 }),
    tierSwitches: at(5, u16, "Most tier switches", { vci: "P", value: 200 }),
    calendarTableSize: at(7, u16, "Bytes in BT54", { vci: "P", value: 808, unit: "byte" }),
  },
);
export type BT50 = TableValue<typeof BT50>;
