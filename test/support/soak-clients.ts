/** Clients of the API that come and go in virtual time: some ask, some listen, some never read what they asked for. */
import assert from "node:assert/strict";
import type { JournalEntry, JournalPage } from "@meterport/engine/model/journal-entry";
import type { PointReading, Store } from "@meterport/engine/ports/store";
import type { Gateway } from "@meterport/gateway/operation/gateway";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Random } from "@meterport/simulator";

type Live = PointReading["reading"] & { readonly id: string };

/** How many of each status were answered, and what the API said wrongly. */
export interface Heard {
  readonly statuses: Map<number, number>;
  readonly faults: string[];
  values: number;
  changes: number;
  streams: number;
}

export interface ClientOptions {
  readonly gateway: Gateway;
  readonly clock: Clock;
  /** The machine's time, which is that of the answers. */
  readonly wall: () => Millis;
  readonly random: Random;
  readonly points: readonly string[];
  /** What is wrong with live values; undefined if nothing is. */
  readonly faultOf: (live: Live) => string | undefined;
}

const origin = "http://127.0.0.1:8765";

/** What is asked for; `P` is a point, `T` some hours ago. */
const paths = [
  ...["/health", "/ready", "/metrics", "/api/v1/meters", "/api/v1/points", "/api/v1/points/P", "/api/v1/points/P/link"],
  ...["/api/v1/points/P/live", "/api/v1/points/P/live", "/api/v1/points/P/live", "/api/v1/points/P/devices"],
  ...["/api/v1/points/P/history?from=T&step=60s", "/api/v1/points/P/intervals?channel=energy_import_wh&from=T"],
  ...[
    "/api/v1/points/P/completeness",
    "/api/v1/points/P/events",
    "/api/v1/points/P/outages",
    "/api/v1/points/P/quality",
  ],
  ...["/api/v1/points/P/tables/BT52", "/api/v1/journal?after=0&limit=50", "/api/v1/points/P/registers?from=T"],
  "/api/v1/meters/P/log?count=3",
] as const;

