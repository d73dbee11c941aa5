/** What is booked of one point, by local days, with what bills use beside it. */
import { dayBounds, startOfDay, utcOfLocal } from "@meterport/engine/calendar/local-calendar";
import type { Millis } from "@meterport/protocol/ports";
import { obisOf, unitOf } from "../../books/channel-names.ts";
import type { Row, Run } from "../../books/database.ts";
import { daysOf } from "../../books/queries.ts";
import { slotsBetween, sumOf } from "../../books/stored-slots.ts";
import { codeOfStored } from "../../vee/codes.ts";
import type { BookedDay, BookedValues } from "../api.ts";

const readZone = `
  SELECT coalesce(p.zone, s.zone, 'UTC') AS zone FROM metering_point p LEFT JOIN site s USING (site_id) WHERE p.id = $1`;

/** The newest version of each day from $3 to $4 of what has one of the codes $2 at point $1. */
const readChosen = `
  SELECT DISTINCT ON (c.day) c.day::text AS day, c.version, c.value, array_to_string(c.code, '') AS code
    FROM chosen_day c JOIN metering_point p USING (point_id)
    WHERE p.id = $1 AND c.obis = ANY ($2::text[]) AND c.day BETWEEN $3::date AND $4::date ORDER BY c.day, c.version DESC`;

const isoDay = (time: Millis): string => new Date(time).toISOString().slice(0, 10);
const day: Millis = 86_400_000;

interface Chosen {
  readonly end: Millis;
  readonly version: number;
  readonly value: number | null;
  readonly code: string | null;
}

/** A slot: an hour and the quarter that ends with it are not the same. */
const keyOf = (end: Millis, length: Millis): string => `${end} ${length}`;

/** What was chosen, by its slot. */
const chosenIn = (rows: readonly Row[]): ReadonlyMap<string, Chosen> =>
  new Map(
    rows.flatMap((row) => {
      const values = row.value as readonly (number | null)[];
      const [begin, step] = [Date.parse(`${String(row.day)}T00:00:00Z`), day / values.length];
      return values.map((value, n): readonly [string, Chosen] => {
        const code = codeOfStored(String(row.code)[n] ?? "") ?? null;
        const end = begin + (n + 1) * step;
        return [
          keyOf(end, step),
          { end, version: Number(row.version), value: code === "missing" ? null : value, code },
        ];
      });
    }),
  );

export interface ValuesQuery {
  readonly point: string;
  readonly channel: string;
  /** The first, of the point's own zone: "2026-11-29". */
  readonly day: string;
  readonly days: number;
}

const noon: Millis = 43_200_000;

const chosenOf = (one: Chosen | undefined) => ({ chosen: one?.value ?? null, code: one?.code ?? null });

/** Undefined if there is no such point. */
export const bookedValues = async (run: Run, query: ValuesQuery): Promise<BookedValues | undefined> => {
  const { point, channel, day: first, days } = query;
  const zone = (await run(readZone, [point])).rows[0]?.zone;
  if (zone === undefined) return undefined;
  const from = startOfDay(String(zone), utcOfLocal(String(zone), Date.parse(`${first}T00:00:00Z`) + noon));
  const bounds = dayBounds(String(zone), from, from + (days - 1) * day + noon);
  const to = bounds.at(-1) ?? from;
  const obis = [900, 0].map((step) => `1-0:${obisOf(channel, { step, tier: 0 }) ?? channel}`);
  const [stored, chosen] = await Promise.all([
    daysOf(run, [point], { name: channel, from, to }),
    run(readChosen, [point, obis, isoDay(from), isoDay(to)]),
  ]);
  const used = chosenIn(chosen.rows);
  const dayOf = (n: number): BookedDay => {
    const [begin = from, end = from] = [bounds[n], bounds[n + 1]];
    const slots = slotsBetween(stored, begin, end);
    // A noon that lies in the day whatever its length.
    const name = isoDay(Date.parse(`${first}T00:00:00Z`) + n * day);
    const versions = [...used.values()].flatMap((one) => (one.end > begin && one.end <= end ? [one.version] : []));
    return {
      ...{ day: name, from: new Date(begin).toISOString(), to: new Date(end).toISOString(), sum: sumOf(slots) },
      slots: slots.map(({ end: time, seconds, value, source, quality, notes }) => ({
        ...{ end: new Date(time).toISOString(), seconds, value, source, quality, notes },
        ...chosenOf(used.get(keyOf(time, 1_000 * seconds))),
      })),
      version: versions.length === 0 ? null : Math.max(...versions),
    };
  };
  return {
    ...{ point, zone: String(zone), channel, unit: unitOf(channel) },
    days: bounds.slice(1).map((_, n) => dayOf(n)),
  };
};
