/** Books a batch of facts: all of it in one transaction, whatever of it is there already. */

import type { Millis } from "@meterport/protocol/ports";
import { dateArray, intArray } from "./binary-arrays.ts";
import { obisOf, unitOf } from "./channel-names.ts";
import { checkFacts } from "./check-facts.ts";
import { iso } from "./columns.ts";
import type { Database, Row, Run } from "./database.ts";
import { sqlStateOf } from "./database.ts";
import { type DayRow, dayColumns } from "./day-columns.ts";
import type { BookBatch, ChannelKey, InstallationFact } from "./facts.ts";
import { channelText, oneOfEach } from "./one-of-each.ts";
import { type Months, makeMonth, monthsIn } from "./partitions.ts";
import { slotsIn } from "./slots.ts";
import { bookDays } from "./sql/book-days.ts";
import { bookBlocks, bookEvents, bookGone, bookInstallations, bookRegisters } from "./sql/book-facts.ts";
import { noteChanged, readChannelsAt } from "./sql/changed-days.ts";
import {
  addChannels,
  addMeters,
  addPoints,
  findChannels,
  findMeters,
  findPoints,
  seeMeters,
} from "./sql/find-channels.ts";
import { withinTime } from "./within-time.ts";

/** How many rows a batch made or changed. */
export interface Booked {
  readonly days: number;
  readonly gone: number;
  readonly blocks: number;
  readonly registers: number;
  readonly events: number;
  readonly installations: number;
  /** Facts that were left out: their month was dropped, or their time cannot be right. */
  readonly outOfTime: number;
}

/** Rows of one statement: more make it no faster. */
const mostRows = 1_000;

/** A month that was there is gone, since another process dropped it. */
class MonthGone extends Error {
  constructor() {
    super("a month was dropped from the books while something was booked in it: the same will be booked again");
  }
}

/** A row that no partition takes has the SQLSTATE of a constraint, but names none. */
const hasNoMonth = (error: unknown): boolean =>
  sqlStateOf(error) === "23514" && error instanceof Error && !("constraint" in error && error.constraint !== undefined);

const isoOrNull = (time: Millis | null): string | null => (time === null ? null : iso(time));

const slices = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / mostRows) }, (_, n) => items.slice(n * mostRows, (n + 1) * mostRows));

interface Written {
  readonly count: number;
  readonly rows: readonly Row[];
}

/** A statement for each slice, with a value for each column; gives how many rows changed, and what the statement tells of them. */
const writeAll = async <T>(
  run: Run,
  text: string,
  items: readonly T[],
  columns: readonly ((item: T) => unknown)[],
  more: readonly unknown[] = [],
): Promise<Written> => {
  let count = 0;
  const rows: Row[] = [];
  for (const slice of slices(items)) {
    const written = await run(text, [...columns.map((column) => slice.map(column)), ...more]);
    count += written.count;
    rows.push(...written.rows);
  }
  return { count, rows };
};

/** A day of a channel of which something changed. */
interface ChangedDay {
  readonly channel: number;
  /** Since 1970. */
  readonly day: number;
}

const changedIn = (rows: readonly Row[]): readonly ChangedDay[] =>
  rows.map(({ channel_id, day }) => ({ channel: Number(channel_id), day: Number(day) }));

/** A register closes what may have begun on the day before. */
const aroundRegisters = (rows: readonly Row[]): readonly ChangedDay[] =>
  changedIn(rows).flatMap(({ channel, day }) => [
    { channel, day },
    { channel, day: day - 1 },
  ]);

const aroundInstallations = async (run: Run, rows: readonly Row[]): Promise<readonly ChangedDay[]> => {
  if (rows.length === 0) return [];
  const days = rows.flatMap(({ point_id, from_day, to_day }) =>
    [from_day, to_day].flatMap((day) =>
      day === null ? [] : [Number(day), Number(day) - 1].map((each) => ({ point: Number(point_id), day: each })),
    ),
  );
  const values = [intArray(days.map(({ point }) => point)), dateArray(days.map(({ day }) => day))];
  return changedIn((await run(readChannelsAt, values)).rows);
};

/** One statement for all of a batch, or two who book the same could wait for each other. */
const noteAll = async (run: Run, changed: readonly ChangedDay[]): Promise<void> => {
  if (changed.length > 0)
    await run(noteChanged, [intArray(changed.map(({ channel }) => channel)), dateArray(changed.map(({ day }) => day))]);
};

