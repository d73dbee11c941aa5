/** What every store must do with intervals, registers, devices and memos. */
import assert from "node:assert/strict";
import type { Device } from "@meterport/engine/model/device";
import {
  type Interval,
  intervalQualities,
  intervalSources,
  replaces,
  type StoredInterval,
} from "@meterport/engine/model/interval";
import type { Store } from "@meterport/engine/ports/store";
import { reading } from "@meterport/engine/testing/fake-meter";
import fc from "fast-check";
import { oddValueChecks } from "./odd-values.test-kit.ts";
import { registerChecks } from "./registers.test-kit.ts";
import {
  always,
  append,
  type Check,
  device,
  event,
  interval,
  journalOf,
  proof,
  quarter,
  register,
  t0,
} from "./under-test.test-kit.ts";

const imported = { ...always, channel: "energy_import_wh" };

/** The result of a value is a function of who says it, so that order alone cannot matter. */
const anyInterval = fc
  .record({
    end: fc.nat(5).map((n) => t0 + n * quarter),
    channel: fc.constantFrom("energy_import_wh", "source_17"),
    source: fc.constantFrom(...intervalSources),
    quality: fc.constantFrom(...intervalQualities),
    doubt: fc.nat(1),
  })
  .map(
    ({ end, channel, source, quality, doubt }): Interval =>
      interval({
        ...{ end, channel, source, quality },
        value: quality === "missing" ? null : 100 * intervalSources.indexOf(source) + doubt,
        flags: quality === "partial" ? ["powerFail", "dst"] : [],
        register: source === "profile" ? end / 1_000 : null,
      }),
  );

/** What the contract says about a list of intervals, one after the other. */
const modelled = (list: readonly Interval[], now: number): ReadonlyMap<string, StoredInterval> => {
  const rows = new Map<string, StoredInterval>();
  for (const next of list) {
    const key = `${next.channel} ${next.end}`;
    const before = rows.get(key);
    if (before === undefined || replaces(next, before))
      rows.set(key, { ...next, revision: (before?.revision ?? 0) + 1, stored: now });
  }
  return rows;
};

const storedIntervals = async (store: Store, point: string): Promise<readonly StoredInterval[]> => {
  const all: StoredInterval[] = [];
  for (const channel of await store.channels(point))
    all.push(...(await store.intervals(point, { ...always, channel })));
  return all;
};

const sorted = (list: Iterable<StoredInterval>): readonly StoredInterval[] =>
  [...list].sort((a, b) => (a.channel < b.channel ? -1 : a.channel > b.channel ? 1 : a.end - b.end));

/** Quarters that end after `from` and at or before `to`, 10 Wh each. */
const quarters = (from: number, to: number): readonly Interval[] =>
  Array.from({ length: (to - from) / quarter }, (_, n) => interval({ end: from + (n + 1) * quarter, value: 10 }));

export const factsContract = (check: Check): void => {
  intervalChecks(check);
  proofChecks(check);
  sumChecks(check);
  coverageChecks(check);
  registerChecks(check);
  deviceChecks(check);
  togetherChecks(check);
  oddValueChecks(check);
};

