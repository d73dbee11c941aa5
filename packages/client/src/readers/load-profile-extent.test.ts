import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ByteRange } from "../meter/read/ranges.ts";
import { all, open, quarter, recorded } from "./load-profile-meter.test-kit.ts";

describe("the extent of a load profile", () => {
  test("is from the oldest interval that is kept to the newest one", async () => {
    for (const count of [1, 8, 21, 53]) {
      const recorder = recorded(count);
      const { clock, profile } = await open(recorder);
      const slots = recorder.kept.flatMap(({ slots }) => slots.filter((slot) => slot !== undefined));
      assert.deepEqual(await clock.run(profile.extent()), { oldest: slots[0]?.end, newest: slots.at(-1)?.end });
    }
  });

  test("is unknown before the first interval", async () => {
    const { clock, profile } = await open(recorded(0));
    assert.equal(await clock.run(profile.extent()), undefined);
  });

  test("leaves out a block that the meter overwrites meanwhile", async () => {
    const setting = await open(recorded(40));
    const { clock, profile, recorder, publish } = setting;
    let reads = 0;
    setting.onRead = (table) => {
      // Between the header of the newest block and that of the oldest one.
      if (table !== profile.table || ++reads !== 2) return;
      recorder.record({});
      publish();
    };
    const extent = await clock.run(profile.extent());
    assert.equal(extent?.newest, recorder.kept.at(-2)?.slots.at(-1)?.end);
    assert.equal(extent?.oldest, recorder.kept[0]?.slots[0]?.end);
  });
});

test("each request for blocks waits for its turn, and its bytes are shown with their place", async () => {
  const setting = await open(recorded(20));
  let turns = 0;
  const seen: { range: ByteRange; bytes: Uint8Array }[] = [];
  const intervals = await all(setting, {
    since: setting.recorder.kept.at(-1)?.slots[0]?.end,
    before: async () => void turns++,
    onBytes: (range, bytes) => seen.push({ range, bytes }),
  });
  assert.equal(turns, seen.length);
  assert.ok(turns > 0 && intervals.length > 0);
  for (const interval of intervals) {
    const { offset, length } = setting.profile.placeOf(interval);
    const holder = seen.find(({ range }) => range.offset <= offset && offset + length <= range.offset + range.length);
    assert.ok(holder !== undefined);
    const { bytes, range } = holder;
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset - range.offset, length);
    // Two bytes of statuses are before the first of three values.
    assert.equal(view.getInt32(2, true), interval.channels[0]?.value);
  }
  assert.equal(intervals[0]?.end, (setting.recorder.kept.at(-1)?.slots[0]?.end ?? 0) + quarter);
});
