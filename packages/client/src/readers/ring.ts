/**
 * Ring logs: a header says which entry is the newest and how many hold data, and a full log overwrites its oldest. Pages
 * are read backwards from the newest entry, and after each one the header is read again: entries that the meter has
 * overwritten meanwhile are dropped, never shown. The room that the meter's dimensions give a log bounds the work.
 */
import { LayoutError } from "@meterport/protocol/errors";
import { place, type Table } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import type { CallOptions, Meter, Wanted } from "../meter/meter.ts";
import { orThrow } from "../meter/outcome.ts";
import type { Environment } from "../meter/read/dimensions.ts";

type ListKeys<T> = { [K in keyof T]-?: T[K] extends readonly object[] ? K : never }[keyof T] & string;
type EntryOf<L> = L extends readonly (infer R)[] ? R : never;

/** Progress of reading a log. */
export interface LogProgress {
  readonly done: number;
  readonly total: number;
  /** Entries that the meter overwrote or cleared before they could be read. */
  readonly dropped: number;
}
export interface LogOptions extends CallOptions {
  readonly progress?: ((progress: LogProgress) => void) | undefined;
}

/** A log and its room. */
export interface Ring<T> {
  readonly table: AnyTable;
  readonly list: string;
  /** How many entries fit. */
  readonly room: (env: Environment) => number;
  /** False if it shares its numbering with another log. */
  readonly ownCounter: boolean;
  /** Only for types. */
  readonly entry?: T;
}

/** The log in the field `list` of a table. */
export const ringOf = <T, E, K extends ListKeys<T>>(
  table: Table<string, T, E>,
  list: K,
  room: Ring<unknown>["room"],
  ownCounter = true,
): Ring<EntryOf<T[K]>> => ({ table, list, room, ownCounter });

export interface RingEntry<T> {
  readonly value: T;
  /** 32 bits in event logs, else 16. In a log with its own counter: the number of this entry, counted back. */
  readonly sequence: number;
}
/** Entries of one read, newest first. */
export interface RingPage<T> {
  readonly entries: readonly RingEntry<T>[];
  /** The number of the newest entry in the log when the first page was read. */
  readonly newest: number;
}

interface Header {
  readonly room: number;
  readonly generation: number;
  readonly descending: boolean;
  readonly valid: number;
  readonly last: number;
  readonly sequence: number;
}

const headerFields = ["order", "validEntries", "lastEntryElement", "lastEntrySequenceNumber"] as const;
const mod = (a: number, n: number): number => ((a % n) + n) % n;

const wrong = (table: AnyTable, path: string, detail: string): LayoutError =>
  new LayoutError("shape", { path: `${table.id}.${path}`, offset: 0 }, detail);

const readHeader = async (meter: Meter, ring: Ring<unknown>, call: CallOptions): Promise<Header> => {
  const { table } = ring;
  const { generation } = meter;
  const room = ring.room(await meter.environment(table, call));
  if (room === 0) return { room, generation, descending: false, valid: 0, last: 0, sequence: 0 };
  const outcomes = await meter.batch(
    () => headerFields.map((field): Wanted<unknown> => ({ table, path: [field] })),
    call,
  );
  const [order, valid, last, sequence] = outcomes.map((outcome) => Number(orThrow(outcome))) as [
    number,
    number,
    number,
    number,
  ];
  if (valid > room)
    throw wrong(table, "validEntries", `the header claims ${valid} entries, but the log has room for ${room}`);
  if (valid > 0 && last >= room)
    throw wrong(
      table,
      "lastEntryElement",
      `the header gives the newest entry as number ${last} of ${room}, counted from 0`,
    );
  return { room, generation, descending: order !== 0, valid, last, sequence };
};

