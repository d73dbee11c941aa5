/** What a tenant used in a month, beside the month before and the same month of the year before. */
import { localDate, monthBounds, utcOfLocal } from "@meterport/engine/calendar/local-calendar";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { ratioText } from "../model/decimal.ts";
import { checkedDays, type ExportDay, endOfDay, startOfSlot } from "../model/export-day.ts";
import { codeFacts, type ValueKind } from "../model/value-codes.ts";

/** One month of one channel. Shares are of the time of the month, in percent. */
export interface StatementMonth {
  /** "2026-03". */
  readonly month: string;
  /** Sum of the known intervals in Wh or varh; null if none is known. */
  readonly amount: number | null;
  readonly intervals: number;
  readonly missing: number;
  readonly recoveredPercent: string;
  readonly estimatedPercent: string;
  /** Change in percent; null if a month lacks an interval, since a sum that lacks some says nothing about use. */
  readonly sinceMonthBefore: string | null;
  readonly sinceYearBefore: string | null;
}

export interface StatementChannel {
  readonly point: string;
  readonly obis: string;
  readonly unit: "Wh" | "varh";
  /** Thirteen months, the one that the statement is for last. */
  readonly months: readonly StatementMonth[];
}

export interface Statement {
  readonly tenant: string;
  readonly month: string;
  readonly zone: string;
  readonly channels: readonly StatementChannel[];
}

export interface StatementRequest {
  readonly tenant: string;
  /** "2026-03". */
  readonly month: string;
  readonly zone: string;
  /** Days of up to two years; those of other months are passed over. */
  readonly days: Iterable<ExportDay>;
}

/** The month itself, twelve before it, and twelve more to compare those with. */
const comparedMonths = 25;
const shownMonths = 13;

/** "2026-03" less two months is "2026-01". */
const monthsBefore = (month: string, count: number): string => {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 - count)).toISOString().slice(0, 7);
};

const boundsOf = (zone: string, month: string): readonly [Millis, Millis] => {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const inside = utcOfLocal(zone, Date.UTC(year, number - 1, 2));
  const [from = inside, to = inside] = monthBounds(zone, inside, inside + 1);
  return [from, to];
};

/** Counted in minutes: a meter may come whose intervals have another length. */
interface Tally {
  amount: number;
  known: number;
  readonly kinds: Record<ValueKind, number>;
  /** The shortest interval of the month. */
  step: number;
}

interface Channel {
  readonly first: ExportDay;
  readonly seen: Set<Millis>;
  readonly months: Map<string, Tally>;
}

const emptyTally = (step: number): Tally => ({
  amount: 0,
  known: 0,
  kinds: { measured: 0, recovered: 0, estimated: 0, missing: 0 },
  step,
});

const addDay = (channel: Channel, day: ExportDay, zone: string): void => {
  const { first, seen, months } = channel;
  const refuse = (what: string): never => {
    throw new UsageError("days", `${day.point}, ${day.obis}, ${localDate(zone, day.start)}: ${what}`);
  };
  if (day.unit !== first.unit) refuse("the channel has several units: give one");
  if (seen.has(day.start)) refuse("the day is there twice: give each day once");
  seen.add(day.start);
  // Most days lie within one month: only then the month is asked for once.
  const [begin, end] = [localDate(zone, day.start), localDate(zone, endOfDay(day) - 1)].map((date) => date.slice(0, 7));
  for (const [n, { amount, code }] of day.values.entries()) {
    const month = begin === end ? begin : localDate(zone, startOfSlot(day, n)).slice(0, 7);
    if (month === undefined) continue;
    const tally = months.get(month) ?? emptyTally(day.step);
    months.set(month, tally);
    tally.step = Math.min(tally.step, day.step);
    tally.kinds[codeFacts[code].kind] += day.step;
    if (amount === null) continue;
    tally.amount += amount;
    tally.known += day.step;
  }
};

/** By how much a sum differs from an earlier one, "+12.5"; null if that one is unknown or 0. */
const change = (now: number | null, before: number | null): string | null => {
  if (now === null || before === null) return null;
  const text = ratioText(100n * BigInt(now - before), BigInt(before), 1);
  return text === null || text.startsWith("-") ? text : `+${text}`;
};

const monthsOf = ({ first, months }: Channel, { month, zone }: StatementRequest): readonly StatementMonth[] => {
  const whole = Array.from({ length: comparedMonths }, (_, back) => {
    const name = monthsBefore(month, back);
    const [from, to] = boundsOf(zone, name);
    const tally = months.get(name) ?? emptyTally(first.step);
    const minutes = Math.round((to - from) / 60_000);
    const intervals = Math.round(minutes / tally.step);
    return { name, tally, minutes, intervals, missing: Math.ceil((minutes - tally.known) / tally.step) };
  });
  const complete = (back: number): number | null => {
    const found = whole[back];
    return found === undefined || found.missing !== 0 ? null : found.tally.amount;
  };
  const percent = (part: number, of: number): string => ratioText(100n * BigInt(part), BigInt(of), 1) ?? "0.0";
  return whole
    .slice(0, shownMonths)
    .map(({ name, tally, minutes, intervals, missing }, back) => ({
      month: name,
      amount: tally.known === 0 ? null : tally.amount,
      intervals,
      missing,
      recoveredPercent: percent(tally.kinds.recovered, minutes),
      estimatedPercent: percent(tally.kinds.estimated, minutes),
      sinceMonthBefore: change(complete(back), complete(back + 1)),
      sinceYearBefore: change(complete(back), complete(back + 12)),
    }))
    .reverse();
};

/**
 * The statement of a tenant for one month: each channel's months up to it, newest last.
 *
 * @throws UsageError (`month`, `zone`, `day`, `days`) for what no statement can hold
 */
export const statementOf = (request: StatementRequest): Statement => {
  const { tenant, month, zone, days } = request;
  if (!/^[1-9]\d{3}-(0[1-9]|1[0-2])$/.test(month))
    throw new UsageError("month", `${JSON.stringify(month)} is not a month: give it as 2026-03`);
  const [, end] = boundsOf(zone, month);
  const [start] = boundsOf(zone, monthsBefore(month, comparedMonths - 1));
  const channels = new Map<string, Channel>();
  for (const day of checkedDays(days)) {
    if (endOfDay(day) <= start || day.start >= end) continue;
    const key = JSON.stringify([day.point, day.obis]);
    const channel = channels.get(key) ?? { first: day, seen: new Set(), months: new Map() };
    channels.set(key, channel);
    addDay(channel, day, zone);
  }
  const list = [...channels.values()].map((channel) => ({
    point: channel.first.point,
    obis: channel.first.obis,
    unit: channel.first.unit,
    months: monthsOf(channel, request),
  }));
  return { tenant, month, zone, channels: list };
};
