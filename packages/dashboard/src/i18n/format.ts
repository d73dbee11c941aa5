import type { Messages } from "./en.ts";

/** A number and its unit, separate so that they can have different sizes. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

/** The direction of power through the meter, seen from the house. */
export type Direction = "import" | "export" | "zero" | "unknown";

/**
 * The direction of a net power in W (import positive); what rounds to 0 W is zero.
 *
 * @example directionOf(-1234) // "export"
 * @example directionOf(null) // "unknown"
 */
export function directionOf(power: number | null): Direction {
  if (power === null) return "unknown";
  const rounded = Math.round(power);
  return rounded > 0 ? "import" : rounded < 0 ? "export" : "zero";
}

/** Text for people in one language and region, without markup. */
export interface Formatter {
  /** W below 10 kW, else kW; "–" for null. */
  readonly power: (watts: number | null) => Quantity;
  /** The same without its sign, for use beside a word or an arrow for the direction. */
  readonly magnitude: (watts: number | null) => Quantity;
  readonly powerText: (watts: number | null) => string;
  readonly magnitudeText: (watts: number | null) => string;
  /** Powers shown together, all in the unit that the largest of them needs. */
  readonly powerTexts: <T extends readonly (number | null)[]>(watts: T) => { readonly [K in keyof T]: string };
  /** A number with a fixed count of decimals and a unit; of a bare number, such as a power factor, the unit is "". */
  readonly amount: (value: number | null, decimals: number, unit: string) => string;
  readonly number: (value: number | null, decimals: number) => string;
  /** An energy in kWh at a glance, from Wh: fewer decimals the larger it is, such as "0.68 kWh" and "1,987 kWh". */
  readonly energy: (wh: number | null) => string;
  /** Thousandths of a unit cut in two: the whole and the three decimals with their separator. */
  readonly register: (thousandths: number | null) => { whole: string; decimals: string };
  /** A length of time in its largest unit only, such as "14 s" or "3 min". */
  readonly duration: (ms: number) => string;
  readonly ago: (ms: number) => string;
  /** Local time of day of milliseconds since 1970. */
  readonly clock: (time: number) => string;
  readonly clockSeconds: (time: number) => string;
  readonly dateTime: (time: number) => string;
  readonly weekday: (time: number) => string;
  /** A day with its weekday, month and year in words. */
  readonly dayLong: (time: number) => string;
  /** Day and month with the time of day, without seconds: "29 Nov, 14:05". */
  readonly dayAndTime: (time: number) => string;
  /** Day and month: "29 Nov". */
  readonly dayAndMonth: (time: number) => string;
  readonly monthAndYear: (time: number) => string;
  /** An amount of money with its currency, an ISO 4217 code; a price per kWh needs `decimals` of its own. */
  readonly money: (value: number | null, currency: string, decimals?: number) => string;
  /** A length of time in its two largest units, such as "1 h 55 min". */
  readonly longDuration: (ms: number) => string;
}

/** Below this power in W the unit is W. */
const KILOWATT_FROM = 10_000;

/** Seconds. */
const DAY = 86_400;
/** From this age on, days are counted instead of hours. */
const FROM_DAYS = 2 * DAY;

/** Three digits are all that is read at a glance. */
function glanceDecimals(wh: number): number {
  const kilowattHours = Math.abs(wh) / 1000;
  return kilowattHours < 10 ? 2 : kilowattHours < 100 ? 1 : 0;
}

