/** Gaps in the database: what the gap scan reads, what it finds, and what a holder asks its meters for. */
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "./database.ts";
import type { DayGaps, KnownDay } from "./known-day.ts";
import { slotsIn } from "./slots.ts";
import { readGaps, readRanks, writeGaps } from "./sql/read-books.ts";

/** What is known of a channel on a day, and of which. */
export interface RankedDay extends KnownDay {
  readonly point: string;
  readonly channel: number;
  readonly name: string;
  readonly digits: number;
}

/** Everything of these points on days from `first` to `last`, such as "2026-11-29". */
export const ranksOf = async (
  run: Run,
  points: readonly string[],
  { first, last }: { readonly first: string; readonly last: string },
): Promise<readonly RankedDay[]> =>
  (await run(readRanks, [points, first, last])).rows.map((row) => ({
    ...{ point: String(row.point), channel: Number(row.channel_id), name: String(row.name), step: Number(row.step) },
    ...{ phase: Number(row.phase), digits: Number(row.digits), day: String(row.day) },
    ...{ rank: String(row.rank ?? ""), gone: String(row.gone ?? "") },
  }));

const bits = (step: number, slots: readonly number[]): string => {
  const all = new Array<string>(slotsIn(step)).fill("0");
  for (const slot of slots) all[slot] = "1";
  return all.join("");
};

/** Gaps of one channel, and the days that were looked at: those without gaps are closed. */
export interface ChannelGaps {
  readonly channel: number;
  readonly step: number;
  readonly gaps: readonly DayGaps[];
  /** Days of which gaps were known before and that are whole now. */
  readonly closed: readonly string[];
}

/** Keeps what a scan found. What is gone stays so. Returns the rows that changed. */
export const keepGaps = async (run: Run, found: readonly ChannelGaps[]): Promise<number> => {
  const rows = found.flatMap(({ channel, step, gaps, closed }) => [
    ...gaps.map(({ day, open, gone }) => ({ channel, day, open: bits(step, open), gone: bits(step, gone) })),
    ...closed.map((day) => ({ channel, day, open: bits(step, []), gone: bits(step, []) })),
  ]);
  if (rows.length === 0) return 0;
  const { count } = await run(writeGaps, [
    rows.map(({ channel }) => channel),
    rows.map(({ day }) => day),
    rows.map(({ open }) => open),
    rows.map(({ gone }) => gone),
  ]);
  return count;
};

/** Slots of a day that a meter should be asked for. */
export interface OpenGap {
  readonly point: string;
  readonly channel: number;
  readonly name: string;
  readonly step: number;
  readonly phase: number;
  readonly day: string;
  /** Ascending. */
  readonly slots: readonly number[];
}

/** Gaps of these points that nobody asked for since a moment, the newest day first. */
export const openGaps = async (
  run: Run,
  points: readonly string[],
  { askedBefore, limit }: { readonly askedBefore: Millis; readonly limit: number },
): Promise<readonly OpenGap[]> =>
  (await run(readGaps, [points, new Date(askedBefore).toISOString(), limit])).rows.map((row) => ({
    ...{ point: String(row.point), channel: Number(row.channel_id), name: String(row.name), step: Number(row.step) },
    ...{ phase: Number(row.phase), day: String(row.day) },
    slots: [...String(row.slots)].flatMap((bit, slot) => (bit === "1" ? [slot] : [])),
  }));

/** Notes that these gaps were asked for. */
export const noteAsked = async (
  run: Run,
  gaps: readonly Pick<OpenGap, "channel" | "day">[],
  at: Millis,
): Promise<void> => {
  await run(
    `UPDATE gap SET asked_at = $3::timestamptz FROM unnest($1::int[], $2::date[]) AS u (channel_id, day)
      WHERE gap.channel_id = u.channel_id AND gap.day = u.day`,
    [gaps.map(({ channel }) => channel), gaps.map(({ day }) => day), new Date(at).toISOString()],
  );
};
