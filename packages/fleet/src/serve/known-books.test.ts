import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import { peer } from "../../../../test/support/peers.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { booksIn, completeUntil, settleBooks } from "../books/which-books.ts";
import { meetBooks, numberBefore } from "./known-books.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const hour = 3_600_000;

/** A journal whose entry `n` was stored at `n` hours, without the numbers that were deleted. */
const journalOf = (oldest: number, newest: number, isGone = (_number: number): boolean => false) => {
  let cursor: number | undefined = newest;
  return {
    cursor: async () => cursor,
    setCursor: async (_reader: string, number: number | undefined) => {
      cursor = number;
    },
    status: async () => ({ journal: { oldest: oldest > newest ? null : oldest, newest } }) as never,
    journal: async ({ after: from }: { readonly after: number }) => {
      let number = Math.max(from + 1, oldest);
      while (isGone(number)) number++;
      const entries = number > newest ? [] : [{ number, stored: number * hour } as JournalEntry];
      return { entries } as never;
    },
  };
};

test("finds where in the journal a time is", async () => {
  const whole = journalOf(11, 1_000);
  for (const [since, number] of [
    [Number.NEGATIVE_INFINITY, 10],
    [11 * hour, 10],
    [500 * hour, 499],
    [500 * hour + 1, 500],
    [1_000 * hour, 999],
    [2_000 * hour, 1_000],
  ] as const)
    assert.equal(await numberBefore(whole, since), number, `${since / hour}`);
  const gaps = journalOf(11, 1_000, (number) => number % 7 !== 0 && number !== 1_000);
  for (const since of [12, 500, 504, 505, 999]) {
    const number = await numberBefore(gaps, since * hour);
    assert.ok(number < since && Math.floor(number / 7) === Math.floor((since - 1) / 7), `${since}: ${number}`);
  }
  assert.equal(await numberBefore(journalOf(8, 7), 5 * hour), 7);
});

test("other books than those that were booked into get the journal again, from a day before what they know", {
  skip,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-books-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [first, second] = [await servers.fleet(), await servers.fleet()];
  const lines: string[] = [];
  const newest = 5_000;
  const store = journalOf(1, newest);
  const options = { folder, store, reader: "output:books", log: { warn: (line: string) => void lines.push(line) } };
  const cursor = async (database: typeof first) => {
    await meetBooks(database.run, options);
    return store.cursor();
  };
  assert.equal(await cursor(first), newest, "the first books that it meets");
  assert.equal(await cursor(first), newest);
  assert.deepEqual(lines, []);
  assert.equal(await cursor(second), 0, "nobody noted what they know");
  assert.match(lines.join(), /^fleet: the database is not the one that was booked into: what it may lack/);

  await store.setCursor("", newest);
  const at = 4_000 * hour;
  const known = new Date(at).toISOString();
  await first.run("INSERT INTO holder (holder, address, version, seen) VALUES ('one', '', '', $1)", [known]);
  await first.run("INSERT INTO job_mark VALUES ('gap-scan', '3', $1), ('report', '', $1)", [known]);
  await settleBooks(first.run);
  assert.equal(await completeUntil(first.run, await booksIn(first.run)), at);
  const marks = async () => (await first.run("SELECT job FROM job_mark ORDER BY job")).rows.map(({ job }) => job);
  assert.deepEqual(await marks(), ["books", "report"], "gaps are looked for at once");
  await first.run("INSERT INTO job_mark VALUES ('gap-scan', '3', $1)", [known]);
  await settleBooks(first.run);
  assert.deepEqual(await marks(), ["books", "gap-scan", "report"]);
  assert.equal(await cursor(first), 4_000 - 24 - 1);

  // What waits anyway is not left out.
  await meetBooks(second.run, options);
  await store.setCursor("", 10);
  assert.equal(await cursor(first), 10);
});
