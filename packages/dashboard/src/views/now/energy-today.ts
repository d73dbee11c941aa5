import type { Reading } from "../../state/api-answers.ts";
import { type EnergySince, energySince, type Register } from "../../state/energy.ts";
import type { Series } from "../../state/series.ts";
import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import { type EnergyInterval, energyOfDay, type LocalDay } from "./day-answers.ts";

/** What is known of today beside the series. */
export interface TodayKnown {
  /** The day of the metering point with its intervals; null before the gateway has said it. */
  readonly today:
    | (LocalDay & { readonly imported: readonly EnergyInterval[]; readonly exported: readonly EnergyInterval[] })
    | null;
  /** The register now, Wh. */
  readonly latest: number | null;
  /** Now, seconds since 1970. */
  readonly second: number;
  /** That of the point. */
  readonly calendar: ZoneCalendar;
}

/**
 * When today began, seconds since 1970: by the clock of the metering point, which is not always that of the reader.
 */
export function dayStartOf({
  today,
  second,
  calendar,
}: Pick<TodayKnown, "calendar" | "second"> & { readonly today: LocalDay | null }): number {
  const isToday = today !== null && second * 1000 >= today.from && second * 1000 < today.to;
  return (isToday ? today.from : calendar.start("day", second * 1000)) / 1000;
}

/**
 * Energy of today: the difference of two register values, which is exact and live. Where no value of the day's start is known,
 * as after the gateway's first start, the intervals that it has read from the meter since.
 */
export function energyToday(
  series: readonly Series[],
  register: Register,
  { latest, ...known }: TodayKnown,
): EnergySince | null {
  const { today, second } = known;
  const from = dayStartOf(known);
  const counted = energySince(series, register, from, latest, second);
  if (counted?.complete === true || today === null || today.from !== from * 1000) return counted;
  const stored = energyOfDay(today, register === "importWh" ? today.imported : today.exported, second * 1000);
  return stored === null ? counted : { wh: stored, since: from, complete: true };
}

/** Wh of both directions of today up to now; null where it is not known from the start of the day on. */
export function liveToday(
  series: readonly Series[],
  { reading, ...known }: Omit<TodayKnown, "latest"> & { readonly reading: Reading | null },
): { readonly importWh: number | null; readonly exportWh: number | null } {
  const of = (register: Register, latest: number | null): number | null => {
    const { second } = known;
    const from = dayStartOf(known);
    const counted = energySince(series, register, from, latest, second);
    return counted?.complete === true ? counted.wh : null;
  };
  return {
    importWh: of("importWh", reading?.values.energy_import_wh ?? null),
    exportWh: of("exportWh", reading?.values.energy_export_wh ?? null),
  };
}
