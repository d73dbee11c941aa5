/** Notices that the fleet's books are not those that were booked into, and has the journal booked again that they may lack. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "@meterport/engine/ports/store";
import type { LevelLog } from "@meterport/gateway/log";
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import { booksIn, completeUntil } from "../books/which-books.ts";

export interface KnownBooksOptions {
  /** The data folder. */
  readonly folder: string;
  readonly store: Pick<Store, "cursor" | "setCursor" | "journal" | "status">;
  /** The cursor of the output that books. */
  readonly reader: string;
  readonly log: Pick<LevelLog, "warn">;
}

/** What was read before a backup may have been booked after it, and clocks differ. */
const margin: Millis = 86_400_000;

const keptIn = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
};

const keep = (path: string, books: string): void => {
  writeFileSync(`${path}.part`, `${books}\n`, { mode: 0o600 });
  renameSync(`${path}.part`, path);
};

/** The number behind which all entries of the journal were stored at `since` or later; entries have ascending numbers and times. */
export const numberBefore = async ({ journal, status }: Pick<Store, "journal" | "status">, since: Millis) => {
  const { oldest, newest } = (await status()).journal;
  let [low, high] = [(oldest ?? newest + 1) - 1, newest];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [entry] = (await journal({ after: middle, limit: 1 })).entries;
    if (entry === undefined || entry.number > high || entry.stored >= since) high = middle;
    else low = entry.number;
  }
  return low;
};

/** To be done before anything is booked. */
export const meetBooks = async (run: Run, { folder, store, reader, log }: KnownBooksOptions): Promise<void> => {
  const path = join(folder, "fleet-books");
  const [books, kept] = [await booksIn(run), keptIn(path)];
  if (kept === books) return;
  if (kept !== undefined) {
    const until = await completeUntil(run, books);
    const number = await numberBefore(store, (until ?? Number.NEGATIVE_INFINITY) - margin);
    log.warn(
      "fleet: the database is not the one that was booked into: what it may lack of the journal is booked again",
    );
    if (number < ((await store.cursor(reader)) ?? 0)) await store.setCursor(reader, number);
  }
  keep(path, books);
};