export class SoakClients {
  readonly heard: Heard = { statuses: new Map(), faults: [], values: 0, changes: 0, streams: 0 };
  readonly #options: ClientOptions;
  readonly #pending = new Set<Promise<void>>();
  /** Ends the streams that are open. */
  readonly #leave = new Set<() => void>();
  readonly #unschedule = new Set<() => void>();
  #stopped = false;
  /** Number of the last change that the lasting listener has. */
  #last = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  start(): void {
    this.#every(2_000, 60_000, () => this.#ask());
    this.#every(20_000, 400_000, () => this.#watch());
    this.#every(100_000, 1_500_000, () => this.#stall());
    this.#listen();
  }

  /** They all go; resolves when the last answer has come. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#unschedule) cancel();
    for (const leave of this.#leave) leave();
    await Promise.all(this.#pending);
  }

  /** How much is under way. */
  get pending(): number {
    return this.#pending.size;
  }

  #between(low: Millis, high: Millis): Millis {
    return low + this.#options.random() * (high - low);
  }

  #after(wait: Millis, work: () => void): void {
    if (this.#stopped) return;
    const { clock } = this.#options;
    const cancel = clock.at(clock.now() + wait, () => {
      this.#unschedule.delete(cancel);
      work();
    });
    this.#unschedule.add(cancel);
  }

  #every(low: Millis, high: Millis, work: () => Promise<void>): void {
    this.#after(this.#between(low, high), () => {
      this.#track(work());
      this.#every(low, high, work);
    });
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error: unknown) => void this.heard.faults.push(`a client failed: ${String(error)}`))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }

  async #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.#options.gateway.app.fetch(new Request(origin + path, init));
    const { statuses, faults } = this.heard;
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    if (![200, 304, 404, 502, 503, 504].includes(response.status))
      faults.push(`${path}: ${response.status} ${await response.clone().text()}`);
    return response;
  }

  async #ask(): Promise<void> {
    const { random, points, wall } = this.#options;
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const from = new Date(wall() - 3_600_000 * (1 + Math.floor(random() * 3))).toISOString();
    const path = pick(paths).replace("P", pick(points)).replace("T", from);
    const response = await this.#fetch(path);
    const text = await response.text();
    if (response.status === 200 && path.endsWith("/live")) this.#check(JSON.parse(text) as Live);
  }

  #check(live: Live): void {
    this.heard.values++;
    const fault = this.#options.faultOf(live);
    if (fault !== undefined) this.heard.faults.push(`live values of ${live.id}: ${fault}`);
  }

  /** Somebody with the page open for some minutes. */
  async #watch(): Promise<void> {
    const path = this.#options.random() < 0.3 ? "/api/v1/meters/home/events" : "/api/v1/stream?events=live,link";
    await this.#stream(path, {}, this.#between(5_000, 600_000), ({ event, data }) => {
      if (event === "live") this.#check(JSON.parse(data) as Live);
    });
  }

  /** A listener that comes back with the number of the last change it has, and misses none. */
  #listen(): void {
    const headers = { "last-event-id": String(this.#last) };
    const listening = this.#stream(
      "/api/v1/stream?events=change",
      { headers },
      this.#between(10_000, 1_200_000),
      (sent) => {
        if (sent.event === "passed") this.heard.faults.push(`changes after ${this.#last} are gone`);
        if (sent.event !== "change") return;
        const { number } = JSON.parse(sent.data) as { readonly number: number };
        if (String(number) !== sent.id || number !== this.#last + 1)
          this.heard.faults.push(`change ${number} (id ${sent.id}) after ${this.#last}`);
        this.#last = number;
        this.heard.changes++;
      },
    );
    this.#track(listening.then(() => this.#after(this.#between(1_000, 300_000), () => this.#listen())));
  }

  /** Number of the last change that it heard. */
  get lastChange(): number {
    return this.#last;
  }

  /** Opens a stream and never reads it. */
  async #stall(): Promise<void> {
    const response = await this.#fetch("/api/v1/stream");
    const leave = (): void => {
      this.#leave.delete(leave);
      void response.body?.cancel().catch(() => {});
    };
    this.#leave.add(leave);
    this.#after(this.#between(10_000, 200_000), leave);
  }

  async #stream(
    path: string,
    init: RequestInit,
    time: Millis,
    take: (sent: { readonly event: string; readonly id: string | undefined; readonly data: string }) => void,
  ): Promise<void> {
    this.heard.streams++;
    const response = await this.#fetch(path, init);
    if (response.status !== 200) return void (await response.text());
    assert.ok(response.body);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const leave = (): void => {
      this.#leave.delete(leave);
      void reader.cancel().catch(() => {});
    };
    this.#leave.add(leave);
    this.#after(time, leave);
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
        take({ event: field("event") ?? "", id: field("id"), data: field("data") ?? "" });
      }
    }
    this.#leave.delete(leave);
  }
}

/**
 * A reader of the journal as an output is one: it takes a page, delivers it, and acknowledges it, unless it ends in between; then it
 * begins again at its cursor.
 */
export class JournalReader {
  readonly name = "output";
  readonly faults: string[] = [];
  /** Numbers of the entries that it has had. */
  readonly delivered = new Set<number>();
  readonly #store: Store;
  readonly #random: Random;
  readonly #onEntry: (entry: JournalEntry) => void;

  constructor(store: Store, random: Random, onEntry: (entry: JournalEntry) => void) {
    this.#store = store;
    this.#random = random;
    this.#onEntry = onEntry;
  }

  /** Takes what is new; a store that fails is asked again at the next turn. */
  async turn(): Promise<void> {
    for (let more = true; more; ) {
      const cursor = await this.#store.cursor(this.name).catch(() => null);
      if (cursor === null) return;
      const page = await this.#store.journal({ after: cursor ?? 0, limit: 2_000 }).catch(() => undefined);
      if (page === undefined) return;
      this.#deliver(page, cursor ?? 0);
      const ends = this.#random() < 0.1;
      if (ends || page.next === (cursor ?? 0)) return;
      const acknowledged = await this.#store.setCursor(this.name, page.next).then(
        () => true,
        () => false,
      );
      more = acknowledged && page.more;
    }
  }

  #deliver({ entries, passed }: JournalPage, cursor: number): void {
    if (passed) this.faults.push(`entries after ${cursor} are gone`);
    let before = cursor;
    for (const entry of entries) {
      if (entry.number !== before + 1) this.faults.push(`entry ${entry.number} after ${before}`);
      before = entry.number;
      if (!this.delivered.has(entry.number)) this.#onEntry(entry);
      this.delivered.add(entry.number);
    }
  }
}
