import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import fc from "fast-check";
import { Recorder } from "./load-profile.test-kit.ts";
import { all, defaults, expected, got, open, quarter, recorded, type Setting } from "./load-profile-meter.test-kit.ts";

describe("intervals", () => {
  test("are what the meter recorded, oldest first, for any ring, holes and requested time", async () => {
    const cases = fc.record({
      blocks: fc.integer({ min: 1, max: 5 }),
      intervals: fc.integer({ min: 1, max: 12 }),
      sources: fc.array(fc.constantFrom(0, 1, 2, 3, 12), { minLength: 1, maxLength: 5 }),
      holes: fc.array(fc.boolean(), { maxLength: 70 }),
      firstSequence: fc.constantFrom(1, 0xffff_fffe),
      since: fc.option(fc.integer({ min: -2, max: 80 })),
      until: fc.option(fc.integer({ min: -2, max: 80 })),
      minutes: fc.constantFrom(15, 60, 84),
      set: fc.constantFrom(1 as const, 2 as const),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ holes, since, until, ...size }) => {
        const recorder = new Recorder({ ...defaults, ...size });
        // Every block has at least one interval.
        for (const [i, hole] of holes.entries())
          recorder.record(hole && (i + 1) % size.intervals !== 0 ? undefined : {});
        const setting = await open(recorder);
        const at = (slot: number): Millis => (defaults.start as number) + slot * recorder.minutes * 60_000;
        const from = since === null ? undefined : at(since);
        const to = until === null ? undefined : at(until);
        const progress: number[] = [];
        const intervals = await all(setting, {
          ...(from === undefined ? {} : { since: from }),
          ...(to === undefined ? {} : { until: to }),
          onProgress: ({ done, total }) => {
            assert.ok(done <= total);
            progress.push(done);
          },
          onDiscarded: () => assert.fail(),
        });
        assert.deepEqual(got(intervals), expected(recorder, from, to));
        assert.deepEqual(
          progress,
          [...progress].sort((a, b) => a - b),
        );
        for (const { valid, channels } of intervals)
          if (!valid)
            for (const channel of channels)
              assert.deepEqual(
                [channel.value, channel.raw, channel.status, channel.valid],
                [null, null, "missing", false],
              );
        const ends = intervals.map(({ end }) => end);
        for (const [i, end] of ends.slice(1).entries()) assert.ok(end > (ends[i] as number));
      }),
      { numRuns: 60 },
    );
  });

  test("an interval that was never recorded comes between its neighbours, without a value", async () => {
    const recorder = new Recorder(defaults);
    for (const slot of [undefined, {}, undefined, {}]) recorder.record(slot);
    const intervals = await all(await open(recorder));
    assert.deepEqual(
      intervals.map(({ index, end, valid }) => [index, end - (defaults.start as number), valid]),
      [
        [1, 2 * quarter, true],
        [2, 3 * quarter, false],
        [3, 4 * quarter, true],
      ],
    );
  });

  test("have the statuses that the meter gave them", async () => {
    const recorder = new Recorder({ ...defaults, sources: [0, 112, 12], mapped: [0x4105] });
    recorder.record({ common: 1, values: [5, 7, 9] });
    recorder.record({ common: 2 | 4, statuses: [2, 15, 4], values: [6, 0, 0] });
    recorder.record({ common: 8, statuses: [3, 11, 12], values: [7, 7, 0] });
    recorder.record({ statuses: [1, 0, 6], values: [8, 0, 3] });
    recorder.record({ statuses: [9, 10, 5], values: [9, 1, -4] });
    const intervals = await all(await open(recorder));
    const flags = intervals.map((i) => [i.dst, i.powerFail, i.clockForward, i.clockBackward].map(Number).join(""));
    assert.deepEqual(flags, ["1000", "0110", "0001", "0000", "0000"]);
    assert.deepEqual(
      intervals.map(({ channels }) => channels.map(({ value, raw, status }) => [value, raw, status])),
      [
        [
          [5, 5, "ok"],
          [7, 7, "ok"],
          [9, 9, "ok"],
        ],
        [
          [6, 6, "partialInterval"],
          [null, 0, "placeholder"],
          [null, 0, "skipped"],
        ],
        [
          [7, 7, "longInterval"],
          [null, 7, "notCurrent"],
          [null, 0, "optedOut"],
        ],
        [
          [null, 8, "overflow"],
          [null, 0, "zeroOrSkipped"],
          [null, 3, 6],
        ],
        [
          [9, 9, "clockError"],
          [null, 1, "deviceMissing"],
          [null, -4, "testMode"],
        ],
      ],
    );
    assert.deepEqual(
      intervals[0]?.channels.map(({ source }) => source),
      [0, 0x4105, 12],
    );
  });

  test("of some channels only, in the requested order", async () => {
    const setting = await open(recorded(3));
    const [first] = await all(setting, { channels: [2, 0] });
    assert.deepEqual(
      first?.channels.map(({ source, value }) => [source, value]),
      [
        [2, 2100],
        [0, 100],
      ],
    );
    await assert.rejects(all(setting, { channels: [3] }), (error: unknown) => error instanceof UsageError);
  });

  test("continue after the last one", async () => {
    const setting = await open(recorded(20));
    const before = await all(setting);
    for (let i = 0; i < 7; i++) setting.recorder.record({});
    setting.publish();
    const after = await all(setting, { since: before.at(-1)?.end as number });
    assert.deepEqual(got([...before, ...after]), expected(setting.recorder));
    assert.equal(after.length, 7);
    assert.deepEqual(await all(setting, { since: after.at(-1)?.end as number }), []);
  });

  test("across the end of summer and winter time are 15 minutes apart", async () => {
    const ends = (await all(await open(recorded(40)))).map(({ end }) => end);
    for (const [i, end] of ends.slice(1).entries()) assert.equal(end - (ends[i] as number), quarter);
  });

  test("are none for an empty or unused data set", async () => {
    assert.deepEqual(await all(await open(recorded(0))), []);
    const unused = await open(recorded(3), 3);
    assert.deepEqual([unused.profile.channels, unused.profile.durationMinutes], [[], undefined]);
    assert.deepEqual(await all(unused), []);
    await assert.rejects(open(recorded(3), 5), /data sets 1 to 4, not 5/);
    await assert.rejects(open(recorded(3), 0), UsageError);
  });
});

