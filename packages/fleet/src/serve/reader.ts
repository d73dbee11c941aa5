/** The role `read`: holds its part of the shards, has their meters read by the gateway, and does what the fleet asks of them. */

import { eventLogMemo } from "@meterport/engine/backfill/event-log-job";
import type { Readiness } from "@meterport/gateway/http/companion-api";
import type { LevelLog } from "@meterport/gateway/log";
import type { CompanionGateway } from "@meterport/gateway/operation/companion";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { Books } from "../books/book.ts";
import type { Database } from "../books/database.ts";
import type { Fleet } from "../books/migrate.ts";
import type { VisitBook } from "../jobs/visit-book.ts";
import { ShardEngine } from "../shards/engine.ts";
import { Holder } from "../shards/holder.ts";
import { type HolderEvent, sayApart, sayEvent } from "../shards/holder-event.ts";
import { type News, tellText } from "../shards/news.ts";
import { NewsEar, postgresEar } from "../shards/news-ear.ts";
import type { Stint } from "../shards/stint.ts";
import { tellLinkStates, tellMarks, tellMemories, tellShards } from "../shards/told.ts";
import { DatabaseSight } from "./database-sight.ts";
import { GapFilling } from "./gap-filling.ts";
import { KnownInBooks } from "./known-in-books.ts";
import { LinkTelling } from "./link-telling.ts";
import { MarkTelling } from "./mark-telling.ts";
import { MemoryTelling } from "./memory-telling.ts";
import type { MeterKeys } from "./parts.ts";
import { Rounds } from "./rounds.ts";
import { ShardMeters } from "./shard-meters.ts";
import type { Rhythm } from "./site-meters.ts";
import { Visiting } from "./visiting.ts";

export interface ReaderOptions {
  readonly database: Database;
  readonly fleet: Fleet;
  readonly keys: MeterKeys;
  readonly visits: VisitBook;
  readonly gateway: CompanionGateway;
  readonly rhythm: Rhythm;
  /** Unique among the processes of the fleet, also between two lives of one. */
  readonly holder: string;
  readonly address: string;
  readonly version: string;
  /** Shown by processes that pass requests on to this one. */
  readonly pass: string;
  readonly clock: Clock;
  readonly log: LevelLog;
  /** How long the outbox keeps what is not booked. */
  readonly outboxAtMost: Millis;
}

const visitPeriod: Millis = 5_000;
const sitePeriod: Millis = 30_000;
const gapPeriod: Millis = 60_000;
/** Processes that are started together are all there by then. */
const takesAfter: Millis = 2_000;
/** A change of the shards is told when those that come with it are there too. */
const tellRest: Millis = 250;

interface ClockStep {
  readonly clock: string;
  readonly by: Millis;
}

const levelOf = ({ type }: HolderEvent): "info" | "warn" =>
  type === "taken" || type === "given-back" ? "info" : "warn";

export class Reader {
  readonly #options: ReaderOptions;
  readonly #meters: ShardMeters;
  readonly #visiting: Visiting;
  readonly #rounds: Rounds;
  readonly #stints = new Map<number, Stint>();
  #engine: ShardEngine | undefined;
  #holder: Holder | undefined;
  readonly #sight: DatabaseSight;
  #steps = 0;
  #lastStep: ClockStep | undefined;
  #outbox:
    | { readonly behind: number | null; readonly delivered: Millis | null; readonly problem: string | null }
    | undefined;
  #openGap: string | null = null;
  #ear: NewsEar | undefined;
  #untell: (() => void) | undefined;

