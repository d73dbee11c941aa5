/** What every store must do with events, the journal, its readers, and what is too old. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { Store } from "@meterport/engine/ports/store";
import { reading } from "@meterport/engine/testing/fake-meter";
import { UsageError } from "@meterport/protocol/errors";
import { append, type Check, event, interval, journalOf, quarter, register, t0 } from "./under-test.test-kit.ts";

const numbers = async (store: Store, after = 0): Promise<readonly number[]> =>
  (await journalOf(store, after)).map(({ number }) => number);

/** So many changes, one after the other. */
const change = async (store: Store, count: number, first = 0): Promise<void> => {
  for (let n = 0; n < count; n++)
    await store.write({ registers: [register({ time: t0 + (first + n) * 1_000, value: n })] });
};

export const journalContract = (check: Check): void => {
  eventChecks(check);
  journalChecks(check);
  pruneChecks(check);
  statusChecks(check);
};

const eventChecks = (check: Check): void => {
  check("an event that ends replaces the one that lasted, and only changes are in the journal", async ({ store }) => {
    const lasting = event();
    const ended = event({ until: t0 + 5_000, number: 7, detail: '{"a":1}' });
    assert.equal((await store.write({ events: [lasting, lasting] })).events, 1);
    assert.deepEqual(await store.events("home", { limit: 9 }), [lasting]);
    assert.equal((await store.write({ events: [lasting, ended, ended] })).events, 1);
    assert.deepEqual(await store.events("home", { limit: 9 }), [ended]);
    assert.deepEqual(
      (await journalOf(store)).map((entry) => entry.kind === "event" && entry.event),
      [lasting, ended],
    );
  });

  check("events come newest first, by time and kind, page by page", async ({ store }) => {
    const all: PointEvent[] = [
      event({ id: "c", time: t0 + 2_000, kind: "log", origin: "meter" }),
      event({ id: "b", time: t0 + 1_000 }),
      event({ id: "a", time: t0 + 1_000, kind: "alarm", origin: "alarm" }),
      event({ id: "z", time: t0, origin: "gateway" }),
    ];
    await store.write({ events: [...all.slice(2), ...all.slice(0, 2), event({ point: "other" })] });
    const ids = async (query: Partial<Parameters<Store["events"]>[1]>) =>
      (await store.events("home", { limit: 9, ...query })).map(({ id }) => id).join("");
    assert.deepEqual(await store.events("home", { limit: 9 }), all);
    assert.equal(await ids({ kinds: ["log", "alarm"] }), "ca");
    assert.equal(await ids({ kinds: [] }), "");
    assert.equal(await ids({ from: t0 + 1_000, to: t0 + 2_000 }), "ba");
    const pages: string[] = [];
    let before: Parameters<Store["events"]>[1]["before"];
    for (;;) {
      const page = await store.events("home", { limit: 1, before });
      const last = page.at(-1);
      if (last === undefined) break;
      pages.push(last.id);
      before = { time: last.time, id: last.id };
    }
    assert.deepEqual(pages, ["c", "b", "a", "z"]);
    assert.equal(await ids({ before: { time: t0 + 1_000, id: "b" }, kinds: ["outage"] }), "z");
  });
};