const intervalChecks = (check: Check): void => {
  check("an interval is stored once, and the same again gets no journal entry", async ({ store, clock }) => {
    clock.now = 5_000;
    const one = interval({ flags: ["powerFail", "dst"], register: 1_250, value: 12.5 });
    assert.deepEqual(await store.write({ intervals: [one, one] }), {
      ...{ readings: 0, intervals: 1, registers: 0, events: 0, devices: 0, journal: 1 },
    });
    clock.now = 6_000;
    const again = await store.write({ intervals: [one, { ...one, quality: "partial", value: 9 }] });
    assert.deepEqual([again.intervals, again.journal], [0, 1]);
    const stored = { ...one, revision: 1, stored: 5_000 };
    assert.deepEqual(await store.intervals("home", imported), [stored]);
    assert.deepEqual(await journalOf(store), [
      { number: 1, stored: 5_000, point: "home", kind: "interval", interval: stored },
    ]);
  });

  check("a better interval replaces, counts the revision up, and is in the journal", async ({ store }) => {
    for (const source of ["estimated", "difference", "profile", "manual"] as const)
      assert.equal((await store.write({ intervals: [interval({ source })] })).intervals, 1, source);
    for (const source of ["estimated", "difference", "profile", "manual"] as const)
      assert.equal((await store.write({ intervals: [interval({ source })] })).intervals, 0, source);
    await store.write({ intervals: [interval({ source: "manual", value: 251 })] });
    const [only] = await store.intervals("home", imported);
    assert.deepEqual([only?.revision, only?.value, only?.source], [5, 251, "manual"]);
    const entries = await journalOf(store);
    assert.deepEqual(
      entries.map((entry) => entry.kind === "interval" && entry.interval.revision),
      [1, 2, 3, 4, 5],
    );
  });

  check("a missing interval is known to be missing, and any value replaces it", async ({ store }) => {
    const missing = interval({ quality: "missing", value: null });
    await store.write({ intervals: [missing] });
    assert.equal((await store.intervals("home", imported))[0]?.value, null);
    await store.write({ intervals: [interval({ source: "estimated", value: 7 })] });
    assert.equal((await store.write({ intervals: [missing] })).intervals, 0);
    assert.deepEqual((await store.intervals("home", imported))[0]?.value, 7);
  });

  check("intervals end after `from` and at or before `to`, oldest first, up to a limit", async ({ store }) => {
    await store.write({ intervals: [...quarters(t0, t0 + 4 * quarter)].reverse() });
    await store.write({ intervals: [interval({ point: "other" }), interval({ channel: "source_17" })] });
    const ends = async (from: number, to: number, limit = 9) =>
      (await store.intervals("home", { channel: "energy_import_wh", from, to, limit })).map(
        ({ end }) => (end - t0) / quarter,
      );
    assert.deepEqual(await ends(t0, t0 + 4 * quarter), [1, 2, 3, 4]);
    assert.deepEqual(await ends(t0 + quarter, t0 + 3 * quarter), [2, 3]);
    assert.deepEqual(await ends(t0, t0 + 4 * quarter, 2), [1, 2]);
    assert.deepEqual(await store.channels("home"), ["energy_import_wh", "source_17"]);
    assert.deepEqual(await store.channels("other"), ["energy_import_wh"]);
    assert.deepEqual(await store.channels("nobody"), []);
    assert.deepEqual(await store.intervals("home", { ...always, channel: "nothing" }), []);
    assert.deepEqual(await store.intervals("nobody", imported), []);
  });

  check("intervals in any order and any batches give the same rows, which the journal tells", async ({ store }) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyInterval, { maxLength: 24 }),
        fc.array(fc.nat(), { minLength: 24, maxLength: 24 }),
        fc.integer({ min: 1, max: 24 }),
        async (list, order, size) => {
          const [first, second] = [`a${run}`, `b${run++}`];
          const start = (await store.status()).journal.newest;
          await store.write({ intervals: list.map((each) => ({ ...each, point: first })) });
          const told = new Map<string, unknown>();
          let changes = 0;
          for (const entry of await journalOf(store, start, 5)) {
            assert.ok(entry.kind === "interval" && entry.point === first);
            assert.equal(entry.number, start + ++changes);
            told.set(`${entry.interval.channel} ${entry.interval.end}`, entry.interval);
          }
          const rows = sorted(modelled(list, 0).values());
          const stored = await storedIntervals(store, first);
          assert.deepEqual(
            stored,
            rows.map((row) => ({ ...row, point: first })),
          );
          assert.deepEqual([...told.values()].length, stored.length);
          for (const row of stored) assert.deepEqual(told.get(`${row.channel} ${row.end}`), row);
          assert.equal(
            changes,
            stored.reduce((sum, { revision }) => sum + revision, 0),
          );
          // Another order and other batches: the same values by the best of each source, but other revisions.
          const best = list.filter(({ value }) => value === null || value % 100 === 0).filter(isNotMissing);
          const shuffled = best
            .map((each, n) => ({ each, at: order[n] ?? 0 }))
            .sort((a, b) => a.at - b.at)
            .map(({ each }) => ({ ...each, point: second }));
          for (let n = 0; n < shuffled.length; n += size) await store.write({ intervals: shuffled.slice(n, n + size) });
          const plain = (list: readonly StoredInterval[]) =>
            list.map(({ revision, stored, point, ...values }) => values);
          assert.deepEqual(plain(await storedIntervals(store, second)), plain(sorted(modelled(best, 0).values())));
        },
      ),
      { numRuns: 15 },
    );
  });

  check("an interval can say how it came to be, until a better one says otherwise", async ({ store, reopen }) => {
    const shared = quarters(t0, t0 + 3 * quarter).map((each) => ({ ...each, proof }));
    await store.write({ intervals: [...shared, interval({ end: t0 })] });
    for (const { end } of shared) {
      const found = await store.intervalProof("home", "energy_import_wh", end);
      assert.deepEqual(found?.proof, proof);
      assert.deepEqual([found?.interval.end, found?.interval.value], [end, 10]);
    }
    assert.equal((await store.intervalProof("home", "energy_import_wh", t0))?.proof, null);
    assert.equal(await store.intervalProof("home", "energy_import_wh", t0 + 1), undefined);
    assert.equal(await store.intervalProof("nobody", "energy_import_wh", t0), undefined);
    const other = { ...proof, table: null, offset: null, raw: null, profile: null, clockOffset: null, note: "typed" };
    await store.write({ intervals: [interval({ end: t0 + quarter, source: "manual", proof: other })] });
    const again = await reopen();
    assert.deepEqual((await again.intervalProof("home", "energy_import_wh", t0 + quarter))?.proof, other);
    assert.deepEqual((await again.intervalProof("home", "energy_import_wh", t0 + 2 * quarter))?.proof, proof);
    assert.ok((await again.intervals("home", imported)).every((each) => !("proof" in each)));
    assert.ok((await journalOf(again)).every((entry) => entry.kind === "interval" && !("proof" in entry.interval)));
  });
};