describe("a meter that keeps recording", () => {
  test("overwrites blocks while they are read: they are reported and not given", async () => {
    for (const more of [8, 9, 17, 40, 200]) {
      const setting = await open(recorded(40));
      const before = expected(setting.recorder);
      let reads = 0;
      setting.onRead = (table) => {
        if (table !== 64 || ++reads !== 2) return;
        for (let i = 0; i < more; i++) setting.recorder.record({});
        setting.publish();
      };
      const discarded: number[] = [];
      const intervals = await all(setting, {
        onDiscarded: ({ sequence, reason }) => {
          assert.equal(reason, "overwritten");
          discarded.push(sequence);
        },
      });
      const lost = Math.min(5, Math.ceil(more / 8));
      assert.deepEqual(discarded, [1, 2, 3, 4, 5].slice(0, lost));
      assert.deepEqual(got(intervals), before.slice(8 * lost));
    }
  });

  test("a new interval in the newest block does no harm", async () => {
    const setting = await open(recorded(36));
    const before = expected(setting.recorder);
    setting.onRead = (table) => {
      if (table !== 64) return;
      setting.recorder.record({});
      setting.publish();
      setting.onRead = () => {};
    };
    const ends = got(await all(setting));
    assert.deepEqual(ends.slice(0, before.length), before);
  });

  test("a reconfigured load profile is not mixed with the old one", async () => {
    const setting = await open(recorded(36));
    setting.recorder.configurationId++;
    setting.publish();
    await assert.rejects(all(setting), /reconfigured since it was opened/);
    // Only the changed dimensions reveal it.
    const other = await open(recorded(36, { profile: parseProfile("meter:3.70") }));
    const changed = recorded(36, { sources: [0, 1, 3] });
    for (const [table, bytes] of changed.tables()) other.line.memory.set(table, bytes);
    other.line.endpoint.bumpSequence();
    await assert.rejects(all(other), /reconfigured since it was opened/);
  });

  test("changed dimensions of other tables have no effect", async () => {
    const setting = await open(recorded(36));
    setting.onRead = (table) => {
      if (table !== 64) return;
      setting.onRead = () => {};
      setting.line.endpoint.bumpSequence();
    };
    assert.deepEqual(got(await all(setting)), expected(setting.recorder));
  });
});

describe("requests", () => {
  const asked = ({ line }: Setting, from: number): string[] =>
    line.asked.slice(from).map(({ table, offset, count }) => `${table}@${offset}+${count}`);

  test("read neighbouring blocks in full messages that end where values begin", async () => {
    const setting = await open(recorded(10 * 96, { blocks: 10, intervals: 96, sources: [0, 1, 2, 3] }));
    const from = setting.line.asked.length;
    assert.equal((await all(setting)).length, 960);
    const pieces = setting.line.asked.slice(from).filter(({ table }) => table === 64);
    const bytes = pieces.reduce((sum, { count = 0 }) => sum + count, 0);
    // The newest block's header is read first, and again since it is between two others; 16 KiB at a time.
    assert.equal(bytes, 10 * 1841 + 17);
    assert.ok(pieces.length <= Math.ceil((8 * 1841) / 452) + Math.ceil((2 * 1841) / 452) + 2);
  });

  test("the last hour takes one header and four intervals", async () => {
    const setting = await open(recorded(10 * 96 + 40, { blocks: 10, intervals: 96, sources: [0, 1, 2, 3] }));
    const from = setting.line.asked.length;
    const newest = (defaults.start as number) + 1000 * quarter;
    assert.equal((await all(setting, { since: newest - 4 * quarter })).length, 4);
    // The header of the block before it shows that nothing more is wanted.
    assert.deepEqual(asked(setting, from), ["63@0+13", "64@0+17", "64@16569+17", "64@701+76", "2069@78+4", "63@0+13"]);
  });

  test("a day some time ago takes little more than its blocks, though the meter was off in between", async () => {
    const recorder = recorded(10 * 96, { blocks: 60, intervals: 96, sources: [0, 1, 2, 3] });
    const wanted = recorder.blocks[4]?.slots ?? [];
    const setting = await open(recorder);
    const from = setting.line.asked.length;
    const [since, until] = [(wanted[0]?.end as number) - quarter, wanted.at(-1)?.end as number];
    assert.equal((await all(setting, { since, until })).length, 96);
    const bytes = setting.line.asked.slice(from).reduce((sum, { count = 0 }) => sum + count, 0);
    assert.ok(bytes < 1841 + 6 * 17 + 4 * 17, `${bytes} bytes`);
  });
});
