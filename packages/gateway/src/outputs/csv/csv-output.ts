/** The output `csv`: a folder with a file for each day of each point, always as the store has that day. */

import { dayBounds, localDate, startOfDay } from "@meterport/engine/calendar/local-calendar";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { Batch, Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis, Signal } from "@meterport/protocol/ports";
import { exportStream } from "../../exports/export-stream.ts";
import type { CsvSettings } from "./csv-settings.ts";
import { type DayFiles, filesIn } from "./day-files.ts";

const kinds = ["intervals", "registers", "events"] as const;
type Kind = (typeof kinds)[number];

/** A day of a point in one of its files. */
interface Day {
  readonly point: string;
  readonly kind: Kind;
  readonly zone: string;
  /** Its first moment. */
  readonly start: Millis;
}

/** @param files stands in for the disk */
export const openCsv =
  (settings: CsvSettings, files: DayFiles = filesIn(settings.folder)): Output["open"] =>
  async (context, signal) => {
    await files.check();
    return new Session(settings.folder, files, context, signal).running();
  };

/** A name that is no way to another folder, whatever an id holds. */
const fileName = (id: string): string => id.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 100);

class Session {
  readonly #folder: string;
  readonly #files: DayFiles;
  readonly #context: OutputContext;
  readonly #signal: Signal;
  #broke: (error: unknown) => void = () => {};

  constructor(folder: string, files: DayFiles, context: OutputContext, signal: Signal) {
    this.#folder = folder;
    this.#files = files;
    this.#context = context;
    this.#signal = signal;
  }

  running(): RunningOutput {
    const ended = new Promise<void>((_, reject) => {
      this.#broke = reject;
    });
    ended.catch(() => {});
    this.#watch();
    return {
      ended,
      deliver: (batch, acknowledge) => this.#deliver(batch, acknowledge),
      test: async () => {
        const name = ["meterport-test.csv"];
        await this.#files.write(name, piecesOf("test\n"));
        await this.#files.remove(name);
        return `a file could be written to ${this.#folder}`;
      },
      close: async () => {},
    };
  }

  /** A folder that vanishes is noticed before there is something to write. */
  #watch(): void {
    const { clock } = this.#context;
    const cancel = clock.at(clock.now() + watchEvery, () => {
      if (this.#signal.aborted) return;
      this.#files.check().then(
        () => this.#watch(),
        (error: unknown) => this.#broke(error),
      );
    });
    this.#signal.addEventListener("abort", cancel, { once: true });
  }

  async #deliver({ entries, lost }: Batch, acknowledge: (number: number) => void): Promise<void> {
    // What was deleted from the journal is still in the store.
    if (lost !== null) await this.#writeAll();
    // A file is written once for all neighbours that it holds, so that a month of back-fill does not write each day a hundred times.
    let days = new Map<string, Day>();
    for (const [at, entry] of entries.entries()) {
      const day = this.#dayOf(entry);
      if (day !== undefined) days.set(`${day.kind} ${day.start} ${day.point}`, day);
      if (days.size < mostFiles && at < entries.length - 1) continue;
      for (const each of days.values()) await this.#write(each);
      days = new Map();
      acknowledge(entry.number);
    }
  }

  #dayOf(entry: JournalEntry): Day | undefined {
    const { point } = entry;
    const zone = this.#zoneOf(point);
    if (zone === undefined) return undefined;
    const day = (kind: Kind, time: Millis): Day => ({ point, kind, zone, start: startOfDay(zone, time) });
    // The last interval of a day ends where the next day begins.
    if (entry.kind === "interval") return day("intervals", entry.interval.end - 1);
    if (entry.kind === "register") return day("registers", entry.register.time);
    return entry.kind === "event" ? day("events", entry.event.time) : undefined;
  }

  #zoneOf(id: string): string | undefined {
    const { points, children } = this.#context;
    const owner = children().find((child) => child.id === id)?.parent ?? id;
    return points().find((point) => point.id === owner)?.zone;
  }

  async #write({ point, kind, zone, start }: Day): Promise<void> {
    if (this.#signal.aborted) throw new Error("it was stopped");
    const [from = start, to = start] = dayBounds(zone, start, start + 1);
    const request = { kind, format: "csv", points: [point], zone, from, to } as const;
    const name = `${localDate(zone, start)}.${kind}.csv`;
    await this.#files.write([fileName(point), name], exportStream(this.#context.history, request));
  }

  /** Every day since the first interval that is stored. */
  async #writeAll(): Promise<void> {
    const { history, clock, points, log } = this.#context;
    const to = clock.wall();
    let count = 0;
    for (const { id, zone } of points()) {
      const [found] = await history.intervalCoverage([id], "energy_import_wh", { from: 0, to });
      const first = found === undefined ? to : found.first.end - 1;
      for (let start = startOfDay(zone, first); start < to && !this.#signal.aborted; count++) {
        for (const kind of kinds) await this.#write({ point: id, kind, zone, start });
        start = dayBounds(zone, start, start + 1)[1] ?? to;
      }
    }
    log.info(`wrote all ${count} days again, because the journal no longer says which have changed`);
  }
}

/** Files that are written before what they hold is acknowledged. */
const mostFiles = 50;
const watchEvery: Millis = 5_000;

async function* piecesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