const proofChecks = (check: Check): void => {
  check("a proof goes with the last interval that has it, and none stays behind", async ({ store, proofs }) => {
    const block = (note: string, source: Interval["source"], value: number, ends = [1, 2, 3, 96]) => {
      const shared = { ...proof, note };
      return ends.flatMap((n) =>
        ["energy_import_wh", "energy_export_wh"].map((channel) =>
          interval({ channel, end: t0 + n * quarter, source, value, proof: shared }),
        ),
      );
    };
    await store.write({ intervals: block("first", "profile", 10) });
    assert.equal(await proofs(), 1);
    await store.write({ intervals: block("first", "profile", 10) });
    assert.equal(await proofs(), 1, "the same again stores none");
    await store.write({ intervals: block("second", "profile", 11, [1, 2, 96]) });
    assert.equal(await proofs(), 2, "the third interval still has the first");
    const third = block("second", "profile", 11, [3]);
    await store.write({ intervals: third.slice(0, 1) });
    assert.equal(await proofs(), 3, "one of its channels still has the first");
    await store.write({ intervals: third.slice(1) });
    assert.equal(await proofs(), 3, "the first is gone, and the third write has one of its own");
    for (const channel of ["energy_import_wh", "energy_export_wh"])
      for (const n of [1, 3, 96]) {
        const found = await store.intervalProof("home", channel, t0 + n * quarter);
        assert.equal(found?.proof?.note, "second", `${channel} ${n}`);
      }
    const plain = block("second", "manual", 12).map(({ proof: _, ...rest }) => rest);
    await store.write({ intervals: plain });
    assert.equal(await proofs(), 0);
  });

  check("the proofs of some intervals are each told once, with the intervals that share them", async ({ store }) => {
    const other = { ...proof, note: "another block" };
    const shared = quarters(t0, t0 + 3 * quarter).map((each) => ({ ...each, proof }));
    const later = quarters(t0 + 3 * quarter, t0 + 5 * quarter).map((each) => ({ ...each, proof: other }));
    await store.write({ intervals: [...shared, ...later, interval({ end: t0 })] });
    const asked = [5, 4, 3, 1, 0, 99].map((n) => t0 + n * quarter);
    assert.deepEqual(await store.intervalProofs("home", "energy_import_wh", asked), [
      { proof, ends: [t0 + quarter, t0 + 3 * quarter] },
      { proof: other, ends: [t0 + 4 * quarter, t0 + 5 * quarter] },
    ]);
    assert.deepEqual(await store.intervalProofs("home", "energy_import_wh", []), []);
    assert.deepEqual(await store.intervalProofs("home", "energy_import_wh", [t0]), []);
    assert.deepEqual(await store.intervalProofs("nobody", "energy_import_wh", asked), []);
    assert.deepEqual(await store.intervalProofs("home", "energy_export_wh", asked), []);
  });

  check("proofs of other points and of registers stay when an interval is replaced", async ({ store, proofs }) => {
    const twice = [interval({ end: t0, proof }), interval({ point: "shed", end: t0, proof: { ...proof } })];
    await store.write({ intervals: twice, registers: [register({ proof })] });
    assert.equal(await proofs(), 3);
    await store.write({ intervals: [interval({ end: t0, source: "manual", value: 1 })] });
    assert.equal(await proofs(), 2);
    assert.deepEqual((await store.intervalProof("shed", "energy_import_wh", t0))?.proof, proof);
  });
};