  private constructor(options: ReaderOptions) {
    const { database, keys, gateway, rhythm, clock, log, visits } = options;
    const { run } = database;
    this.#options = options;
    this.#sight = new DatabaseSight(clock);
    const known = new KnownInBooks(run, clock).ask;
    const stintOf = (shard: number): Stint | undefined => this.#stints.get(shard);
    this.#meters = new ShardMeters({ run, keys, gateway, rhythm, known, stintOf, clock, log });
    const shards = (): readonly number[] => [...this.#stints.keys()];
    this.#visiting = new Visiting({ run, book: visits, gateway, shards, clock, log });
    this.#rounds = new Rounds(clock, (sentence) => log.warn(`fleet: ${sentence}`));
  }

  /** Joins the fleet. @throws PostgresError if the database is away at the start; later it may be */
  static async start(options: ReaderOptions): Promise<Reader> {
    const reader = new Reader(options);
    try {
      await reader.#start();
      return reader;
    } catch (error) {
      await reader.stop().catch(() => {});
      throw error;
    }
  }

  /** The attempt under which a point is read now; 0 if it is not. */
  readonly attemptOf = (point: string): number => {
    const shard = this.#meters.shardOf(point);
    return (shard === undefined ? undefined : this.#stints.get(shard)?.attempt) ?? 0;
  };

  async #start(): Promise<void> {
    const { database, fleet, holder, address, version, pass, keys, clock, log } = this.#options;
    const onProblem = (sentence: string): void => this.#event({ type: "problem", text: sentence });
    this.#engine = await ShardEngine.start({ place: database.place, clock, onProblem, name: holder });
    this.#holder = await Holder.start({
      ...{
        engine: this.#engine,
        holder,
        address,
        version,
        pass,
        key: keys.given,
        shards: fleet.shards,
        clock,
        takesAfter,
      },
      tend: (stint) => this.#tend(stint),
      onEvent: (event) => this.#event(event),
    });
    log.info(`fleet: this process is the holder ${holder} of the fleet "${fleet.name}" (${fleet.id})`);
    const { gateway, visits } = this.#options;
    const { run } = database;
    const points = (): readonly string[] => this.#meters.points();
    const links = new LinkTelling({ gateway, points, tell: (some) => tellLinkStates(run, holder, some) });
    const memories = new MemoryTelling({ gateway, points, clock, tell: (some) => tellMemories(run, some) });
    const marks = new MarkTelling({ gateway, points, tell: (some) => tellMarks(run, eventLogMemo, some) });
    const books = new Books(database);
    const gaps = new GapFilling({
      run,
      books,
      book: visits,
      gateway,
      points,
      attemptOf: this.attemptOf,
      holder,
      clock,
    });
    this.#rounds.every(visitPeriod, "visits", async () => {
      await this.#visiting.look();
      this.#sight.seen();
    });
    this.#rounds.every(visitPeriod, "links", () => links.look());
    this.#rounds.every(visitPeriod, "outbox", () => this.#lookAtOutbox());
    this.#rounds.every(sitePeriod, "memories", () => memories.look());
    this.#rounds.every(visitPeriod, "marks", () => marks.look());
    this.#rounds.every(sitePeriod, "shards", () => this.#tellShards());
    this.#rounds.every(sitePeriod, "sites", () => this.#meters.look());
    this.#rounds.every(gapPeriod, "gaps", async () => {
      await gaps.look();
      await this.#lookAtGaps();
    });
    this.#ear = new NewsEar({
      open: postgresEar(database.place),
      send: (text) => tellText(run, text),
      onNews: (news) => this.#hear(news),
      ...{ name: holder, clock },
    });
  }

  /** Looks at once for what it would find by itself with its next round. */
  #hear({ kind, shards }: News): void {
    if (shards === undefined || shards.some((shard) => this.#stints.has(shard))) this.#rounds.soon(kind);
  }

  /** Hands over all shards; their meters are released meanwhile. */
  async stop(): Promise<void> {
    this.#untell?.();
    // A database that hangs must not hold up the shards.
    const deaf = this.#ear?.stop();
    await this.#visiting.stop();
    await this.#holder?.stop();
    await this.#rounds.stop();
    await deaf;
    await this.#engine?.stop().catch(() => {});
  }

  async #tend({ shard, ...stint }: Stint): Promise<void> {
    const { signal } = stint;
    const over = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    this.#stints.set(shard, { shard, ...stint });
    try {
      await this.#meters.take(shard);
      await over;
    } finally {
      this.#stints.delete(shard);
      await this.#meters.drop(shard);
    }
  }

  #event(event: HolderEvent): void {
    const { log } = this.#options;
    log[levelOf(event)](`fleet: ${sayEvent(event)}`);
    if (event.type === "problem") this.#sight.failed(event.text);
    if (event.type === "clock-step") {
      this.#steps++;
      this.#lastStep = event;
      void this.#keepStep(event);
    }
    if (event.type === "taken" || event.type === "given-back" || event.type === "lost") this.#tellSoon();
  }

  /** A step of a clock may explain what is odd about the values of that time, so it is an event of each point. */
  async #keepStep({ clock, by }: ClockStep): Promise<void> {
    const { gateway, clock: own, log } = this.#options;
    const time = own.wall();
    const detail = JSON.stringify({ clock, by_ms: by });
    const events = this.#meters.points().map((point) => ({
      ...{ point, id: `clock-step:${clock}:${time}`, time, until: null, kind: "clock-step", number: null },
      ...{ origin: "gateway" as const, detail },
    }));
    await gateway.store
      .write({ events })
      .catch((error: unknown) => log.warn(`fleet: the step of a clock is not kept: ${String(error)}`));
  }

  #tellSoon(): void {
    const { clock } = this.#options;
    this.#untell ??= clock.at(clock.now() + tellRest, () => {
      this.#untell = undefined;
      // It is told again with the next round.
      this.#tellShards().catch(() => {});
    });
  }

  async #tellShards(): Promise<void> {
    const { database, holder } = this.#options;
    await tellShards(database.run, holder, [...this.#stints.values()]);
  }

  async #lookAtOutbox(): Promise<void> {
    const books = (await this.#options.gateway.outputs()).find(({ name }) => name === "books");
    this.#outbox =
      books === undefined
        ? undefined
        : { behind: books.journal?.behind ?? null, delivered: books.lastDelivered, problem: books.problem };
  }

  async #lookAtGaps(): Promise<void> {
    const { database } = this.#options;
    const { rows } = await database.run(
      "SELECT min(day)::text AS day FROM gap JOIN channel USING (channel_id) JOIN metering_point p USING (point_id) JOIN site s USING (site_id) WHERE position(B'1' IN slots) > 0 AND s.shard = ANY ($1::smallint[])",
      [[...this.#stints.keys()]],
    );
    const day = rows[0]?.day;
    this.#openGap = typeof day === "string" ? day : null;
  }

  readonly ready = (): readonly Readiness[] => {
    const { clock, outboxAtMost } = this.#options;
    const { held, unreadable, pausedSites } = this.#meters.counts();
    const { visits, unbooked } = this.#visiting.counts;
    const delivered = this.#outbox?.delivered ?? null;
    const apart = this.#holder?.clocksApart ?? 0;
    return [
      this.#sight.ready({ news: this.#ear?.hears === true ? "at once" : "by rounds" }),
      {
        ...{ name: "shards", ready: this.#holder !== undefined, problem: null },
        figures: {
          ...{ held: this.#stints.size, most: this.#holder?.most ?? null, holders: this.#holder?.live.length ?? null },
          holder: this.#options.holder,
        },
      },
      {
        ...{ name: "meters", ready: true },
        problem: unreadable === 0 ? null : `${unreadable} meters are not read: their events say why`,
        figures: { held, unreadable, paused_sites: pausedSites, visits, unbooked_visits: unbooked },
      },
      {
        ...{ name: "outbox", ready: true, problem: this.#outbox?.problem ?? null },
        figures: {
          behind: this.#outbox?.behind ?? null,
          delivered_s: delivered === null ? null : Math.round((clock.wall() - delivered) / 1_000),
          at_most_s: outboxAtMost / 1_000,
        },
      },
      { name: "gaps", ready: true, problem: null, figures: { oldest: this.#openGap } },
      {
        ...{ name: "clocks", ready: apart === 0, problem: apart === 0 ? null : sayApart(apart) },
        figures: { steps: this.#steps, last_ms: this.#lastStep?.by ?? null, last_clock: this.#lastStep?.clock ?? null },
      },
    ];
  };
}
