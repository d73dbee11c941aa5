import {
  ansiDate,
  array,
  at,
  bool,
  dim,
  either,
  filler,
  flag,
  not,
  plus,
  rdate,
  struct,
  type TableValue,
  table,
  times,
  u8,
  u32,
  uint,
  when,
} from "../../layout/index.ts";
import { BT50 } from "./bt50-dimension-time-and-tou.ts";

const seasons = dim(BT50, "seasons");
const separateWeekDays = flag(BT50, "separateWeekDays");

const action = {
  action: at(2, uint(0, 4), "What happens on that day; before meter 3.50 and module 1.20 there are seasons 0..3 only", {
    vci: "H",
    names: {
      0: "nothing",
      1: "daylight saving time on",
      2: "daylight saving time off",
      3: "season 0",
      4: "season 1",
      5: "season 2",
      6: "season 3",
      7: "season 4",
      8: "season 5",
      9: "season 6",
      10: "season 7",
      11: "season 8",
      12: "season 9",
      13: "season 10",
      14: "season 11",
      19: "special schedule 0",
      20: "special schedule 1",
    },
  }),
  demandReset: at(2, bool(5), "A demand reset on that day", { vci: "H" }),
  selfRead: at(2, bool(6), "A self-read on that day", { vci: "H" }),
} as const;

const dateRecordSize = 3;
const afterNonRecurring = times(dateRecordSize, dim(BT50, "nonRecurringDates"));
const afterRecurring = plus(afterNonRecurring, times(dateRecordSize, dim(BT50, "recurringDates")));
const afterSwitches = plus(afterRecurring, times(3, dim(BT50, "tierSwitches")));

const specialSchedule0 = "Day schedule of the first kind of holiday";
const specialSchedule1 = "Day schedule of the second kind of holiday";

/** MEP guide 1.1, pp. 231-235. Days begin and switches happen by the local clock of BT55. */
export const BT54 = table(
  "BT54",
  0x0036,
  "Calendar",
  { read: "basic", write: "advanced" },
  {
    nonRecurringDates: at(
      0,
      array(
        dim(BT50, "nonRecurringDates"),
        struct({
          date: at(0, ansiDate, "The day", { vci: "H" }),
          ...action,
          filler7: at(2, filler(7, 7), "Not specified"),
        }),
      ),
      "Single days",
      { since: "meter 3.50, module 1.20" },
    ),
    recurringDates: at(
      afterNonRecurring,
      array(
        dim(BT50, "recurringDates"),
        struct({
          date: at(0, rdate, "The days, or the first day of a season", { vci: "H" }),
          ...action,
          // Printed as FILL(7..7), with a meaning in the first record.
          touFormat: at(2, uint(7, 7), "Form of the whole calendar; only the first record tells it", {
            names: { 0: "4 seasons, no non-recurring dates", 1: "12 seasons, 25 non-recurring dates" },
            since: "meter 3.50, module 1.20",
          }),
        }),
      ),
      "Days that come again",
    ),
    tierSwitches: at(
      afterRecurring,
      array(
        dim(BT50, "tierSwitches"),
        struct({
          tier: at(0, uint(0, 2), "Tier that begins, counted from 0", { vci: "H" }),
          filler3: at(0, filler(3, 4), "Filler"),
          minute: at(0, uint(5, 10), "Minute at which it begins", { vci: "H" }),
          hour: at(0, uint(11, 15), "Hour at which it begins", { vci: "H" }),
          schedule: at(
            2,
            u8,
            "Day schedule that the switch belongs to; the meter goes by position: ten to a schedule",
            {
              vci: "H",
            },
          ),
        }),
      ),
      "Switches of all day schedules, ten for each",
    ),
    seasonSchedules: at(
      afterSwitches,
      when(
        not(separateWeekDays),
        array(
          seasons,
          struct({
            saturday: at(0, u8, "Day schedule of Saturdays", { vci: "H" }),
            sunday: at(1, u8, "Day schedule of Sundays", { vci: "H" }),
            weekday: at(2, u8, "Day schedule of Mondays to Fridays", { vci: "H" }),
            specialSchedule0: at(3, u8, specialSchedule0, { vci: "H" }),
            specialSchedule1: at(4, u8, specialSchedule1, { vci: "H" }),
          }),
        ),
      ),
      "Day schedules of each season",
    ),
    weekdaySeasonSchedules: at(
      afterSwitches,
      when(
        separateWeekDays,
        array(
          seasons,
          struct({
            sunday: at(0, u8, "Day schedule of Sundays", { vci: "H" }),
            monday: at(1, u8, "Day schedule of Mondays", { vci: "H" }),
            tuesday: at(2, u8, "Day schedule of Tuesdays", { vci: "H" }),
            wednesday: at(3, u8, "Day schedule of Wednesdays", { vci: "H" }),
            thursday: at(4, u8, "Day schedule of Thursdays", { vci: "H" }),
            friday: at(5, u8, "Day schedule of Fridays", { vci: "H" }),
            saturday: at(6, u8, "Day schedule of Saturdays", { vci: "H" }),
            specialSchedule0: at(7, u8, specialSchedule0, { vci: "H" }),
            specialSchedule1: at(8, u8, specialSchedule1, { vci: "H" }),
          }),
        ),
      ),
      "Day schedules of each season where each weekday has its own",
    ),
    calendarId: at(
      plus(afterSwitches, times(either(separateWeekDays, 9, 5), seasons)),
      u32,
      "Id of this calendar; ET23 tells that of the active one",
      { vci: "H" },
    ),
  },
);
export type BT54 = TableValue<typeof BT54>;
