/** The output `influxdb`: readings and changes as lines in InfluxDB 1, 2 or 3, or in what takes its lines. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { Batch, Output, OutputContext, PointView, RunningOutput } from "@meterport/engine/ports/output";
import type { Signal } from "@meterport/protocol/ports";
import {
  type AskHttp,
  askHttp,
  askPatiently,
  type HttpAnswer,
  quoteOf,
  shownUrl,
} from "../../requests/http-request.ts";
import { LiveBatch } from "../live-batch.ts";
import type { InfluxdbSettings } from "./influxdb-settings.ts";
import { changeLine, lineText, liveLine, statusLine } from "./lines.ts";
import { deletion, isVersion2, writeTarget } from "./targets.ts";

const usualBatch = 10_000;
/** Lines at once: InfluxDB advises 5,000. */
const mostLines = 5_000;
/** Bytes from which a body is compressed. */
const worthZipping = 1_024;

const zip = promisify(gzip);

/** @param ask stands in for the network */
export const openInfluxdb =
  (settings: InfluxdbSettings, ask?: AskHttp): Output["open"] =>
  async (context, signal) => {
    const session = new Session(settings, context, signal, askPatiently(ask ?? askHttp));
    await session.hello();
    return session.running();
  };

class Session {
  readonly #settings: InfluxdbSettings;
  readonly #context: OutputContext;
  readonly #signal: Signal;
  readonly #ask: AskHttp;
  readonly #prefix: string;
  readonly #live: LiveBatch<string>;
  readonly #up = new Map<string, boolean>();
  #broke: (error: unknown) => void = () => {};
  #told: string | undefined;

  constructor(settings: InfluxdbSettings, context: OutputContext, signal: Signal, ask: AskHttp) {
    const { prefix = "meterport", batch = usualBatch } = settings;
    this.#settings = settings;
    this.#context = context;
    this.#signal = signal;
    this.#ask = ask;
    this.#prefix = prefix;
    const { clock, sent, skipped } = context;
    this.#live = new LiveBatch({
      ...{ clock, every: batch, most: mostLines, sent, skipped },
      send: (lines) => this.#write(lines),
      failed: (error) => this.#broke(error),
    });
  }

  /** A line of the gateway itself shows whether the database is there and may be written. */
  async hello(): Promise<void> {
    const { version, points, clock } = this.#context;
    const fields = { version, points: points().length };
    const line = lineText({ measurement: `${this.#prefix}_gateway`, tags: {}, fields, time: clock.wall() });
    await this.#write(line === undefined ? [] : [line]);
  }

  running(): RunningOutput {
    const { points, onSnapshot } = this.#context;
    const broken = new Promise<void>((_, reject) => {
      this.#broke = reject;
    });
    broken.catch(() => {});
    if (this.#settings.live_values ?? true) {
      onSnapshot((point, live) => this.#note(point, live));
      for (const point of points()) this.#note(point, point.live());
    }
    return {
      ended: broken,
      deliver: (batch) => this.#deliver(batch),
      test: async () => {
        await this.hello();
        return `${shownUrl(this.#settings.url)} took a line of the measurement ${this.#prefix}_gateway`;
      },
      close: async () => this.#live.stop(),
    };
  }

  #note(point: PointView, live: LiveAnswer): void {
    const up = live.quality !== "stale";
    const reading = liveLine(this.#prefix, point, live);
    const lines = [reading];
    if (this.#up.get(point.id) !== up) {
      this.#up.set(point.id, up);
      lines.push(statusLine(this.#prefix, point.id, up, this.#context.clock.wall()));
    }
    for (const line of lines) {
      const text = line === undefined ? undefined : lineText(line);
      if (text !== undefined) this.#live.add(text);
    }
  }

  async #deliver({ entries }: Batch): Promise<void> {
    for (const entry of entries) if (isWithdrawn(entry)) await this.#withdraw(entry);
    const lines = newestOf(entries).flatMap((entry) => lineText(changeLine(this.#prefix, entry)) ?? []);
    await this.#write(lines);
  }

  /** A field cannot be written as unknown, so the value that no longer holds is deleted. */
  async #withdraw(entry: JournalEntry & { readonly kind: "interval" }): Promise<void> {
    const { channel, end } = entry.interval;
    const measurement = `${this.#prefix}_interval`;
    const question = deletion(this.#settings, { measurement, tags: { point: entry.point, channel }, time: end });
    const { status, text } = await this.#ask(question, this.#limits());
    if (status >= 500) throw new Error(`${this.#shown()} failed (${status}): ${quoteOf(text)}`);
    // Not everything that takes lines deletes, and not every token may.
    if (status >= 300)
      this.#tell(`a value that no longer holds cannot be deleted (${status}: ${quoteOf(text)}); its quality tells`);
  }

  async #write(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const { url, headers } = writeTarget(this.#settings);
    const text = `${lines.join("\n")}\n`;
    const zipped = text.length > worthZipping;
    const body = zipped ? await zip(text) : text;
    const more: Readonly<Record<string, string>> = zipped ? { "content-encoding": "gzip" } : {};
    const question = { url, headers: { "content-type": "text/plain; charset=utf-8", ...headers, ...more }, body };
    const answer = await this.#ask(question, this.#limits());
    if (answer.status < 300) return;
    if (answer.status === 413 && lines.length > 1) {
      const half = Math.ceil(lines.length / 2);
      await this.#write(lines.slice(0, half));
      await this.#write(lines.slice(half));
      return;
    }
    this.#refused(answer);
  }

  /** Lines that will never be taken are left out, so that they do not stop all others. */
  #refused({ status, text }: HttpAnswer): void {
    const why = quoteOf(text);
    if (status === 400 || status === 422) {
      this.#tell(`${this.#shown()} refused some lines, which are left out: ${why}`);
      return;
    }
    const what = isVersion2(this.#settings) ? "token, org and bucket" : "user, password and database";
    if (status === 401 || status === 403)
      throw new Error(`${this.#shown()} refuses the login (${status}): check ${what}`);
    if (status === 404)
      throw new Error(`${this.#shown()} does not know the place: create it, or check ${what}: ${why}`);
    throw new Error(`${this.#shown()} does not take lines (${status}): ${why}`);
  }

  #tell(text: string): void {
    if (text === this.#told) return;
    this.#told = text;
    this.#context.log.warn(text);
  }

  #shown(): string {
    return shownUrl(this.#settings.url);
  }

  #limits() {
    return { clock: this.#context.clock, signal: this.#signal };
  }
}

/** Without the values of intervals that were replaced in the same batch: the fields of a line that is gone would come back. */
const newestOf = (entries: readonly JournalEntry[]): readonly JournalEntry[] => {
  const last = new Map<string, number>();
  for (const { number, point, ...change } of entries)
    if (change.kind === "interval") last.set(`${point} ${change.interval.channel} ${change.interval.end}`, number);
  return entries.filter(
    ({ number, point, ...change }) =>
      change.kind !== "interval" || last.get(`${point} ${change.interval.channel} ${change.interval.end}`) === number,
  );
};

/** Whether an interval had a value before and has none now: a longer one has its energy. */
const isWithdrawn = (entry: JournalEntry): entry is JournalEntry & { readonly kind: "interval" } =>
  entry.kind === "interval" && entry.interval.value === null && entry.interval.revision > 1;