const journalChecks = (check: Check): void => {
  check("the journal has all changes of all points in the order of storing", async ({ store, clock, reopen }) => {
    clock.now = 100;
    await store.write({ intervals: [interval()], registers: [register()] });
    clock.now = 200;
    await store.write({ events: [event({ point: "b" })], registers: [register({ point: "b" })] });
    const again = await reopen();
    const { entries, ...page } = await again.journal({ after: 0, limit: 10 });
    assert.deepEqual(page, { next: 4, more: false, oldest: 1, passed: false });
    assert.deepEqual(
      entries.map(({ number, stored, point, kind }) => [number, stored, point, kind]),
      [
        [1, 100, "home", "interval"],
        [2, 100, "home", "register"],
        [3, 200, "b", "register"],
        [4, 200, "b", "event"],
      ],
    );
    await change(again, 1, 5);
    assert.deepEqual(await numbers(again, 3), [4, 5]);
  });

  check("a page of the journal says where the next begins, also through a filter", async ({ store }) => {
    await change(store, 4);
    await store.write({ events: [event({ point: "b" })] });
    await change(store, 2, 10);
    const page = (after: number, more: object = {}) => store.journal({ after, limit: 2, ...more });
    const seen = async (after: number, more: object = {}) => {
      const { entries, next, more: isMore } = await page(after, more);
      return [entries.map(({ number }) => number), next, isMore];
    };
    assert.deepEqual(await seen(0), [[1, 2], 2, true]);
    assert.deepEqual(await seen(6), [[7], 7, false]);
    assert.deepEqual(await seen(7), [[], 7, false]);
    assert.deepEqual(await seen(0, { points: ["b"] }), [[5], 7, false]);
    assert.deepEqual(await seen(0, { points: ["b", "home"], kinds: ["event"] }), [[5], 7, false]);
    assert.deepEqual(await seen(4, { kinds: ["register", "device"] }), [[6, 7], 7, false]);
    assert.deepEqual(await seen(0, { points: ["nobody"] }), [[], 7, false]);
    assert.deepEqual(await seen(0, { points: [] }), [[], 7, false]);
  });

  check(
    "through a filter that matches little, a page looks at some entries, and the next one goes on",
    async (under) => {
      const { store, clock } = under;
      const many = Array.from({ length: 25_000 }, (_, n) => register({ time: t0 + n }));
      await store.write({ registers: many.slice(0, 5) });
      clock.now = 100;
      await store.write({ registers: many.slice(5) });
      await store.write({ events: [event()] });
      const first = await store.journal({ after: 0, limit: 9, kinds: ["event"] });
      assert.deepEqual([first.entries, first.more, first.passed], [[], true, false]);
      assert.ok(first.next < 25_000);
      const second = await store.journal({ after: first.next, limit: 9, kinds: ["event"] });
      assert.deepEqual(
        [second.entries.map(({ number }) => number), second.next, second.more],
        [[25_001], 25_001, false],
      );
      assert.equal((await store.prune({ journal: 100 })).journal, 5);
      assert.equal((await store.journal({ after: 0, limit: 9, points: ["nobody"] })).next, first.next + 5);
      // A cursor from before a database was restored.
      for (const points of [undefined, ["nobody"]])
        assert.deepEqual(await store.journal({ after: 99_999, limit: 9, points }), {
          ...{ entries: [], next: 25_001, more: false, oldest: 6, passed: true },
        });
    },
  );

  check("a cursor is kept by reader until it is forgotten", async ({ store, reopen }) => {
    assert.equal(await store.cursor("influx"), undefined);
    assert.deepEqual(await store.cursors(), new Map());
    await change(store, 3);
    await store.setCursor("influx", 2);
    await store.setCursor("influx", 3);
    await store.setCursor("a", 0);
    const again = await reopen();
    assert.deepEqual([await again.cursor("influx"), await again.cursor("a")], [3, 0]);
    assert.deepEqual(
      await again.cursors(),
      new Map([
        ["a", 0],
        ["influx", 3],
      ]),
    );
    await again.setCursor("a", undefined);
    assert.deepEqual(await again.cursors(), new Map([["influx", 3]]));
  });
};

