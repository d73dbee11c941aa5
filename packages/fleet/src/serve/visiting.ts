/**
 * Carries out what campaigns want of the meters that are held here: asks what is due, reads it meter by meter, and tells what became of it once
 * it is booked.
 */

import { readAll, together } from "@meterport/engine/backfill/visit-reads";
import type { LevelLog } from "@meterport/gateway/log";
import type { CompanionGateway } from "@meterport/gateway/operation/companion";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import { SiteTurns } from "../campaigns/site-turns.ts";
import { type Visit, visitsOf } from "../campaigns/visits.ts";
import type { DueMeter, Settled, VisitBook } from "../jobs/visit-book.ts";
import { bookedTo } from "./booked-to.ts";

export interface VisitingOptions {
  readonly run: Run;
  readonly book: Pick<VisitBook, "dueTargets" | "settle">;
  readonly gateway: Pick<CompanionGateway, "point" | "store" | "outputs">;
  readonly shards: () => readonly number[];
  readonly clock: Clock;
  readonly log: LevelLog;
}

/** So much the clock of who wanted a visit may be ahead of ours: what is due now there is not left for the next look. */
const clocksDiffer: Millis = 1_000;
/** Lines that visits may use at once in one process, beside those of live values. */
const lines = 64;
/** Targets that are asked for at once. */
const mostTargets = 500;
/** Visits that were carried out and wait to be booked, at most. */
const mostUnsettled = 5_000;
/** What is not booked by then is tried again later. */
const bookedWithin: Millis = 300_000;

/** An attempt that counts as soon as the journal is booked up to a number. */
interface Unsettled {
  readonly done: Settled;
  readonly journal: number;
  readonly until: Millis;
}

interface Wanted {
  readonly visit: Visit;
  readonly targets: readonly DueMeter[];
}

export class Visiting {
  readonly #options: VisitingOptions;
  readonly #turns = new SiteTurns<Wanted>({ lines });
  /** Meters that wait for their turn or are visited, or whose visit is not told yet. */
  readonly #meters = new Set<number>();
  readonly #working = new Set<Promise<void>>();
  #unsettled: Unsettled[] = [];
  #isStopped = false;

  constructor(options: VisitingOptions) {
    this.#options = options;
  }

  get counts(): { readonly visits: number; readonly unbooked: number } {
    const { busy, waiting } = this.#turns.counts;
    return { visits: busy + waiting, unbooked: this.#unsettled.length };
  }

  /** Tells what is booked, and begins what is due. @throws PostgresError */
  async look(): Promise<void> {
    await this.#settle();
    const { run, book, shards, clock } = this.#options;
    const held = shards();
    if (held.length === 0 || this.#isStopped || this.#unsettled.length >= mostUnsettled) return;
    const due = await book.dueTargets(run, held, clock.wall() + clocksDiffer, mostTargets);
    const fresh = due.filter(({ meter }) => !this.#meters.has(meter));
    for (const visit of visitsOf(fresh)) {
      const targets = fresh.filter(({ meter }) => meter === visit.meter);
      if (this.#turns.add({ ...visit, visit: { visit, targets } })) this.#meters.add(visit.meter);
    }
    this.#begin();
  }

  /** Begins nothing more, and waits for what is in progress: the links are about to close. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.allSettled([...this.#working]);
    await this.#settle().catch(() => {});
  }

  #begin(): void {
    if (this.#isStopped) return;
    for (let wish = this.#turns.next(); wish !== undefined; wish = this.#turns.next()) {
      const { site, visit } = wish;
      const working = this.#visit(visit).catch((error: unknown) => this.#mistaken(visit, error));
      this.#working.add(working);
      void working.then(() => {
        this.#working.delete(working);
        this.#turns.done(site);
        this.#begin();
      });
    }
  }

  /** Told as a failure, so that the next try waits: our own mistake would come again at once. */
  #mistaken({ targets }: Wanted, error: unknown): void {
    const { log, clock } = this.#options;
    log.error(`unexpected: ${error instanceof Error ? error.message : String(error)}`);
    const attempt = { event: "failed", reason: "it ended unexpectedly: see the log of the process" } as const;
    for (const { campaign, meter, attempts } of targets)
      this.#unsettled.push({
        done: { campaign, meter, attempt, attempts },
        journal: 0,
        until: clock.now() + bookedWithin,
      });
  }

  async #visit({ visit, targets: all }: Wanted): Promise<void> {
    const { gateway, clock } = this.#options;
    // Its line may have been busy until the windows closed: what is left of it is due again when they open, or has expired.
    const targets = all.filter(({ until }) => clock.wall() < until);
    const [id] = targets.flatMap(({ point }) => point ?? []);
    const point = id === undefined ? undefined : gateway.point(id);
    if (id === undefined || point === undefined) {
      // It is too late, or its shard went to another process, which asks for it as well, or nobody can read it.
      this.#meters.delete(visit.meter);
      return;
    }
    const reads = targets.flatMap((target) => target.reads);
    const results = await readAll(reads, { id, point, store: gateway.store, clock });
    const { journal } = await gateway.store.status();
    const until = clock.now() + bookedWithin;
    for (const { campaign, meter, attempts, reads: own } of targets) {
      const attempt = together(own.flatMap((kind) => results.get(kind) ?? []));
      this.#unsettled.push({ done: { campaign, meter, attempt, attempts }, journal: journal.newest, until });
    }
  }

  /** What failed is told at once; what was read when it is booked. */
  async #settle(): Promise<void> {
    const { run, book, gateway, clock } = this.#options;
    if (this.#unsettled.length === 0) return;
    const cursor = await bookedTo(gateway);
    const now = clock.now();
    const isOver = ({ done, journal, until }: Unsettled): boolean =>
      done.attempt.event !== "read" || journal <= cursor || until < now;
    const told = this.#unsettled.filter(isOver);
    if (told.length === 0) return;
    const done = told.map(({ done: one, journal }): Settled => {
      const late = one.attempt.event === "read" && journal > cursor;
      return late ? { ...one, attempt: { event: "failed", reason: "it was read, but not booked in time" } } : one;
    });
    await book.settle(run, done, clock.wall());
    this.#unsettled = this.#unsettled.filter((one) => !told.includes(one));
    for (const { meter } of done) this.#meters.delete(meter);
  }
}