/** Looks up names, and adds those that are missing. Somebody else may add the same at this moment. */
const numbered = async (
  names: readonly string[],
  find: (names: readonly string[]) => Promise<ReadonlyMap<string, number>>,
  add: (names: readonly string[]) => Promise<void>,
): Promise<ReadonlyMap<string, number>> => {
  const wanted = [...new Set(names)];
  if (wanted.length === 0) return new Map();
  const found = await find(wanted);
  const missing = wanted.filter((name) => !found.has(name));
  if (missing.length === 0) return found;
  await add(missing);
  return new Map([...found, ...(await find(missing))]);
};

const pairs = async (run: Run, text: string, names: readonly string[], name: string, number: string) => {
  const { rows } = await run(text, [names]);
  return new Map(rows.map((row) => [String(row[name]), Number(row[number])]));
};

const pointNumbers = (run: Run, ids: readonly string[]) =>
  numbered(
    ids,
    (some) => pairs(run, findPoints, some, "id", "point_id"),
    async (some) => void (await run(addPoints, [some])),
  );

const keyColumns = (keys: readonly ChannelKey[]): readonly unknown[] => [
  keys.map(({ point }) => point),
  keys.map(({ name }) => name),
  keys.map(({ tier }) => tier),
  keys.map(({ step }) => step),
  keys.map(({ phase }) => phase),
  keys.map(({ digits }) => digits),
];

interface Numbers {
  readonly pointOf: (id: string) => number | undefined;
  readonly channelOf: (key: ChannelKey) => number | undefined;
}

const foundChannels = async (run: Run, keys: readonly ChannelKey[]): Promise<Map<string, number>> => {
  if (keys.length === 0) return new Map();
  const { rows } = await run(findChannels, keyColumns(keys));
  return new Map(rows.map(({ n, channel_id }) => [channelText(keys[Number(n) - 1] as ChannelKey), Number(channel_id)]));
};

/** All points are added by one statement, or two who add the same could wait for each other. */
const numbersOf = async (run: Run, points: readonly string[], channels: readonly ChannelKey[]): Promise<Numbers> => {
  const keys = [...new Map(channels.map((key) => [channelText(key), key])).values()];
  const found = await foundChannels(run, keys);
  const missing = keys.filter((key) => !found.has(channelText(key)));
  const pointIds = await pointNumbers(run, [...points, ...missing.map(({ point }) => point)]);
  if (missing.length > 0) {
    const said = [missing.map((key) => obisOf(key.name, key)), missing.map(({ name }) => unitOf(name))];
    await run(addChannels, [...keyColumns(missing), ...said]);
    for (const [text, number] of await foundChannels(run, missing)) found.set(text, number);
  }
  return { pointOf: (id) => pointIds.get(id), channelOf: (key) => found.get(channelText(key)) };
};

/** When each serial number was seen first. */
const meterNumbers = async (run: Run, installations: readonly InstallationFact[]) => {
  const first = new Map<string, Millis>();
  for (const { serial, from } of installations)
    if (serial !== null) first.set(serial, Math.min(from, first.get(serial) ?? from));
  const meters = await numbered(
    [...first.keys()].sort(),
    (some) => pairs(run, findMeters, some, "serial", "meter_id"),
    async (some) => void (await run(addMeters, [some])),
  );
  if (first.size > 0)
    await run(seeMeters, [[...first.keys()].map((serial) => meters.get(serial)), [...first.values()].map(iso)]);
  return meters;
};

const bitsOf = (step: number, slots: readonly number[]): string => {
  const bits = new Array<string>(slotsIn(step)).fill("0");
  for (const slot of slots) if (slot >= 0 && slot < bits.length) bits[slot] = "1";
  return bits.join("");
};

const numbersIn = (text: unknown): readonly number[] => (text === null ? [] : String(text).split(",").map(Number));

/** How many days changed, and which of those are over. */
const bookDaysOf = async (run: Run, rows: readonly DayRow[]) => {
  let count = 0;
  const over: ChangedDay[] = [];
  for (const slice of slices(rows)) {
    const [told] = (await run(bookDays, dayColumns(slice))).rows;
    count += Number(told?.count);
    const days = numbersIn(told?.days);
    for (const [n, channel] of numbersIn(told?.channels).entries()) over.push({ channel, day: days[n] ?? 0 });
  }
  return { count, over };
};

