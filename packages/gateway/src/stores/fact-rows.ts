/** What rows of either database mean. Both name their columns alike, except where a name is taken. */
import {
  type IntervalQuality,
  type IntervalSource,
  intervalQualities,
  intervalSources,
  type StoredInterval,
} from "@meterport/engine/model/interval";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { EventOrigin, PointEvent } from "@meterport/engine/model/point-event";
import type { Proof } from "@meterport/engine/model/proof";
import type { RegisterReason, RegisterState } from "@meterport/engine/model/register-state";
import type { IntervalCoverage, IntervalGaps, IntervalSum } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";

/** A row of any query, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

export const numberOrNull = (value: unknown): number | null => (typeof value === "number" ? value : null);
export const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** What decides whether another interval replaces it. */
export const rankOf = (row: Row): Pick<StoredInterval, "value" | "source" | "quality" | "revision"> => ({
  value: numberOrNull(row.value),
  source: intervalSources[Number(row.source)] ?? "estimated",
  quality: intervalQualities[Number(row.quality)] ?? "suspect",
  revision: Number(row.revision),
});

export const intervalOf = (point: string, channel: string, end: Millis, row: Row): StoredInterval => ({
  point,
  channel,
  end,
  seconds: Number(row.seconds),
  ...rankOf(row),
  flags: typeof row.flags === "string" ? row.flags.split(" ") : [],
  register: numberOrNull(row.register),
  stored: Number(row.stored),
});

/** No flag has a space in it. */
export const flagsText = (flags: readonly string[]): string | null => (flags.length === 0 ? null : flags.join(" "));

const countsBy = <K extends string>(names: readonly K[], row: Row | undefined, prefix: string) =>
  Object.fromEntries(names.map((name, n) => [name, Number(row?.[`${prefix}_${n}`] ?? 0)])) as Record<K, number>;

/**
 * One sum for each pair of neighbouring bounds.
 *
 * @param rows with `value`, `seconds`, `quality_0` … and `source_0` …
 * @param slotOf the index of a row's first bound
 */
export const sumsIn = (
  bounds: readonly Millis[],
  rows: readonly Row[],
  slotOf: (row: Row) => number,
): readonly IntervalSum[] => {
  const bySlot = new Map(rows.map((row) => [slotOf(row), row]));
  return bounds.slice(1).map((to, n) => {
    const row = bySlot.get(n);
    return {
      from: bounds[n] as Millis,
      to,
      value: numberOrNull(row?.value),
      seconds: Number(row?.seconds ?? 0),
      byQuality: countsBy<IntervalQuality>(intervalQualities, row, "quality"),
      bySource: countsBy<IntervalSource>(intervalSources, row, "source"),
    };
  });
};

export const coverageIn = (row: Row): IntervalCoverage => ({
  point: String(row.id),
  seconds: Number(row.seconds ?? 0),
  first: { end: Number(row.first_end), seconds: Number(row.first_seconds) },
  newest: row.newest_end === null ? null : { end: Number(row.newest_end), seconds: Number(row.newest_seconds) },
});

/** @param rows a gap each, with the count and the longest of all */
export const gapsIn = (rows: readonly Row[]): IntervalGaps => ({
  count: Number(rows[0]?.count ?? 0),
  longest: Number(rows[0]?.longest ?? 0),
  gaps: rows.map((row) => ({ from: Number(row.start), to: Number(row.until) })),
});

export const proofIn = (row: Row, offset: unknown): Proof => ({
  time: Number(row.time),
  table: textOrNull(row.table_id),
  offset: numberOrNull(offset),
  raw: textOrNull(row.raw),
  profile: textOrNull(row.profile),
  clockOffset: numberOrNull(row.clock_offset),
  note: String(row.note),
});

/** The ends of the intervals that have the same proof. */
export const sharedProofs = (
  rows: readonly { readonly end: Millis; readonly key: number }[],
): readonly { readonly key: number; readonly ends: readonly Millis[] }[] => {
  const ends = new Map<number, Millis[]>();
  for (const { end, key } of rows) {
    const known = ends.get(key);
    if (known === undefined) ends.set(key, [end]);
    else known.push(end);
  }
  return [...ends].map(([key, list]) => ({ key, ends: list }));
};

export const registerIn = (point: string, row: Row): RegisterState => ({
  point,
  register: String(row.register),
  tier: Number(row.tier),
  time: Number(row.time),
  value: Number(row.value),
  reason: String(row.reason) as RegisterReason,
  serial: textOrNull(row.serial),
});

export const eventIn = (point: string, row: Row): PointEvent => ({
  point,
  id: String(row.id),
  time: Number(row.time),
  until: numberOrNull(row.until),
  kind: String(row.kind),
  number: numberOrNull(row.number),
  origin: String(row.origin) as EventOrigin,
  detail: String(row.detail),
});

/** What makes two events of one id the same. */
export const eventText = ({ time, until, kind, number, origin, detail }: PointEvent): string =>
  JSON.stringify([time, until, kind, number, origin, detail]);

export const journalEntryIn = (point: string, row: Row): JournalEntry =>
  ({
    number: Number(row.number),
    stored: Number(row.stored),
    point,
    kind: String(row.kind),
    ...(JSON.parse(String(row.body)) as object),
  }) as JournalEntry;