const isNotMissing = ({ quality }: Interval): boolean => quality !== "missing";

const sumChecks = (check: Check): void => {
  check("sums intervals between bounds, and says what they rest on", async ({ store }) => {
    await store.write({
      intervals: [
        interval({ end: t0, value: 99 }),
        interval({ end: t0 + quarter, value: 1 }),
        interval({ end: t0 + 2 * quarter, value: 2, source: "difference", quality: "suspect", seconds: 880 }),
        interval({ end: t0 + 3 * quarter, value: null, quality: "missing" }),
        interval({ end: t0 + 5 * quarter, value: 4, source: "estimated" }),
      ],
    });
    const bounds = [t0, t0 + 3 * quarter, t0 + 4 * quarter, t0 + 5 * quarter];
    const none = { good: 0, partial: 0, suspect: 0, missing: 0 };
    const nobody = { manual: 0, profile: 0, difference: 0, estimated: 0 };
    assert.deepEqual(await store.intervalSums("home", "energy_import_wh", bounds), [
      {
        ...{ from: bounds[0], to: bounds[1], value: 3, seconds: 1_780 },
        byQuality: { ...none, good: 1, suspect: 1, missing: 1 },
        bySource: { ...nobody, profile: 1, difference: 1 },
      },
      { from: bounds[1], to: bounds[2], value: null, seconds: 0, byQuality: none, bySource: nobody },
      {
        ...{ from: bounds[2], to: bounds[3], value: 4, seconds: 900 },
        byQuality: { ...none, good: 1 },
        bySource: { ...nobody, estimated: 1 },
      },
    ]);
    assert.deepEqual(await store.intervalSums("home", "energy_import_wh", [t0]), []);
    assert.deepEqual(await store.intervalSums("home", "energy_import_wh", []), []);
    const [unknown] = await store.intervalSums("nobody", "nothing", [t0, t0 + quarter]);
    assert.deepEqual([unknown?.value, unknown?.seconds], [null, 0]);
  });

  check("sums days of 23, 24 and 25 hours", async ({ store }) => {
    // Midnights in Copenhagen around both switches of summer time.
    const spring = [Date.UTC(2026, 2, 27, 23), Date.UTC(2026, 2, 28, 23), Date.UTC(2026, 2, 29, 22)];
    const autumn = [Date.UTC(2026, 9, 23, 22), Date.UTC(2026, 9, 24, 22), Date.UTC(2026, 9, 25, 23)];
    for (const [bounds, counts] of [
      [spring, [96, 92]],
      [autumn, [96, 100]],
    ] as const) {
      await store.write({ intervals: quarters(bounds[0] as number, bounds[2] as number) });
      const sums = await store.intervalSums("home", "energy_import_wh", bounds);
      assert.deepEqual(
        sums.map(({ value, seconds, byQuality }) => [value, seconds, byQuality.good]),
        counts.map((count) => [count * 10, count * 900, count]),
      );
    }
  });
};

