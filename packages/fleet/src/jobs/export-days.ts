/** The chosen days that a file is made of. What meters recorded is never looked at. */
import { UsageError } from "@meterport/protocol/errors";
import type { Row, Run } from "../books/database.ts";
import { grouped } from "../books/grouped.ts";
import type { ExportDay } from "../exports/model/export-day.ts";
import { localDayBounds, localDayOf, withOneStep } from "../exports/model/local-days.ts";
import { codeOfStored } from "../vee/codes.ts";
import { dayMillis } from "../vee/vee-input.ts";
import { pointsIn, sitesIn } from "./campaign-book.ts";
import type { NewExportPlan } from "./desk.ts";
import { readExportPoints, readNewest, readVersions } from "./sql/exports.ts";
import { type CheckedName, checkedNames, isoDay, nameOfObis, numbersIn } from "./vee-rows.ts";

/** A file is made in memory. */
const mostDays = 40_000;
const pointsAtOnce = 500;
const usualChannels: readonly CheckedName[] = ["energy_import_wh", "energy_export_wh"];

/** Which version of which stored day a file carries. */
export interface CarriedDay {
  /** Number of the point. */
  readonly point: number;
  readonly obis: string;
  readonly day: string;
  readonly version: number;
}

export interface ChosenDays {
  /** By point, code and date. */
  readonly days: readonly ExportDay[];
  readonly carried: readonly CarriedDay[];
}

export interface Wanted extends Pick<NewExportPlan, "scope" | "channels" | "zone"> {
  /** Of the scope only these points. */
  readonly only?: readonly string[] | undefined;
}

interface Point {
  readonly id: string;
  readonly gsrn: string | null;
}

/** A stored day as it is: of 24 hours from midnight UTC. */
const storedDayIn = (row: Row, { id, gsrn }: Point): ExportDay => {
  const [values, code, obis, version] = [numbersIn(row.value), String(row.code), String(row.obis), Number(row.version)];
  const name = nameOfObis(obis) ?? "energy_import_wh";
  return {
    ...{ point: id, gsrn, obis, unit: checkedNames[name].unit, zone: "UTC" },
    ...{ start: Date.parse(`${String(row.day)}T00:00:00Z`), step: 1_440 / values.length },
    values: values.map((amount, slot) => {
      const known = codeOfStored(code[slot] ?? "") ?? "missing";
      return amount === null ? { amount, code: "missing", version } : { amount, code: known, version };
    }),
  };
};

/** Local days out of stored ones; a channel without any that touches a date has none of that date. */
const localDays = (stored: readonly ExportDay[], zone: string, dates: readonly string[]): readonly ExportDay[] =>
  dates.flatMap((date) => {
    const { from, to } = localDayBounds(zone, date);
    const touching = stored.filter(({ start }) => start < to && start + dayMillis > from);
    if (touching.length === 0) return [];
    const day = localDayOf(withOneStep(touching, from), zone, date);
    return day.values.every(({ code }) => code === "missing") && !touching.some(({ start }) => isoDay(start) === date)
      ? []
      : [day];
  });

const carriedIn = (row: Row): CarriedDay => ({
  ...{ point: Number(row.point_id), obis: String(row.obis), day: String(row.day), version: Number(row.version) },
});

const madeOf = (
  rows: readonly Row[],
  points: ReadonlyMap<number, Point>,
  zone: string,
  dates: readonly string[],
): ChosenDays => {
  const channels = grouped(rows, ({ point_id, obis }) => `${String(point_id)} ${String(obis)}`);
  const days = [...channels.values()].flatMap((some) => {
    const point = points.get(Number(some[0]?.point_id));
    return point === undefined
      ? []
      : localDays(
          some.map((row) => storedDayIn(row, point)),
          zone,
          dates,
        );
  });
  return { days, carried: rows.map(carriedIn) };
};

const pointsOf = async (run: Run, { scope, only }: Wanted, most: number): Promise<ReadonlyMap<number, Point>> => {
  const named = pointsIn(scope);
  const points = only === undefined || named === null ? (only ?? named) : only.filter((point) => named.includes(point));
  const { rows } = await run(readExportPoints, [sitesIn(scope), points, most + 1]);
  return new Map(
    rows.map((row) => [
      Number(row.point_id),
      { id: String(row.id), gsrn: row.gsrn === null ? null : String(row.gsrn) },
    ]),
  );
};

const datesAround = (dates: readonly string[]): readonly [string, string] => {
  const [first = "1970-01-01", last = first] = [dates[0], dates.at(-1)];
  return [isoDay(Date.parse(first) - dayMillis), isoDay(Date.parse(last) + dayMillis)];
};

/**
 * The newest versions of all days of an export.
 *
 * @throws UsageError (`export`) if it is too much for one file
 */
export const newestDays = async (run: Run, wanted: Wanted, dates: readonly string[]): Promise<ChosenDays> => {
  const { channels = usualChannels, zone } = wanted;
  const most = Math.floor(mostDays / Math.max(1, dates.length * channels.length));
  const points = await pointsOf(run, wanted, most);
  if (points.size > most)
    throw new UsageError(
      "export",
      `the export has more than ${most} points, which is too much for one file: make several of it, by sites`,
    );
  const obis = channels.map((name) => checkedNames[name as CheckedName].obis);
  const numbers = [...points.keys()];
  const found: ChosenDays[] = [];
  for (let from = 0; from < numbers.length; from += pointsAtOnce) {
    const { rows } = await run(readNewest, [numbers.slice(from, from + pointsAtOnce), obis, ...datesAround(dates)]);
    found.push(madeOf(rows, points, zone, dates));
  }
  return { days: found.flatMap(({ days }) => days), carried: found.flatMap(({ carried }) => carried) };
};

/** The days that a file carried, as it carried them. */
export const carriedDays = async (
  run: Run,
  wanted: Wanted,
  dates: readonly string[],
  carried: readonly CarriedDay[],
): Promise<readonly ExportDay[]> => {
  const points = await pointsOf(run, wanted, mostDays);
  const { rows } = await run(readVersions, [
    carried.map(({ point }) => point),
    carried.map(({ obis }) => obis),
    carried.map(({ day }) => day),
    carried.map(({ version }) => version),
  ]);
  return madeOf(rows, points, wanted.zone, dates).days;
};
