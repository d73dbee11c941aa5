/**
 * The output `books` of a worker: its journal goes into the fleet's PostgreSQL. The journal is the outbox: a change leaves it when the
 * commit has returned, and what is delivered twice is booked once.
 */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { Proof } from "@meterport/engine/model/proof";
import type { Batch, Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import { proofsOf } from "@meterport/gateway/outputs/entry-proofs";
import { type Booked, Books } from "./book.ts";
import { Database, type Run } from "./database.ts";
import { grouped } from "./grouped.ts";
import { journalFacts } from "./journal-facts.ts";
import { checkFleet, checkPresent } from "./migrate.ts";

export interface BooksOutputOptions {
  /** `postgres://user:password@host/database?schema=fleet`; may hold a password. */
  readonly url: string;
  /** Id of the fleet that lives there. */
  readonly fleet: string;
  /** Name of this process among the holders. */
  readonly holder: string;
  /** The attempt of the claim under which a point is read now; 0 without one. */
  readonly attempt?: ((point: string) => number) | undefined;
  /** Awaited before the journal is delivered, with the database. */
  readonly met?: ((run: Run) => Promise<void>) | undefined;
  /** Told after each commit. */
  readonly booked?: ((booked: Booked) => void) | undefined;
}

/** One books, one is tested with. */
const connections = 2;

class Session {
  readonly #options: BooksOutputOptions;
  readonly #context: OutputContext;
  readonly #database: Database;
  readonly #books: Books;

  constructor(options: BooksOutputOptions, context: OutputContext, database: Database) {
    this.#options = options;
    this.#context = context;
    this.#database = database;
    this.#books = new Books(database);
  }

  running(): RunningOutput {
    return {
      // Each delivery tells by itself that the database is gone.
      ended: new Promise<never>(() => {}),
      deliver: (batch) => this.#deliver(batch),
      test: () => this.#test(),
      close: () => this.#database.close(),
    };
  }

  async #deliver({ entries, lost }: Batch): Promise<void> {
    const { log, history } = this.#context;
    if (lost !== null) log.warn("the gap scan will ask the meters again for what was lost");
    if (entries.length === 0) return;
    const proofs = await proofsOf(history, entries);
    const { attempt = () => 0 } = this.#options;
    // Facts commute, so what is read under several claims may be booked in any order.
    for (const [claim, some] of grouped(entries, ({ point }) => attempt(point))) await this.#book(some, claim, proofs);
  }

  async #book(
    entries: readonly JournalEntry[],
    attempt: number,
    proofs: ReadonlyMap<JournalEntry, Proof>,
  ): Promise<void> {
    const { log } = this.#context;
    const { holder } = this.#options;
    const { batch, refused } = journalFacts(entries, (entry) => proofs.get(entry), { holder, attempt });
    const booked = await this.#books.book(batch);
    if (refused.count > 0) log.warn(`${refused.count} changes have no place in the books, such as ${refused.example}`);
    if (booked.outOfTime > 0)
      log.warn(`${booked.outOfTime} facts are not booked: their month was dropped, or lies in the future`);
    this.#options.booked?.(booked);
  }

  async #test(): Promise<string> {
    const { name } = await checkFleet(this.#database, this.#options.fleet);
    return this.#database.transaction(async (run) => {
      await run("INSERT INTO metering_point (id, name) VALUES ('meterport-test', 'test') ON CONFLICT DO NOTHING");
      await run("DELETE FROM metering_point WHERE id = 'meterport-test'");
      return `the books of the fleet "${name}" took a row, which is deleted again`;
    });
  }
}

/** The output, to be given to the gateway with those of its configuration. */
export const booksOutput = (options: BooksOutputOptions): Output => ({
  name: "books",
  begins: "oldest",
  // A shard may leave before the last of what was read in it is booked.
  takesFormerPoints: true,
  open: async (context) => {
    const database = await Database.open(options.url, connections);
    try {
      await checkPresent(database);
      await checkFleet(database, options.fleet);
      await options.met?.(database.run);
    } catch (error) {
      await database.close();
      throw error;
    }
    return new Session(options, context, database).running();
  },
});
