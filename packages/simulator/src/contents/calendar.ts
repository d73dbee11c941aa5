/** BT50, BT54, ET47 and ET61: when tariffs, seasons and reads are due. */
import { encode, tableExists } from "@meterport/protocol/layout/index";
import { BT50, BT54, ET47, ET61 } from "@meterport/protocol/tables/index";
import { filled, zeroValue } from "./filled.ts";
import type { Filling } from "./memory.ts";
import type { Setup } from "./setup.ts";
import { tierSwitches } from "./tariff-plan.ts";

/** Actions on a day (MEP guide 1.1, p. 233). */
const action = { none: 0, summerTimeOn: 1, summerTimeOff: 2, season0: 3, season1: 4 } as const;
/** By p. 47: the last such weekday of the month. */
const lastWeekday = 6;
const switchesPerSchedule = 10;
export const calendarId = 2026;

const sunday = 0;
const onDate = (month: number, day: number) => ({ month, day, offset: 0, weekday: 0 });
const lastSunday = (month: number) => ({ month, day: 1, offset: lastWeekday, weekday: sunday });
const everyMonth = 13;

/** What happens on recurring days; the first record also tells the form of the calendar. */
const recurring = (demand: boolean) => [
  { date: lastSunday(3), action: action.summerTimeOn, demandReset: false, selfRead: false },
  { date: lastSunday(10), action: action.summerTimeOff, demandReset: false, selfRead: false },
  { date: onDate(4, 1), action: action.season1, demandReset: false, selfRead: false },
  { date: onDate(10, 1), action: action.season0, demandReset: false, selfRead: false },
  { date: { month: 15, period: 1, delta: 0 }, action: action.none, demandReset: false, selfRead: true },
  { date: onDate(everyMonth, 1), action: action.none, demandReset: demand, selfRead: false },
];

const calendar = (setup: Setup): Uint8Array => {
  const { dimensions, demand } = setup;
  const value = zeroValue(BT54, dimensions);
  for (const [i, record] of recurring(demand).entries()) Object.assign(value.recurringDates[i] ?? {}, record);
  const first = value.recurringDates[0];
  if (first !== undefined) first.touFormat = dimensions.BT50.nonRecurringDates > 0 ? 1 : 0;
  for (const [i, entry] of value.tierSwitches.entries()) {
    entry.schedule = Math.floor(i / switchesPerSchedule);
    // The last switch again where there are no more: switches are kept in order.
    const { hour, tier } = tierSwitches[Math.min(i % switchesPerSchedule, tierSwitches.length - 1)] ?? {
      hour: 0,
      tier: 0,
    };
    entry.hour = hour;
    entry.tier = tier;
  }
  return encode(BT54, { ...value, calendarId }, dimensions);
};

export const calendarTables = (setup: Setup): readonly (readonly [number, Filling])[] => {
  const { dimensions, profile } = setup;
  return [
    [BT50.number, () => encode(BT50, dimensions.BT50, dimensions)],
    [BT54.number, () => calendar(setup)],
    // No override.
    [ET47.number, () => filled(ET47, dimensions, { tariff: 255 })],
    ...(tableExists(ET61, profile) ? ([[ET61.number, () => filled(ET61, dimensions, {})]] as const) : []),
  ];
};