const bookSlots = async (run: Run, { days, gone }: BookBatch, channelOf: (key: ChannelKey) => number | undefined) => {
  const rows = days
    .map(({ channel, day, slots }) => ({ id: channelOf(channel) ?? 0, day, slots }))
    .sort((a, b) => a.id - b.id || (a.day < b.day ? -1 : 1));
  return {
    days: await bookDaysOf(run, rows),
    gone: await writeAll(run, bookGone, gone, [
      ({ channel }) => channelOf(channel),
      ({ day }) => day,
      ({ channel, slots }) => bitsOf(channel.step, slots),
    ]),
  };
};

const bookInstalled = async (
  run: Run,
  installations: readonly InstallationFact[],
  pointOf: (id: string) => number | undefined,
) => {
  const meters = await meterNumbers(run, installations);
  return writeAll(run, bookInstallations, installations, [
    ({ point }) => pointOf(point),
    ({ from }) => iso(from),
    ({ to }) => isoOrNull(to),
    ({ serial }) => (serial === null ? null : meters.get(serial)),
    ({ serial }) => serial,
    ({ about }) => about,
    ({ start }) => start,
    ({ end }) => end,
    ({ stored }) => iso(stored),
  ]);
};

const bookAll = async (run: Run, batch: BookBatch): Promise<Omit<Booked, "outOfTime">> => {
  const { days, gone, blocks, registers, events, installations } = batch;
  const { pointOf, channelOf } = await numbersOf(
    run,
    [...blocks, ...events, ...installations].map(({ point }) => point),
    [...days, ...gone, ...registers].map(({ channel }) => channel),
  );
  const slots = await bookSlots(run, batch, channelOf);
  const booked = {
    blocks: await writeAll(
      run,
      bookBlocks,
      blocks,
      [
        ({ id }) => String(id),
        ({ point }) => pointOf(point),
        ({ what }) => JSON.stringify(what),
        ({ readAt }) => iso(readAt),
        ({ clockOffset }) => (clockOffset === null ? null : Math.round(clockOffset)),
        ({ raw }) => (raw === null ? null : Buffer.from(raw)),
        ({ from }) => iso(from),
        ({ to }) => iso(to),
      ],
      [batch.holder, batch.attempt],
    ),
    registers: await writeAll(run, bookRegisters, registers, [
      ({ channel }) => channelOf(channel),
      ({ at }) => iso(at),
      ({ raw }) => raw,
      ({ kind }) => kind,
      ({ serial }) => serial,
    ]),
    events: await writeAll(run, bookEvents, events, [
      ({ point }) => pointOf(point),
      ({ id }) => id,
      ({ at }) => iso(at),
      ({ until }) => isoOrNull(until),
      ({ kind }) => kind,
      ({ code }) => code,
      ({ origin }) => origin,
      ({ detail }) => detail,
      ({ stored }) => iso(stored),
    ]),
    installations: await bookInstalled(run, installations, pointOf),
  };
  await noteAll(run, [
    ...slots.days.over,
    ...aroundRegisters(booked.registers.rows),
    ...(await aroundInstallations(run, booked.installations.rows)),
  ]);
  return {
    ...{ days: slots.days.count, gone: slots.gone.count, blocks: booked.blocks.count },
    ...{ registers: booked.registers.count, events: booked.events.count, installations: booked.installations.count },
  };
};

/** The books of a fleet. */
export class Books {
  readonly database: Database;
  #months: Months | undefined;

  constructor(database: Database) {
    this.database = database;
  }

  /**
   * Books facts: when it resolves, they survive the end of any process. Any batch, any number of times, in any order gives the same rows;
   * a slot changes only to a higher rank, see `slots.ts`.
   *
   * @throws PostgresError if the database is away or busy: book the same again later; UsageError if somebody must mend something, or
   *   (`bad-facts`) if the batch has a fact that is none
   */
  async book(given: BookBatch): Promise<Booked> {
    checkFacts(given);
    const one = oneOfEach(given);
    try {
      return await this.#bookOnce(one);
    } catch (error) {
      if (!(error instanceof MonthGone)) throw error;
      this.#months = undefined;
      return this.#bookOnce(one);
    }
  }

  async #bookOnce(one: BookBatch): Promise<Booked> {
    this.#months ??= await monthsIn(this.database.run);
    const months = this.#months;
    const { batch, needs, outOfTime } = withinTime(one, months);
    for (const [table, needed] of needs)
      for (const month of needed) {
        if (months.of.get(table)?.has(month) === true) continue;
        await makeMonth(this.database, table, month);
        this.#months = undefined;
      }
    const booked = await this.database.transaction(async (run) => {
      try {
        return await bookAll(run, batch);
      } catch (error) {
        throw hasNoMonth(error) ? new MonthGone() : error;
      }
    });
    return { ...booked, outOfTime };
  }
}