const coverageChecks = (check: Check): void => {
  const channel = "energy_import_wh";

  check("tells of many points at once how much of a range they have", async ({ store }) => {
    await store.write({
      intervals: [
        ...quarters(t0, t0 + 8 * quarter),
        ...quarters(t0 + 4 * quarter, t0 + 6 * quarter).map((each) => ({ ...each, point: "young" })),
        interval({ point: "young", end: t0 + 7 * quarter, value: null, quality: "missing" }),
        interval({ point: "blank", end: t0 + quarter, value: null, quality: "missing" }),
        interval({ point: "other", channel: "energy_export_wh" }),
      ],
    });
    const range = { from: t0 + 3 * quarter, to: t0 + 7 * quarter };
    const found = await store.intervalCoverage(["young", "home", "nobody", "blank", "other"], channel, range);
    assert.deepEqual(
      [...found].sort((a, b) => (a.point < b.point ? -1 : 1)),
      [
        { point: "blank", seconds: 0, first: { end: t0 + quarter, seconds: 900 }, newest: null },
        {
          point: "home",
          seconds: 3_600,
          first: { end: t0 + quarter, seconds: 900 },
          newest: { end: t0 + 8 * quarter, seconds: 900 },
        },
        {
          point: "young",
          seconds: 1_800,
          first: { end: t0 + 5 * quarter, seconds: 900 },
          newest: { end: t0 + 6 * quarter, seconds: 900 },
        },
      ],
    );
    assert.deepEqual(await store.intervalCoverage([], channel, range), []);
    assert.deepEqual(await store.intervalCoverage(["home"], "nothing", range), []);
  });

  check("finds the times of a range without values, counts them, and lists the first", async ({ store }) => {
    const gapsIn = (from: number, to: number, limit = 9) => store.intervalGaps("home", { channel, from, to, limit });
    const whole = { from: t0, to: t0 + 8 * quarter };
    assert.deepEqual(await gapsIn(whole.from, whole.to), { count: 1, longest: 8 * quarter, gaps: [whole] });
    await store.write({
      intervals: [
        ...quarters(t0 + quarter, t0 + 3 * quarter),
        interval({ end: t0 + 4 * quarter, value: null, quality: "missing" }),
        // Shorter than usual: a gap within its quarter.
        interval({ end: t0 + 6 * quarter, seconds: 600 }),
      ],
    });
    const gaps = [
      { from: t0, to: t0 + quarter },
      { from: t0 + 3 * quarter, to: t0 + 6 * quarter - 600_000 },
      { from: t0 + 6 * quarter, to: t0 + 8 * quarter },
    ];
    const longest = 3 * quarter - 600_000;
    assert.deepEqual(await gapsIn(whole.from, whole.to), { count: 3, longest, gaps });
    assert.deepEqual(await gapsIn(whole.from, whole.to, 1), { count: 3, longest, gaps: gaps.slice(0, 1) });
    assert.deepEqual(await gapsIn(t0 + quarter, t0 + 3 * quarter), { count: 0, longest: 0, gaps: [] });
    assert.equal((await store.intervalGaps("nobody", { channel, ...whole, limit: 1 })).count, 1);
  });
};

const deviceChecks = (check: Check): void => {
  check("devices follow each other, and only a change is in the journal", async ({ store, reopen }) => {
    await store.write({ devices: [device] });
    const { point, ...others } = device;
    const turned = Object.fromEntries(Object.entries(others).reverse()) as unknown as Omit<Device, "point">;
    const start = { energy_export_wh: 0, energy_import_wh: 10 };
    assert.equal((await store.write({ devices: [device, { point, ...turned, start }] })).devices, 0);
    const carried = { energy_import_wh: 1_000_000_000 };
    const ended: Device = { ...device, to: t0 + 9_999, end: { energy_import_wh: 20 }, carried };
    const next: Device = { ...device, from: t0 + 10_000, serial: null, manufacturer: null, start: {} };
    const result = await store.write({ devices: [ended, next, { ...device, point: "other" }] });
    assert.deepEqual([result.devices, result.journal], [3, 4]);
    const again = await reopen();
    assert.deepEqual(await again.devices("home"), [ended, next]);
    assert.deepEqual(await again.devices("nobody"), []);
    assert.deepEqual(
      (await journalOf(again)).map((entry) => entry.kind === "device" && entry.device),
      [device, ended, next, { ...device, point: "other" }],
    );
  });

  check("memos are kept by point and name until they are deleted", async ({ store, reopen }) => {
    assert.equal(await store.memo("home", "watch"), undefined);
    const text = 'a "text" with ü, 電, \\ and a new\nline';
    const set = (name: string, text: string | null, point = "home") => store.write({ memos: [{ point, name, text }] });
    await set("watch", "old");
    await set("watch", text);
    await set("other", "");
    await set("watch", "b", "b");
    const again = await reopen();
    const all = [await again.memo("home", "watch"), await again.memo("home", "other"), await again.memo("b", "watch")];
    assert.deepEqual(all, [text, "", "b"]);
    assert.deepEqual(
      [await again.allMemos("watch"), await again.allMemos("none")].map((memos) => [...memos].sort()),
      [
        [
          ["b", "b"],
          ["home", text],
        ],
        [],
      ],
    );
    await again.write({
      memos: [
        { point: "home", name: "watch", text: "x" },
        { point: "home", name: "watch", text: null },
      ],
    });
    assert.equal(await again.memo("home", "watch"), undefined);
    assert.deepEqual(await again.allMemos("watch"), new Map([["b", "b"]]));
    assert.equal((await again.status()).journal.newest, 0);
  });
};

