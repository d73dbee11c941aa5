/** The rows of an export, page by page, so that memory stays bounded however long the range is. */
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { RegisterState } from "@meterport/engine/model/register-state";
import type { Store, TimeRange } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { type ExportRequest, liveColumns } from "./export-request.ts";

/** A column; `time` has two in most formats, in UTC and by the clock of the zone. */
export interface ExportColumn {
  readonly name: string;
  readonly type: "time" | "text" | "integer" | "number";
  readonly nullable: boolean;
}

/** Times are milliseconds since 1970. */
export type Row = readonly (string | number | null)[];

export interface ExportTable {
  readonly columns: readonly ExportColumn[];
  readonly pages: AsyncIterable<readonly Row[]>;
}

type Reading = Pick<Store, "readings" | "intervals" | "channels" | "registers" | "events">;

/** Rows that are in memory at once. */
const pageRows = 1_000;

const column = (name: string, type: ExportColumn["type"], nullable = false): ExportColumn => ({ name, type, nullable });

const pointColumn = column("point", "text");

/** Pages from `next(last row of the page before)` until one is not full. */
async function* paged<T>(next: (last: T | undefined) => Promise<readonly T[]>): AsyncIterable<readonly T[]> {
  let last: T | undefined;
  for (;;) {
    const page = await next(last);
    if (page.length > 0) yield page;
    last = page.at(-1);
    if (page.length < pageRows || last === undefined) return;
  }
}

const readingsTable = (store: Reading, request: ExportRequest): ExportTable => {
  const keys = liveColumns(request);
  const pages = async function* (): AsyncIterable<readonly Row[]> {
    for (const point of request.points) {
      const list = paged<Awaited<ReturnType<Store["readings"]>>[number]>((last) =>
        store.readings(point, {
          from: last === undefined ? request.from : Date.parse(last.time) + 1,
          to: request.to,
          limit: pageRows,
        }),
      );
      for await (const page of list)
        yield page.map((reading) => [
          ...[point, Date.parse(reading.time), reading.quality],
          ...keys.map((key) => reading[key]),
        ]);
    }
  };
  const columns = [pointColumn, column("time", "time"), column("quality", "text")];
  return { columns: [...columns, ...keys.map((key) => column(key, "number", true))], pages: pages() };
};

const intervalsTable = (store: Reading, { points, channels = [], from, to }: ExportRequest): ExportTable => {
  const pages = async function* (): AsyncIterable<readonly Row[]> {
    for (const point of points) {
      const stored = await store.channels(point);
      for (const channel of channels.length === 0 ? stored : stored.filter((name) => channels.includes(name))) {
        const list = paged<Awaited<ReturnType<Store["intervals"]>>[number]>((last) =>
          store.intervals(point, { channel, from: last?.end ?? from, to, limit: pageRows }),
        );
        for await (const page of list)
          yield page.map(({ end, seconds, value, source, quality, flags, register, revision }) => [
            ...[point, channel, end, seconds, value, source, quality, flags.join(" "), register, revision],
          ]);
      }
    }
  };
  return {
    columns: [
      pointColumn,
      ...[column("channel", "text"), column("end", "time"), column("seconds", "integer")],
      ...[column("value", "number", true), column("source", "text"), column("quality", "text")],
      ...[column("flags", "text"), column("register", "number", true), column("revision", "integer")],
    ],
    pages: pages(),
  };
};

const nameOf = ({ register, tier }: RegisterState): string => `${register} ${tier}`;

/** Several registers have one time, which a page may cut: the next page begins at that time and leaves out what was given. */
async function* registerPages(
  store: Reading,
  point: string,
  { from, to }: TimeRange,
): AsyncIterable<readonly RegisterState[]> {
  let start: Millis = from;
  let given = new Set<string>();
  for (;;) {
    const limit = pageRows + given.size;
    const page = await store.registers(point, { from: start, to, limit });
    const fresh = page.filter((state) => state.time !== start || !given.has(nameOf(state)));
    if (fresh.length > 0) yield fresh;
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    const atLast = page.filter(({ time }) => time === last.time).map(nameOf);
    given = last.time === start ? new Set([...given, ...atLast]) : new Set(atLast);
    start = last.time;
  }
}

const registersTable = (store: Reading, request: ExportRequest): ExportTable => {
  const { points, channels = [] } = request;
  const isWanted = ({ register }: RegisterState): boolean => channels.length === 0 || channels.includes(register);
  const pages = async function* (): AsyncIterable<readonly Row[]> {
    for (const point of points)
      for await (const page of registerPages(store, point, request))
        yield page
          .filter(isWanted)
          .map(({ time, register, tier, value, reason, serial }) => [
            ...[point, time, register, tier, value, reason, serial],
          ]);
  };
  return {
    columns: [
      ...[pointColumn, column("time", "time"), column("register", "text"), column("tier", "integer")],
      ...[column("value", "number"), column("reason", "text"), column("serial", "text", true)],
    ],
    pages: pages(),
  };
};

const eventsTable = (store: Reading, { points, channels = [], from, to }: ExportRequest): ExportTable => {
  const pages = async function* (): AsyncIterable<readonly Row[]> {
    for (const point of points) {
      const list = paged<PointEvent>((last) =>
        store.events(point, {
          ...{ from, to, limit: pageRows, kinds: channels.length === 0 ? undefined : channels },
          before: last,
        }),
      );
      for await (const page of list)
        yield page.map(({ time, until, kind, number, origin, id, detail }) => [
          ...[point, time, until, kind, number, origin, id, detail],
        ]);
    }
  };
  return {
    columns: [
      ...[pointColumn, column("time", "time"), column("until", "time", true), column("kind", "text")],
      ...[column("number", "number", true), column("origin", "text"), column("id", "text"), column("detail", "text")],
    ],
    pages: pages(),
  };
};

const tables = {
  readings: readingsTable,
  intervals: intervalsTable,
  registers: registersTable,
  events: eventsTable,
} as const satisfies Record<ExportRequest["kind"], unknown>;

/** Oldest first, except events, which come newest first, as the store gives them. */
export const exportTable = (store: Reading, request: ExportRequest): ExportTable =>
  tables[request.kind](store, request);
