/** Books a batch of facts: all of it in one transaction, whatever of it is there already. */
import { storable } from "@meterport/gateway/stores/postgres/postgres-run";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { obisOf, unitOf } from "./channel-names.ts";
import type { Database, Run } from "./database.ts";
import { sqlStateOf } from "./database.ts";
import type { BookBatch, ChannelKey, InstallationFact } from "./facts.ts";
import { channelText, oneOfEach } from "./one-of-each.ts";
import { type Months, makeMonth, monthsIn } from "./partitions.ts";
import { dayLiterals, slotsIn } from "./slots.ts";
import { bookDays } from "./sql/book-days.ts";
import { bookBlocks, bookEvents, bookGone, bookInstallations, bookRegisters } from "./sql/book-facts.ts";
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

/** SQLSTATE of a row that no partition takes. */
const noPartition = "23514";

/** A month that was there is gone, since another process dropped it. */
class MonthGone extends Error {}

const iso = (time: Millis): string => new Date(time).toISOString();
const isoOrNull = (time: Millis | null): string | null => (time === null ? null : iso(time));

const slices = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / mostRows) }, (_, n) => items.slice(n * mostRows, (n + 1) * mostRows));

/** A statement for each slice; gives the rows that changed. */
const writeAll = async <T>(
  run: Run,
  text: string,
  items: readonly T[],
  columns: readonly ((item: T) => unknown)[],
  more: readonly unknown[] = [],
): Promise<number> => {
  let changed = 0;
  for (const slice of slices(items))
    changed += (await run(text, [...columns.map((column) => slice.map(column)), ...more])).count;
  return changed;
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

const channelNumbers = async (run: Run, channels: readonly ChannelKey[]): Promise<ReadonlyMap<string, number>> => {
  const byText = new Map(channels.map((key) => [channelText(key), key]));
  const keysOf = (texts: readonly string[]) => texts.map((text) => byText.get(text) as ChannelKey);
  return numbered(
    [...byText.keys()],
    async (texts) => {
      const { rows } = await run(findChannels, keyColumns(keysOf(texts)));
      return new Map(rows.map(({ n, channel_id }) => [texts[Number(n) - 1] as string, Number(channel_id)]));
    },
    async (texts) => {
      const keys = keysOf(texts);
      await pointNumbers(
        run,
        keys.map(({ point }) => point),
      );
      await run(addChannels, [
        ...keyColumns(keys),
        keys.map((key) => obisOf(key.name, key)),
        keys.map(({ name }) => unitOf(name)),
      ]);
    },
  );
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

const bookSlots = async (run: Run, { days, gone }: BookBatch, channelOf: (key: ChannelKey) => number | undefined) => {
  const rows = days
    .map(({ channel, day, slots }) => ({ id: channelOf(channel) ?? 0, day, ...dayLiterals(slots) }))
    .sort((a, b) => a.id - b.id || (a.day < b.day ? -1 : 1));
  return {
    days: await writeAll(run, bookDays, rows, [
      ({ id }) => id,
      ({ day }) => day,
      ({ raw }) => raw,
      ({ rank }) => rank,
      ({ status }) => status,
    ]),
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
    ({ about }) => about,
    ({ start }) => start,
    ({ end }) => end,
    ({ stored }) => iso(stored),
  ]);
};

const bookAll = async (run: Run, batch: BookBatch): Promise<Omit<Booked, "outOfTime">> => {
  const { days, gone, blocks, registers, events, installations } = batch;
  const points = await pointNumbers(
    run,
    [...blocks, ...events, ...installations].map(({ point }) => point),
  );
  const channels = await channelNumbers(
    run,
    [...days, ...gone, ...registers].map(({ channel }) => channel),
  );
  const pointOf = (id: string) => points.get(id);
  const channelOf = (key: ChannelKey) => channels.get(channelText(key));
  return {
    ...(await bookSlots(run, batch, channelOf)),
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
      ({ detail }) => storable(detail),
      ({ stored }) => iso(stored),
    ]),
    installations: await bookInstalled(run, installations, pointOf),
  };
};

const checkJson = (text: string, what: string): void => {
  try {
    JSON.parse(text);
  } catch {
    throw new UsageError("not-json", `${what} is not JSON, so the batch is not booked: send what the store gave`);
  }
};

/** The books of a fleet. */
export class Books {
  readonly database: Database;
  readonly #now: () => Millis;
  #months: Months | undefined;

  /** @param now milliseconds since 1970, by which facts of the future are told */
  constructor(database: Database, now: () => Millis) {
    this.database = database;
    this.#now = now;
  }

  /**
   * Books facts: when it resolves, they survive the end of any process. Any batch, any number of times, in any order gives the same rows;
   * a slot changes only to a higher rank, see `slots.ts`.
   *
   * @throws PostgresError if the database is away or busy: book the same again later; UsageError if somebody must mend something
   */
  async book(given: BookBatch): Promise<Booked> {
    for (const { point, about, start, end } of given.installations)
      for (const text of [about, start, end ?? "null"]) checkJson(text, `what is said of a meter at ${point}`);
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
    const { batch, needs, outOfTime } = withinTime(one, this.#now(), months.droppedBefore);
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
        throw sqlStateOf(error) === noPartition ? new MonthGone() : error;
      }
    });
    return { ...booked, outOfTime };
  }
}
