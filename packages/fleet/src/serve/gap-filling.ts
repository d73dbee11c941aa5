/** Fills gaps of the books: with what this process has stored already, else with what the meter still has. */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { CompanionGateway } from "@meterport/gateway/operation/companion";
import { proofsOf } from "@meterport/gateway/outputs/entry-proofs";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Books } from "../books/book.ts";
import type { Run } from "../books/database.ts";
import { journalFacts } from "../books/journal-facts.ts";
import type { DueGap, VisitBook } from "../jobs/visit-book.ts";

export interface GapFillingOptions {
  readonly run: Run;
  readonly books: Pick<Books, "book">;
  readonly book: Pick<VisitBook, "dueGaps">;
  readonly gateway: Pick<CompanionGateway, "point" | "store">;
  /** Points that are read here. */
  readonly points: () => readonly string[];
  /** Under which claim a point is read. */
  readonly attemptOf: (point: string) => number;
  readonly holder: string;
  readonly clock: Pick<Clock, "wall">;
}

/** Points that are asked about at once; the others have their turn with the next look. */
const mostPoints = 1_000;
const mostGaps = 200;
const mostIntervals = 5_000;

export class GapFilling {
  readonly #options: GapFillingOptions;
  #next = 0;

  constructor(options: GapFillingOptions) {
    this.#options = options;
  }

  /** @throws PostgresError */
  async look(): Promise<void> {
    const { run, book, clock, points, gateway } = this.#options;
    const all = points();
    if (this.#next >= all.length) this.#next = 0;
    // Of a meter that does not answer nothing can be asked, and the gap would rest for nothing.
    const some = all.slice(this.#next, this.#next + mostPoints).filter((id) => isAnswering(gateway.point(id)));
    this.#next += mostPoints;
    if (some.length === 0) return;
    for (const gap of await book.dueGaps(run, some, clock.wall(), mostGaps)) await this.#fill(gap);
  }

  async #fill(gap: DueGap): Promise<void> {
    const { gateway } = this.#options;
    const entries: JournalEntry[] = [];
    let lacking: Millis | undefined;
    for (const { after, until } of gap.spans) {
      const found = await this.#stored(gap, after, until);
      entries.push(...found);
      const ends = found.flatMap((entry) => (entry.kind === "interval" ? [entry.interval] : []));
      const covered = ends.reduce((sum, { seconds }) => sum + 1_000 * seconds, 0);
      if (covered < until - after) lacking = Math.min(after, lacking ?? after);
    }
    if (entries.length > 0) await this.#bookAgain(gap.point, entries);
    if (lacking !== undefined) gateway.point(gap.point)?.readAgainFrom(lacking);
  }

  /** What is stored here for sure: read from the meter, or known to be lost. */
  async #stored({ point, channel }: DueGap, from: Millis, to: Millis): Promise<readonly JournalEntry[]> {
    const { gateway, clock } = this.#options;
    const rows = await gateway.store.intervals(point, { channel, from, to, limit: mostIntervals });
    return rows
      .filter(({ source, quality }) => source === "profile" || source === "manual" || quality === "missing")
      .map((interval) => ({ kind: "interval", interval, number: 0, stored: clock.wall(), point }));
  }

  async #bookAgain(point: string, entries: readonly JournalEntry[]): Promise<void> {
    const { gateway, books, attemptOf, holder } = this.#options;
    const proofs = await proofsOf(gateway.store, entries);
    const { batch } = journalFacts(entries, (entry) => proofs.get(entry), { holder, attempt: attemptOf(point) });
    await books.book(batch);
  }
}

const isAnswering = (point: ReturnType<CompanionGateway["point"]>): boolean =>
  point?.source.status().answering === true;