/** Makes the formatter of a language; `timeZone` only if it is not the machine's own. */
export function formatter(messages: Messages, locale: string, timeZone?: string): Formatter {
  const numbers = new Map<number, Intl.NumberFormat>();
  const digits = (decimals: number): Intl.NumberFormat => {
    let format = numbers.get(decimals);
    if (format === undefined) {
      // The sign of -0.2, rounded to 0, would show a false direction.
      format = new Intl.NumberFormat(locale, {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
        signDisplay: "negative",
      });
      numbers.set(decimals, format);
    }
    return format;
  };
  const times = (options: Intl.DateTimeFormatOptions): ((time: number) => string) => {
    const format = new Intl.DateTimeFormat(locale, timeZone === undefined ? options : { ...options, timeZone });
    return (time) => (Number.isFinite(time) ? format.format(time) : messages.unknown);
  };

  const minus = (text: string): string => text.replace("-", "−");
  const number = (value: number | null, decimals: number): string =>
    value === null ? messages.unknown : minus(digits(decimals).format(value));
  const needsKilowatts = (watts: number | null): boolean =>
    watts !== null && Math.round(Math.abs(watts)) >= KILOWATT_FROM;
  const powerIn = (watts: number | null, kilo: boolean): Quantity =>
    kilo && watts !== null ? { value: number(watts / 1000, 2), unit: "kW" } : { value: number(watts, 0), unit: "W" };
  const power = (watts: number | null): Quantity => powerIn(watts, needsKilowatts(watts));
  const magnitude = (watts: number | null): Quantity => power(watts === null ? null : Math.abs(watts));
  const joined = ({ value, unit }: Quantity): string =>
    value === messages.unknown || unit === "" ? value : `${value} ${unit}`;
  const days = new Intl.NumberFormat(locale, { style: "unit", unit: "day", unitDisplay: "short" });
  const daysAgo = new Intl.RelativeTimeFormat(locale);
  const duration = (ms: number): string => {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    if (seconds < 120) return `${number(seconds, 0)} ${messages.units.second}`;
    if (seconds < 7200) return `${number(Math.floor(seconds / 60), 0)} ${messages.units.minute}`;
    if (seconds < FROM_DAYS) return `${number(Math.floor(seconds / 3600), 0)} ${messages.units.hour}`;
    return days.format(Math.floor(seconds / DAY));
  };
  const separator =
    digits(1)
      .formatToParts(0.5)
      .find((part) => part.type === "decimal")?.value ?? ".";

  return {
    power,
    magnitude,
    powerText: (watts) => joined(power(watts)),
    magnitudeText: (watts) => joined(magnitude(watts)),
    powerTexts: <T extends readonly (number | null)[]>(watts: T) => {
      const kilo = watts.some(needsKilowatts);
      return watts.map((one) => joined(powerIn(one, kilo))) as { readonly [K in keyof T]: string };
    },
    number,
    energy: (wh) => joined({ value: number(wh === null ? null : wh / 1000, glanceDecimals(wh ?? 0)), unit: "kWh" }),
    amount: (value, decimals, unit) => joined({ value: number(value, decimals), unit }),
    register: (thousandths) => {
      if (thousandths === null) return { whole: messages.unknown, decimals: "" };
      const text = number(thousandths / 1000, 3);
      const cut = text.lastIndexOf(separator);
      return { whole: text.slice(0, cut), decimals: text.slice(cut) };
    },
    duration,
    // "vor 16 Tagen", not "vor 16 Tage": after this word the day is inflected, other units are not.
    ago: (ms) =>
      ms < FROM_DAYS * 1000 ? messages.ago(duration(ms)) : daysAgo.format(-Math.floor(ms / 1000 / DAY), "day"),
    clock: times({ hour: "2-digit", minute: "2-digit" }),
    clockSeconds: times({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    dateTime: times({ dateStyle: "medium", timeStyle: "medium" }),
    weekday: times({ weekday: "short" }),
    dayLong: times({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    dayAndTime: times({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
    dayAndMonth: times({ day: "numeric", month: "short" }),
    monthAndYear: times({ month: "short", year: "numeric" }),
    money: (value, currency, decimals = 2) => joined({ value: number(value, decimals), unit: currency }),
    longDuration: (ms) => {
      const seconds = Math.max(0, Math.round(ms / 1000));
      const { hour, minute, second } = messages.units;
      const sizes = [
        [DAY, null],
        [3600, hour],
        [60, minute],
        [1, second],
      ] as const;
      const first = sizes.findIndex(([size]) => seconds >= size);
      if (first === -1) return `${number(0, 0)} ${second}`;
      let left = seconds;
      return sizes
        .slice(first, first + 2)
        .flatMap(([size, unit]) => {
          const count = Math.floor(left / size);
          left -= count * size;
          return count === 0 ? [] : [unit === null ? days.format(count) : `${number(count, 0)} ${unit}`];
        })
        .join(" ");
    },
  };
}