const pruneChecks = (check: Check): void => {
  check("the journal keeps what a cursor waits for, up to a limit that the reader is told", async (under) => {
    const { store, clock, reopen } = under;
    for (let n = 1; n <= 6; n++) {
      clock.now = n * 100;
      await change(store, 1, n);
    }
    await store.setCursor("slow", 2);
    await store.setCursor("quick", 6);
    assert.equal((await store.prune({ journal: 501 })).journal, 2);
    const at = async (after: number) => {
      const { oldest, passed, entries, next } = await store.journal({ after, limit: 9 });
      return [entries.map(({ number }) => number), next, oldest, passed];
    };
    assert.deepEqual(await at(2), [[3, 4, 5, 6], 6, 3, false]);
    assert.deepEqual(await at(1), [[3, 4, 5, 6], 6, 3, true]);
    assert.equal((await store.prune({ journal: 600, journalAtMost: 400 })).journal, 1);
    assert.deepEqual(await at(2), [[4, 5, 6], 6, 4, true]);
    assert.equal((await store.prune({ journalAtMost: 1_000 })).journal, 3);
    assert.deepEqual(await at(6), [[], 6, null, false]);
    assert.deepEqual(await at(5), [[], 6, null, true]);
    assert.deepEqual((await store.status()).journal, { oldest: null, newest: 6 });
    const again = await reopen();
    assert.deepEqual((await again.status()).journal, { oldest: null, newest: 6 });
    await change(again, 1, 7);
    assert.deepEqual(await numbers(again), [7]);
  });

  check("a wall clock that goes back tears no hole into the journal", async ({ store, clock }) => {
    for (const [n, now] of [900, 100, 800].entries()) {
      clock.now = now;
      await change(store, 1, n);
    }
    assert.equal((await store.prune({ journal: 500, journalAtMost: 500 })).journal, 0);
    assert.deepEqual(await numbers(store), [1, 2, 3]);
    assert.equal((await store.prune({ journal: 850 })).journal, 0);
    assert.equal((await store.prune({ journalAtMost: 901 })).journal, 3);
  });

  check("old events are deleted, facts never", async ({ store }) => {
    await store.write({
      events: [event({ time: t0 - 1 }), event({ time: t0 })],
      intervals: [interval({ end: t0 - 99 * quarter })],
      registers: [register({ time: 0 })],
    });
    assert.deepEqual(await store.prune({ events: t0 }), { readings: 0, minutes: 0, events: 1, journal: 0 });
    assert.deepEqual(await store.prune({}), { readings: 0, minutes: 0, events: 0, journal: 0 });
    assert.deepEqual(await store.events("home", { limit: 9 }), [event()]);
    const all = { from: 0, to: t0 * 2, limit: 9 };
    assert.equal((await store.intervals("home", { ...all, channel: "energy_import_wh" })).length, 1);
    assert.equal((await store.registers("home", all)).length, 1);
  });

  check("says how many readings and minutes it deleted, across months", async ({ store }) => {
    const month = 31 * 86_400_000;
    const times = [0, 1, 2, 3].flatMap((n) => [t0 - n * month, t0 - n * month - 1_000]);
    for (const point of ["a", "b"])
      await append(
        store,
        point,
        times.map((time) => reading(time, { power_w: 1 })),
      );
    assert.deepEqual(await store.prune({ readings: t0 - month }), { readings: 10, minutes: 0, events: 0, journal: 0 });
    assert.equal((await store.prune({ readings: t0 - month })).readings, 0);
    const kept = async (point: string) =>
      (await store.readings(point, { from: 0, to: t0 * 2, limit: 99 })).map(({ time }) => Date.parse(time));
    assert.deepEqual(await kept("a"), [t0 - month, t0 - 1_000, t0]);
    assert.deepEqual(await kept("b"), await kept("a"));
    // Half of them lie in the minute before.
    assert.equal((await store.prune({ minutes: t0 - month })).minutes, 10);
  });
};

const statusChecks = (check: Check): void => {
  check("tells its state", async ({ store }) => {
    const before = await store.status();
    assert.deepEqual([before.state, before.problem, before.newestReading], ["ok", null, null]);
    assert.deepEqual(before.journal, { oldest: null, newest: 0 });
    assert.match(before.kind, /^(sqlite|postgres)$/);
    await append(store, "home", [reading(t0, { power_w: 1 }), reading(t0 - 1, { power_w: 1 })]);
    await change(store, 2);
    const { newestReading, journal, bytes } = await store.status();
    assert.deepEqual([newestReading, journal], [t0, { oldest: 1, newest: 2 }]);
    assert.ok(bytes === null || bytes > 0);
  });

  check("never overwrites a file by a backup", async ({ store }) => {
    await assert.rejects(store.backup(join(import.meta.dirname, "journal.test-kit.ts")), UsageError);
  });
};
