/** The channel-days of a point as one row of slots, and which meter each slot is of. */
import type { Millis } from "@meterport/protocol/ports";
import { noValueBits } from "./slot-status.ts";
import { type ChannelDay, dayMillis, type Installation, type VeeInput } from "./vee-input.ts";

/** No meter hung there; or two did, or one for a part of the slot. Else the index of the installation. */
export const noMeter = -1;
export const partOfMeter = -2;

/** Ranks of slots without a value of their own. */
const absent = "0";
const inLonger = "v";

/** Two channels had different values for one slot. */
export interface Overlap {
  readonly slot: number;
  readonly kept: number;
  readonly other: number;
}

/** Slots are counted from the first day that was given. */
export interface Series {
  /** First moment of slot 0. */
  readonly start: Millis;
  readonly step: Millis;
  readonly slotsOfDay: number;
  readonly length: number;
  /** First slot of the day in question. */
  readonly first: number;
  /** All of them. */
  readonly slots: readonly number[];
  readonly values: readonly (number | null)[];
  readonly status: readonly number[];
  readonly meters: readonly number[];
  readonly overlaps: readonly Overlap[];
}

/** The first moment of a slot. */
export const timeOf = ({ start, step }: Series, slot: number): Millis => start + slot * step;

/** Meters tell whole seconds: ends that are no further from a slot's edge are at it. */
export const clockGrain: Millis = 1_000;

/** Which installation a slot is of. */
const meterOfSlot = (installations: readonly Installation[], from: Millis, to: Millis): number => {
  let partly = false;
  for (const [n, one] of installations.entries()) {
    const end = one.to ?? Infinity;
    if (one.from <= from + clockGrain && end >= to - clockGrain) return n;
    if (one.from < to && end > from) partly = true;
  }
  return partly ? partOfMeter : noMeter;
};

const metersOf = (installations: readonly Installation[], start: Millis, step: Millis, length: number): number[] => {
  const [only] = installations;
  // Nearly every point has had one meter all the time.
  if (installations.length === 1 && only !== undefined && only.from <= start && only.to === null)
    return new Array<number>(length).fill(0);
  return Array.from({ length }, (_, n) => meterOfSlot(installations, start + n * step, start + (n + 1) * step));
};

interface Kept {
  readonly values: (number | null)[];
  readonly status: number[];
  /** Rank and channel of what is kept, where there are several. */
  readonly ranks: string[];
  readonly channels: number[];
  readonly overlaps: Overlap[];
}

const put = (kept: Kept, slot: number, value: number, rank: string, channel: number, status: number): void => {
  const before = kept.values[slot] ?? null;
  const rankBefore = kept.ranks[slot] ?? absent;
  const wins = before === null || rank > rankBefore || (rank === rankBefore && channel < (kept.channels[slot] ?? 0));
  if (before !== null && before !== value)
    kept.overlaps.push({ slot, kept: wins ? value : before, other: wins ? before : value });
  if (!wins) return;
  kept.values[slot] = value;
  kept.ranks[slot] = rank;
  kept.channels[slot] = channel;
  kept.status[slot] = status;
};

const belongs = (
  meters: readonly number[],
  installations: readonly Installation[],
  slot: number,
  meter: string | null,
): boolean => {
  const at = meters[slot] ?? noMeter;
  if (at === noMeter) return false;
  return at === partOfMeter || meter === null || installations[at]?.meter === meter;
};

const hasValue = (value: number | null, rank: string, status: number): value is number =>
  value !== null && rank !== absent && rank !== inLonger && (status & noValueBits) === 0;

/** Numbers of the slots of a day. */
const slotsFrom = (first: number, count: number): readonly number[] => {
  const slots = new Array<number>(count);
  for (let n = 0; n < count; n++) slots[n] = first + n;
  return slots;
};

/** A span of time. */
interface Span {
  readonly from: Millis;
  readonly to: Millis;
}

const dayBefore = (time: Millis): Millis => Math.floor(time / dayMillis) * dayMillis;

/**
 * Puts the days in a row. Of two values the one with the higher rank is kept. Values of a meter that did not hang there are not the
 * point's, and a number beside a status that says "no value" is unknown.
 *
 * @param spans are in the row as well, whether anything is known of their days or not
 */
export const seriesOf = ({ day, step, days, installations }: VeeInput, spans: readonly Span[] = []): Series => {
  const slotsOfDay = dayMillis / step;
  const start = Math.min(day, ...days.map((one) => one.day), ...spans.map(({ from }) => dayBefore(from)));
  const end = Math.max(day, ...days.map((one) => one.day), ...spans.map(({ to }) => dayBefore(to - 1))) + dayMillis;
  const length = (end - start) / step;
  const meters = metersOf(installations, start, step, length);
  const kept: Kept = {
    values: new Array<number | null>(length).fill(null),
    status: new Array<number>(length).fill(0),
    ranks: [],
    channels: [],
    overlaps: [],
  };
  // The order in which days were given must not matter, not even for what is noted.
  const sorted = days.toSorted((a, b) => a.day - b.day || a.channel - b.channel);
  for (const [n, one] of sorted.entries()) {
    const isAlone = one.day !== sorted[n - 1]?.day && one.day !== sorted[n + 1]?.day;
    if (isAlone) placeAlone(one);
    else place(one);
  }
  const first = (day - start) / step;
  return { start, step, slotsOfDay, length, first, slots: slotsFrom(first, slotsOfDay), meters, ...pick(kept) };

  /** Nearly every day: nothing that is there already has to be compared. */
  function placeAlone({ day: at, raw, rank, status, meter }: ChannelDay): void {
    const offset = (at - start) / step;
    for (let n = 0; n < slotsOfDay; n++) {
      if (!belongs(meters, installations, offset + n, meter)) continue;
      const [value, bits] = [raw[n] ?? null, status[n] ?? 0];
      kept.status[offset + n] = bits;
      if (hasValue(value, rank[n] ?? absent, bits)) kept.values[offset + n] = value;
    }
  }

  function place(one: ChannelDay): void {
    const offset = (one.day - start) / step;
    for (let n = 0; n < slotsOfDay; n++) {
      const [value, rank, status] = [one.raw[n] ?? null, one.rank[n] ?? absent, one.status[n] ?? 0];
      if (!belongs(meters, installations, offset + n, one.meter)) continue;
      if (hasValue(value, rank, status)) put(kept, offset + n, value, rank, one.channel, status);
      // What the meter noted is worth knowing beside an unknown value.
      else if (kept.values[offset + n] === null) kept.status[offset + n] = status;
    }
  }
};

const pick = ({ values, status, overlaps }: Kept): Pick<Series, "values" | "status" | "overlaps"> => ({
  values,
  status,
  overlaps: overlaps.toSorted((a, b) => a.slot - b.slot || a.other - b.other),
});
