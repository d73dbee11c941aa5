/** Slots of channel-days as they were read, between any two moments: a local day of 23, 24 or 25 hours lies in two UTC days. Pure. */
import type { IntervalQuality, IntervalSource } from "@meterport/engine/model/interval";
import type { Millis } from "@meterport/protocol/ports";
import { numberOf } from "./scaled.ts";
import { absent, endOf, hasValue, meaningOf, notesOf, type SlotNote } from "./slots.ts";

/** A row of the books. */
export interface StoredDay {
  readonly point: string;
  readonly name: string;
  /** Seconds. */
  readonly step: number;
  readonly phase: number;
  readonly digits: number;
  /** "2026-11-29" */
  readonly day: string;
  readonly raw: readonly number[];
  /** A character a slot. */
  readonly rank: string;
  readonly status: string;
}

/** A slot with a value. */
export interface StoredSlot {
  /** Milliseconds since 1970. */
  readonly end: Millis;
  readonly seconds: number;
  readonly raw: number;
  /** The value is `raw × 10^-digits`. */
  readonly digits: number;
  /** In the unit of the channel. */
  readonly value: number;
  readonly rank: string;
  readonly source: IntervalSource;
  readonly quality: IntervalQuality;
  readonly notes: readonly SlotNote[];
}

/** First slot that ends after a moment. */
const slotAfter = ({ day, step, phase }: StoredDay, time: Millis): number =>
  Math.max(0, Math.floor((time - endOf(day, -1, { step, phase })) / (1000 * step)));

interface Found {
  readonly row: StoredDay;
  readonly slot: number;
  readonly rank: string;
}

/** Of two that say something of the same time the higher rank counts, then the finer decimal places. */
const isBetter = (a: Found, b: Found): boolean => a.rank > b.rank || (a.rank === b.rank && a.row.digits > b.row.digits);

/**
 * The slots with a value that end after `from` and at or before `to`, oldest first.
 *
 * @param rows channel-days of one channel name of one point, perhaps of several lengths and decimal places
 */
export const slotsBetween = (rows: readonly StoredDay[], from: Millis, to: Millis): readonly StoredSlot[] => {
  const found = new Map<string, Found>();
  for (const row of rows)
    for (let slot = slotAfter(row, from); slot < row.rank.length; slot++) {
      const end = endOf(row.day, slot, row);
      if (end > to) break;
      const rank = row.rank[slot] ?? absent;
      if (rank === absent) continue;
      const [one, key] = [{ row, slot, rank }, `${end} ${row.step}`];
      const other = found.get(key);
      if (other === undefined || isBetter(one, other)) found.set(key, one);
    }
  return [...found.values()]
    .filter(({ rank }) => hasValue(rank))
    .map(storedSlot)
    .sort((a, b) => a.end - b.end || a.seconds - b.seconds);
};

const storedSlot = ({ row, slot, rank }: Found): StoredSlot => {
  const { day, step, phase, digits } = row;
  const raw = row.raw[slot] ?? 0;
  const meaning = meaningOf(rank) ?? { source: "estimated", quality: "suspect" };
  return {
    ...{
      end: endOf(day, slot, { step, phase }),
      seconds: step,
      raw,
      digits,
      value: numberOf(raw, digits),
      rank,
      ...meaning,
    },
    notes: notesOf(row.status[slot] ?? ""),
  };
};

/**
 * The same as a list with a place for each interval of this length; null where there is no value of this length.
 *
 * @param step seconds
 * @example gridBetween([], 0, 3_600_000, 900) // [null, null, null, null]
 */
export const gridBetween = (
  rows: readonly StoredDay[],
  from: Millis,
  to: Millis,
  step: number,
): readonly (StoredSlot | null)[] => {
  const byEnd = new Map(
    slotsBetween(rows, from, to).flatMap((slot) => (slot.seconds === step ? [[slot.end, slot] as const] : [])),
  );
  const count = Math.round((to - from) / (1000 * step));
  return Array.from({ length: count }, (_, n) => byEnd.get(from + 1000 * step * (n + 1)) ?? null);
};

/** Decimal places in which sums are made: the finest there are. */
const sumDigits = 9;

/** A raw value or a sum of some in billionths of the unit, which all places fit. */
export const billionths = (raw: bigint, digits: number): bigint => raw * 10n ** BigInt(sumDigits - digits);

/** Sum of slots in the unit of the channel, exact to the digit; null if there is none. */
export const sumOf = (slots: readonly Pick<StoredSlot, "raw" | "digits">[]): number | null =>
  slots.length === 0
    ? null
    : numberOf(
        slots.reduce((sum, { raw, digits }) => sum + billionths(BigInt(raw), digits), 0n),
        sumDigits,
      );
