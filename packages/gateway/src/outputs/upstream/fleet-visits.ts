/**
 * Reads what a fleet asks for, once however often it asks, and keeps what became of it until the fleet has taken that: so a connection that ends in
 * between costs nothing.
 */

import { together } from "@meterport/engine/backfill/visit-reads";
import type { Attempt } from "@meterport/engine/model/visit";
import type { Log } from "@meterport/engine/ports/log";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { JournalPlace, OutputParts } from "../output-kind.ts";
import { isReadKind, longestReason, mostWanted, type Outcome, type ReadsWanted } from "./upstream-requests.ts";

export interface FleetVisitsOptions {
  readonly clock: Pick<Clock, "now" | "at">;
  readonly visit: NonNullable<OutputParts["visit"]>;
  /** How far the journal goes, and how far the fleet has it. */
  readonly journal: () => Promise<JournalPlace>;
  readonly log: Pick<Log, "error">;
}

/** Meters that are read for the fleet at once. */
const atOnce = 8;
/** Requests that wait, or whose outcome is not told yet. A fleet that asks for more has to ask again. */
const most = 2_000;
/** A load profile of months over a slow line takes some minutes; what takes longer hangs, and must not keep others waiting. */
const longestVisit: Millis = 3_600_000;
/** What the fleet does not have by then has failed, and is tried again. */
const deliveredWithin: Millis = 300_000;

interface Request {
  readonly id: string;
  readonly point: string;
  readonly reads: readonly string[];
  /** On the monotonic clock. */
  readonly until: Millis;
}

/** What was done, and from which number of the journal on the fleet knows it. */
interface Done {
  readonly outcome: Outcome;
  readonly journal: number;
  readonly until: Millis;
}

const failed = (reason: string): Attempt => ({ event: "failed", reason });
const outcomeOf = (id: string, { event, reason }: Attempt): Outcome => ({
  ...{ id, result: event, reason: reason === null ? null : reason.slice(0, longestReason) },
});

export class FleetVisits {
  readonly #options: FleetVisitsOptions;
  /** Those that wait, by their points. */
  readonly #waiting = new Map<string, Request[]>();
  readonly #busy = new Set<string>();
  /** Ids of what waits, is read or is not told: the fleet repeats what it has no answer to. */
  readonly #known = new Set<string>();
  #done: Done[] = [];

  constructor(options: FleetVisitsOptions) {
    this.#options = options;
  }

  get counts(): { readonly open: number; readonly untold: number } {
    return { open: this.#known.size - this.#done.length, untold: this.#done.length };
  }

  take({ point, wanted, now }: ReadsWanted): void {
    // The meter is read for the fleet already: what else it wants has its turn when that is told, and not without rest until then.
    if (wanted.some(({ id }) => this.#known.has(id))) return;
    for (const { id, reads, valid_until } of wanted) {
      if (this.#known.size >= most || valid_until <= now) continue;
      this.#known.add(id);
      const request = { id, point, reads, until: this.#options.clock.now() + (valid_until - now) };
      this.#waiting.set(point, [...(this.#waiting.get(point) ?? []), request]);
    }
    this.#begin();
  }

  #begin(): void {
    for (const [point, requests] of this.#waiting) {
      if (this.#busy.size >= atOnce) return;
      if (this.#busy.has(point)) continue;
      this.#waiting.delete(point);
      this.#busy.add(point);
      void this.#read(point, requests).finally(() => {
        this.#busy.delete(point);
        this.#begin();
      });
    }
  }

  /** Never rejects. */
  async #read(point: string, all: readonly Request[]): Promise<void> {
    const { clock } = this.#options;
    const requests = all.filter(({ id, until }) => {
      // The fleet knows that it is too late as well, and asks again if it still wants it.
      const isLate = clock.now() >= until;
      if (isLate) this.#known.delete(id);
      return !isLate;
    });
    if (requests.length === 0) return;
    const results = await this.#results(point, requests).catch((error: unknown) => {
      this.#options.log.error(`unexpected: ${error instanceof Error ? error.message : String(error)}`);
      return failed("it ended unexpectedly: see the log of the gateway");
    });
    const journal = await this.#options.journal().catch(() => undefined);
    const until = clock.now() + deliveredWithin;
    for (const { id, reads } of requests) {
      const attempt = "event" in results ? results : together(reads.map((kind) => resultOf(kind, results)));
      this.#done.push({ outcome: outcomeOf(id, attempt), journal: journal?.newest ?? Number.POSITIVE_INFINITY, until });
    }
  }

  async #results(point: string, requests: readonly Request[]): Promise<ReadonlyMap<string, Attempt> | Attempt> {
    const reads = requests.flatMap((request) => request.reads.filter(isReadKind));
    const reading = this.#options.visit(point, reads);
    if (reading === undefined) return failed("the gateway that brings this point does not read it");
    const { clock } = this.#options;
    let cancel = (): void => {};
    const late = new Promise<Attempt>((resolve) => {
      cancel = clock.at(clock.now() + longestVisit, () => resolve(failed("the read did not end within an hour")));
    });
    return Promise.race([reading, late]).finally(cancel);
  }

  /**
   * Tells what can be told: what failed at once, what was read when the fleet has it.
   *
   * @param post resolves once the fleet has taken some, or wants to hear of them no more. @throws what `post` does: they are told again
   */
  async tell(post: (outcomes: readonly Outcome[]) => Promise<void>): Promise<void> {
    if (this.#done.length === 0) return;
    const { delivered } = await this.#options.journal();
    const now = this.#options.clock.now();
    const ready = this.#done.filter((one) => isTellable(one, delivered, now));
    for (let from = 0; from < ready.length; from += mostWanted) {
      const some = ready.slice(from, from + mostWanted);
      await post(
        some.map(({ outcome, journal }) => (isUnbooked(outcome, journal, delivered) ? late(outcome) : outcome)),
      );
      const told = new Set(some);
      this.#done = this.#done.filter((one) => !told.has(one));
      for (const { outcome } of some) this.#known.delete(outcome.id);
    }
  }
}

const isUnbooked = ({ result }: Outcome, journal: number, delivered: number): boolean =>
  result === "read" && journal > delivered;

const late = ({ id }: Outcome): Outcome => outcomeOf(id, failed("it was read, but not booked in time"));

const isTellable = ({ outcome, journal, until }: Done, delivered: number, now: Millis): boolean =>
  !isUnbooked(outcome, journal, delivered) || until < now;

const resultOf = (kind: string, results: ReadonlyMap<string, Attempt>): Attempt =>
  results.get(kind) ?? failed(`this gateway cannot read ${kind.replace(/[^\w-]/g, "")}: it needs a newer version`);
