import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError, LinkError } from "@meterport/protocol/errors";
import fc from "fast-check";
import type { Recorder } from "./load-profile.test-kit.ts";
import { all, open, recorded } from "./load-profile-meter.test-kit.ts";

describe("bad input", () => {
  const opening: Record<string, readonly [(recorder: Recorder) => void, RegExp]> = {
    "255 channels": [(r) => Object.assign(r.dimensions, { channels: 255 }), /255 channels/],
    "65535 blocks": [(r) => Object.assign(r.dimensions, { blocks: 65_535 }), /65535 blocks of/],
    "no intervals": [(r) => Object.assign(r.dimensions, { intervals: 0 }), /0 intervals/],
    "a block size that ET21 contradicts": [
      (r) => Object.assign(r.lies.ET21, { blockSize: 110 }),
      /blockSize.*says 110/,
    ],
    "an interval size that ET21 contradicts": [(r) => Object.assign(r.lies.ET21, { intervalSize: 255 }), /says 255/],
    "an unknown format": [(r) => Object.assign(r.lies.BT62, { format: 5 }), /format 5/],
  };
  for (const [name, [change, message]] of Object.entries(opening))
    test(`${name}: a layout error`, async () => {
      const recorder = recorded(12);
      change(recorder);
      await assert.rejects(
        open(recorder),
        (error: unknown) => error instanceof LayoutError && message.test(error.message),
      );
    });

  const reading: Record<string, readonly [Record<string, number>, RegExp]> = {
    "more valid blocks than there are": [{ validBlocks: 65_535 }, /65535 of 5 blocks/],
    "a newest block outside the ring": [{ lastBlock: 5 }, /the newest block is 5 of 5/],
    "a descending order": [{ intervalOrder: 1 }, /descending/],
  };
  for (const [name, [lies, message]] of Object.entries(reading))
    test(`${name}: a layout error`, async () => {
      const recorder = recorded(12);
      recorder.lies.BT63 = lies;
      const setting = await open(recorder);
      await assert.rejects(
        all(setting),
        (error: unknown) => error instanceof LayoutError && message.test(error.message),
      );
    });

  test("a block with an impossible date is reported and not given", async () => {
    const setting = await open(recorded(24));
    const bytes = setting.line.memory.get(64) as Uint8Array;
    const blockSize = bytes.length / 5;
    // 31 February.
    bytes.set([26, 2, 31, 0, 0], blockSize);
    const discarded: unknown[] = [];
    const intervals = await all(setting, { onDiscarded: (block) => discarded.push(block) });
    assert.deepEqual(discarded, [{ block: 1, sequence: 2, reason: "no-date" }]);
    assert.deepEqual(
      intervals.map(({ block }) => block).filter((block) => block === 1),
      [],
    );
    assert.equal(intervals.length, 16);
  });

  test("any bytes in the data give values or discarded blocks, and the read ends", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.nat(255)),
        fc.option(fc.date({ noInvalidDate: true })),
        async (random, since) => {
          const setting = await open(recorded(33));
          const bytes = setting.line.memory.get(64) as Uint8Array;
          bytes.forEach((_, i) => {
            bytes[i] = random.next().value as number;
          });
          const before = setting.line.asked.length;
          const intervals = await all(setting, since === null ? {} : { since: since.getTime() });
          assert.ok(intervals.length <= 40);
          assert.ok(setting.line.asked.length - before <= 16);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("a refusal rejects, and a signal ends the read", async () => {
    const setting = await open(recorded(33));
    setting.line.memory.set(64, { refuse: 3 });
    await assert.rejects(all(setting), { code: "no-permission" });
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(all(setting, { signal: stop.signal }), (error: unknown) => error instanceof LinkError);
  });
});