const togetherChecks = (check: Check): void => {
  check(
    "refuses whole numbers that JavaScript does not hold, so that what else is stored can be read",
    async ({ store }) => {
      const beyond = 2 ** 60;
      for (const batch of [
        { events: [event({ number: beyond })] },
        { intervals: [interval({ proof: { ...proof, clockOffset: -beyond } })] },
        { registers: [register({ proof: { ...proof, offset: beyond } })] },
      ])
        await assert.rejects(store.write(batch), RangeError, JSON.stringify(batch));
      await store.write({ events: [event({ number: Number.MAX_SAFE_INTEGER })] });
      const events = await store.events("home", { limit: 9 });
      assert.deepEqual(
        events.map(({ number }) => number),
        [Number.MAX_SAFE_INTEGER],
      );
    },
  );

  check("a batch that cannot be stored leaves nothing, and takes no number of the journal", async ({ store }) => {
    await store.write({ events: [], intervals: [interval({ end: t0 - quarter })] });
    const batch = {
      readings: [{ point: "home", reading: reading(t0, { power_w: 1, energy_import_wh: 1 }) }],
      intervals: [interval({ proof })],
      memos: [{ point: "home", name: "watch", text: "x" }],
      devices: [device],
      registers: [register(), register({ register: "energy_export_wh", value: Number.NaN })],
    };
    await assert.rejects(store.write(batch));
    const left = [
      ...[await store.registers("home", always), await store.devices("home")],
      ...[await store.readings("home", always), [await store.lastRegisters("home")]],
      [await store.memo("home", "watch")],
    ];
    assert.deepEqual(left, [[], [], [], [undefined], [undefined]]);
    assert.equal((await store.intervals("home", imported)).length, 1);
    assert.equal((await store.status()).journal.newest, 1);
    assert.equal((await store.write({ ...batch, registers: [register()] })).journal, 4);
    assert.deepEqual(
      (await journalOf(store)).map(({ number }) => number),
      [1, 2, 3, 4],
    );
  });

  check("calls take effect in the order in which they were made", async ({ store }) => {
    const writes = [1, 2, 3].map((value) =>
      store.write({
        intervals: [interval({ value })],
        memos: [{ point: "home", name: "n", text: String(value) }],
      }),
    );
    const [found, memo, results] = await Promise.all([
      store.intervals("home", imported),
      store.memo("home", "n"),
      Promise.all(writes),
    ]);
    assert.deepEqual([found[0]?.value, found[0]?.revision, memo], [3, 3, "3"]);
    assert.deepEqual(
      results.map(({ journal }) => journal),
      [1, 2, 3],
    );
  });

  check("an empty batch is fine, and a large one is whole", async ({ store }) => {
    assert.equal((await store.write({})).journal, 0);
    const list = quarters(t0, t0 + 2_500 * quarter);
    assert.equal((await store.write({ intervals: list })).intervals, 2_500);
    const readings = Array.from({ length: 2_500 }, (_, n) => reading(t0 + n * 1_000, { power_w: n }));
    assert.equal(await append(store, "home", readings), 2_500);
    const entries = await journalOf(store, 0, 1_000);
    assert.deepEqual(
      entries.map(({ number }) => number),
      list.map((_, n) => n + 1),
    );
    assert.equal((await store.readings("home", { ...always, limit: 10_000 })).length, 2_500);
  });
};
