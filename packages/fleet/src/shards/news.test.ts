import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { type News, newsIn, newsText } from "./news.ts";
import { NewsEar } from "./news-ear.ts";

describe("news of a fleet", () => {
  test("come out as they went in, each shard once", () => {
    for (const news of [
      { kind: "visits", shards: undefined },
      { kind: "sites", shards: [3, 17] },
    ] as const)
      assert.deepEqual(newsIn(newsText(news)), news);
    assert.equal(newsText({ kind: "sites", shards: [5, 5, 7] }), "sites 5,7");
  });

  test("that name more shards than a notification holds are for all", () => {
    const shards = Array.from({ length: 2_000 }, (_, n) => 10_000 + n);
    assert.equal(newsText({ kind: "visits", shards }), "visits");
    const most = shards.slice(0, 1_332);
    assert.equal(newsText({ kind: "visits", shards: most }).length, 7_998);
    assert.deepEqual(newsIn(newsText({ kind: "visits", shards: most }))?.shards, most);
  });

  test("of any other form are no news", () => {
    for (const text of ["", "echo a 1", "visits ", "visits 1,", "visits 123456", "sites x", "visits 1 2", "other 1"])
      assert.equal(newsIn(text), undefined, text);
  });
});

/** A database that passes on what is sent, as long as it is told to. */
class FakeDatabase {
  readonly clock = new VirtualClock();
  readonly news: News[] = [];
  readonly opened: number[] = [];
  isAway = false;
  isDeaf = false;
  #heard: ((text: string) => void) | undefined;
  #lost: (() => void) | undefined;

  readonly ear = (): NewsEar =>
    new NewsEar({
      name: "a",
      clock: this.clock,
      onNews: (news) => void this.news.push(news),
      send: async (text) => {
        if (this.isAway) throw new Error("away");
        this.tell(text);
      },
      open: async (heard, lost) => {
        this.opened.push(this.clock.now());
        if (this.isAway) throw new Error("away");
        [this.#heard, this.#lost] = [heard, lost];
        return {
          close: async () => {
            this.#heard = undefined;
          },
        };
      },
    });

  tell(text: string): void {
    if (!this.isDeaf) this.#heard?.(text);
  }

  /** It ends, and every connection with it. */
  end(): void {
    this.isAway = true;
    this.#heard = undefined;
    this.#lost?.();
  }
}

describe("a connection that listens", () => {
  test("has everything looked at when it begins to hear, and passes on what it hears then", async () => {
    const database = new FakeDatabase();
    const ear = database.ear();
    await database.clock.advance(0);
    assert.equal(ear.hears, true);
    assert.deepEqual(database.news.splice(0), [{ kind: "sites" }, { kind: "visits" }, { kind: "jobs" }]);
    database.tell("visits 3");
    database.tell("whatever");
    assert.deepEqual(database.news.splice(0), [{ kind: "visits", shards: [3] }]);
    await database.clock.advance(600_000);
    assert.deepEqual([database.opened, database.news], [[0], []], "one that works is left alone");
    await ear.stop();
    database.tell("visits 4");
    assert.deepEqual(database.news, []);
  });

  test("is opened again with growing rests while the database is away", async () => {
    const database = new FakeDatabase();
    const ear = database.ear();
    await database.clock.advance(10_000);
    database.end();
    assert.equal(ear.hears, false);
    await database.clock.advance(600_000);
    const rests = database.opened.slice(1).map((time, n) => (time - (database.opened[n] ?? 0)) / 1_000);
    assert.deepEqual(rests, [11, 2, 4, 8, 16, 32, 64, 120, 120, 120]);
    database.isAway = false;
    database.news.length = 0;
    await database.clock.advance(120_000);
    assert.equal(ear.hears, true);
    assert.deepEqual(database.news, [{ kind: "sites" }, { kind: "visits" }, { kind: "jobs" }]);
    await ear.stop();
  });

  test("that hears nothing of itself, as behind a pooler, is no harm and tried again seldom", async () => {
    const database = new FakeDatabase();
    database.isDeaf = true;
    const ear = database.ear();
    await database.clock.advance(3_600_000);
    assert.deepEqual([ear.hears, database.news], [false, []]);
    assert.ok(database.opened.length < 40, `${database.opened.length} connections in an hour`);
    database.isDeaf = false;
    await database.clock.advance(130_000);
    assert.equal(ear.hears, true);
    database.isDeaf = true;
    await database.clock.advance(40_000);
    assert.equal(ear.hears, false, "one that goes silent is noticed");
    await ear.stop();
  });
});
