/** Dates, energies and money of the history as text: in the reader's language, and by the point's clock. */
import type { Formatter } from "../../i18n/format.ts";
import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import type { Tick } from "../../widgets/time-ticks.ts";
import type { EnergyLevel } from "./levels.ts";
import type { Shown, Span } from "./shown-range.ts";

const HOUR = 3_600_000;

export interface HistoryTexts {
  /** Exact to the Wh, in kWh; "–" for null. */
  readonly energy: (wh: number | null) => string;
  /** The same as one takes it in at a glance; "–" for null. */
  readonly glance: (wh: number | null) => string;
  /** The same with its sign, as a difference has it. */
  readonly signedPercent: (percent: number) => string;
  readonly money: (amount: number | null, currency: string) => string;
  /** "29 November 2026", "November 2026", "2026": what a range is. */
  readonly range: (shown: Shown) => string;
  /** When a bar is, as precisely as its level says. */
  readonly bar: (bar: Span, level: EnergyLevel) => string;
  readonly tick: (tick: Tick) => string;
  readonly day: (time: number) => string;
  readonly clock: (time: number) => string;
  /** Day and time of day. */
  readonly moment: (time: number) => string;
  readonly month: (time: number) => string;
  readonly year: (time: number) => string;
}

/** Makes the texts of a language and a point. */
export function historyTexts(format: Formatter, locale: string, calendar: ZoneCalendar): HistoryTexts {
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const made = new Intl.DateTimeFormat(locale, { ...options, timeZone: calendar.zone });
    return (time: number): string => (Number.isFinite(time) ? made.format(time) : "–");
  };
  const clock = dates({ hour: "2-digit", minute: "2-digit" });
  const clockZone = dates({ hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
  const dayLong = dates({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const dayShort = dates({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
  const date = dates({ day: "numeric", month: "short", year: "numeric" });
  const dayTick = dates({ day: "numeric", month: "short" });
  const month = dates({ month: "long", year: "numeric" });
  const monthTick = dates({ month: "short" });
  const year = dates({ year: "numeric" });
  const moment = dates({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
  const currencies = new Map<string, Intl.NumberFormat | null>();
  const money = (amount: number | null, currency: string): string => {
    let made = currencies.get(currency);
    if (made === undefined) {
      made = currencyFormat(locale, currency);
      currencies.set(currency, made);
    }
    if (amount === null) return "–";
    return (made === null ? `${format.number(amount, 2)} ${currency}` : made.format(amount)).replace("-", "−");
  };
  /** The hour that comes twice needs its zone, or both would look the same. */
  const clockOf = (time: number): string => (isTwice(calendar, time) ? clockZone(time) : clock(time));
  const lastDay = (to: number): number => to - 1;
  const bar = ({ from, to }: Span, level: EnergyLevel): string => {
    if (level === "year") return year(from);
    if (level === "month") return month(from);
    if (level === "day") return dayShort(from);
    return `${dayTick(from)}, ${clockOf(from)}–${clock(to)}`;
  };
  const range = ({ period, from, to }: Shown): string => {
    if (period === "day") return dayLong(from);
    if (period === "month") return month(from);
    if (period === "year") return year(from);
    if (period === "all") return year(from) === year(lastDay(to)) ? year(from) : `${year(from)} – ${year(lastDay(to))}`;
    const isWhole = calendar.start("day", from) === from && calendar.start("day", to) === to;
    return isWhole ? `${date(from)} – ${date(lastDay(to))}` : `${moment(from)} – ${moment(to)}`;
  };
  return {
    energy: (wh) => format.amount(wh === null ? null : wh / 1000, 3, "kWh"),
    glance: format.energy,
    signedPercent: (percent) => `${percent > 0 ? "+" : ""}${format.number(percent, Math.abs(percent) < 10 ? 1 : 0)} %`,
    money,
    range,
    bar,
    tick: ({ time, kind }) => ({ clock, day: dayTick, month: monthTick, year })[kind](time),
    ...{ day: dayShort, clock: clockOf, moment, month, year },
  };
}

function currencyFormat(locale: string, currency: string): Intl.NumberFormat | null {
  try {
    return new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      currencyDisplay: "code",
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    });
  } catch {
    // Not a code of ISO 4217, as from a newer gateway.
    return null;
  }
}

function isTwice(calendar: ZoneCalendar, time: number): boolean {
  const local = calendar.local(time);
  return [time - HOUR, time + HOUR].some((other) => calendar.local(other) === local);
}