/** How many entries came between two headers; `undefined` if the second can no longer be of the same log. */
const arrived = (before: Header, after: Header, ownCounter: boolean): number | undefined => {
  if (before.room !== after.room || before.descending !== after.descending) return undefined;
  const step = (after.last - before.last) * (before.descending ? -1 : 1);
  const steps = before.valid === 0 ? after.valid : mod(step, before.room);
  const counted = after.sequence - before.sequence;
  // A counter of 16 bits starts again at 0. A shared one also counts entries of the other log: at most that many came here.
  const most = ownCounter ? mod(counted, 2 ** 16) : counted;
  if (most < steps || (ownCounter && mod(most - steps, before.room) !== 0)) return undefined;
  const count = steps + Math.floor((most - steps) / before.room) * before.room;
  return after.valid < Math.min(before.valid + Math.min(count, before.room), before.room) ? undefined : count;
};

const indexOf = ({ descending, last, room }: Header, age: number): number =>
  mod(descending ? last + age : last - age, room);

interface Read<T> {
  readonly before: Header;
  readonly after: Header;
  readonly values: readonly T[];
}

/** As many entries as a few messages hold, from the one that is `age` entries older than the newest. */
const readPage = <T>(
  meter: Meter,
  ring: Ring<T>,
  known: Header,
  plan: { readonly age: (before: Header) => number; readonly messages: number },
  call: CallOptions,
): Promise<Read<T>> =>
  // All under one set of dimensions, or read again.
  meter.steadily(`read ${ring.table.id}`, async () => {
    const before = known.generation === meter.generation ? known : await readHeader(meter, ring, call);
    const age = plan.age(before);
    const { table, list } = ring;
    const env = await meter.environment(table, call);
    const length = before.room === 0 ? 1 : place(table, [list, 0], env).length;
    const perMessage = Math.max(1, Math.floor(meter.session.readLimit / Math.max(1, length)));
    const count = Math.max(0, Math.min(before.valid - age, perMessage * plan.messages));
    const wanted = Array.from(
      { length: count },
      (_, i): Wanted<T> => ({ table, path: [list, indexOf(before, age + i)] }),
    );
    const outcomes = await meter.batch(() => wanted, call);
    const values = outcomes.map((outcome) => orThrow(outcome) as T);
    return { before, after: await readHeader(meter, ring, call), values };
  });

/**
 * The entries of a log, newest first, in pages; each page was intact when the header was read after it.
 *
 * @throws LayoutError for an impossible header; LinkError, ResponseError, UsageError
 */
export async function* readRing<T>(meter: Meter, ring: Ring<T>, options: LogOptions = {}): AsyncGenerator<RingPage<T>> {
  const call: CallOptions = { signal: options.signal };
  let header = await meter.steadily(`read ${ring.table.id}`, () => readHeader(meter, ring, call));
  const total = header.valid;
  const newest = header.sequence;
  const bits = ring.ownCounter ? 2 ** 16 : 2 ** 32;
  let taken = 0;
  let dropped = 0;
  /** Entries that came since the first header: all others are older by this many now. */
  let newer = 0;
  options.progress?.({ done: 0, total, dropped });
  for (let messages = 1; taken + dropped < total; messages = 4) {
    const from = header;
    const age = (before: Header): number => {
      const came = arrived(from, before, ring.ownCounter);
      return came === undefined ? Number.POSITIVE_INFINITY : newer + came + taken;
    };
    const { before, after, values } = await readPage(meter, ring, header, { age, messages }, call);
    const first = age(before);
    const came = arrived(before, after, ring.ownCounter);
    const whole = came === undefined ? [] : values.filter((_, i) => first + i + came < before.room);
    const entries = whole.map((value, i) => ({ value, sequence: mod(newest - taken - i, bits) }));
    taken += whole.length;
    // Entries older than an overwritten one are overwritten too.
    if (came === undefined || whole.length === 0 || whole.length < values.length) dropped = total - taken;
    else newer = first + came - (taken - whole.length);
    header = after;
    options.progress?.({ done: taken, total, dropped });
    if (entries.length > 0) yield { entries, newest };
  }
}
