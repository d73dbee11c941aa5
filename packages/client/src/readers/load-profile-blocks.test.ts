import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "@meterport/protocol/errors";
import { decode, locate, parseProfile } from "@meterport/protocol/layout/index";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { BT64 } from "@meterport/protocol/tables/index";
import fc from "fast-check";
import {
  type BlockShape,
  blockBack,
  blockShape,
  decodeHeader,
  headerRange,
  intervalEnd,
  isIntact,
  slotsBetween,
  slotsRange,
  valueStarts,
} from "./load-profile-blocks.ts";
import { intervalDecoder } from "./load-profile-intervals.ts";

const options = { endReadings: false, ansi: false, path: "BT61.dataSets.0" };
const shapeOf = (blocks: number, intervals: number, channels: number, maximumIntervalTime = 15): BlockShape =>
  blockShape({ blocks, intervals, channels, maximumIntervalTime }, options);
/** Small shapes of every kind, with the environment of the declaration. */
const shapes = fc
  .record({
    blocks: fc.integer({ min: 1, max: 5 }),
    intervals: fc.integer({ min: 1, max: 30 }),
    channels: fc.integer({ min: 1, max: 16 }),
    endReadings: fc.boolean(),
  })
  .map(({ endReadings, ...size }) => {
    const set = { ...size, maximumIntervalTime: 15 };
    const base = defaultDimensions(parseProfile("meter:3.70"));
    const BT61 = { ...base.BT61, endReadingSupported: endReadings, dataSets: [set, set, set, set] };
    return { shape: blockShape(set, { ...options, endReadings }), env: { ...base, BT61 } };
  });

describe("blockShape", () => {
  test("of the guide's example: 4 channels of 96 intervals make 1841 bytes", () => {
    const { blockSize, headerSize, extendedStatusSize, intervalSize } = shapeOf(60, 96, 4);
    assert.deepEqual([blockSize, headerSize, extendedStatusSize, intervalSize], [1841, 17, 3, 19]);
  });

  test("84 is a day, but not with ANSI compliance", () => {
    assert.equal(shapeOf(1, 1, 1, 84).durationMinutes, 1440);
    const set = { blocks: 1, intervals: 1, channels: 1, maximumIntervalTime: 84 };
    assert.throws(() => blockShape(set, { ...options, ansi: true }), /intervals of 84 minutes/);
  });

  const impossible: Record<string, readonly [number, number, number, number]> = {
    "no channels": [1, 96, 0, 15],
    "255 channels": [1, 96, 255, 15],
    "no intervals": [1, 0, 4, 15],
    "65535 intervals": [1, 65_535, 1, 1],
    "no duration": [1, 96, 4, 0],
    "255 minutes": [1, 96, 4, 255],
    "65535 blocks": [65_535, 96, 4, 15],
  };
  for (const [name, [blocks, intervals, channels, minutes]] of Object.entries(impossible))
    test(`refuses ${name}`, () => {
      assert.throws(
        () => shapeOf(blocks, intervals, channels, minutes),
        (error: unknown) => error instanceof LayoutError && error.code === "shape" && /BT61/.test(error.message),
      );
    });
});

describe("places", () => {
  test("are those of the declaration, and values begin at each of them", () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.nat(), fc.nat(), ({ shape, env }, b, i, c) => {
        const [block, index] = [b % shape.blocks, i % shape.intervalsPerBlock];
        const at = { block, sequence: 0 };
        const interval = locate(BT64, ["blocks", block, "intervals", index], env);
        assert.deepEqual(slotsRange(at, { from: index, to: index }, shape), {
          offset: interval.offset,
          length: interval.length,
        });
        const first = locate(BT64, ["blocks", block], env);
        assert.deepEqual(headerRange(at, shape), { offset: first.offset, length: shape.headerSize });
        assert.equal(first.length, shape.blockSize);
        const value = locate(BT64, ["blocks", block, "intervals", index, "values", c % shape.channels], env);
        assert.ok(valueStarts(at, shape).includes(value.offset));
      }),
    );
  });

  test("statuses and values are those of the declaration, for any bytes", () => {
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.nat(255)), ({ shape, env }, random) => {
        const bytes = new Uint8Array(shape.blocks * shape.blockSize).map(() => random.next().value as number);
        const { blocks } = decode(BT64, bytes, env);
        const channels = Array.from({ length: shape.channels }, (_, index) => ({ index, source: 0 }));
        const run = intervalDecoder(1, shape, channels);
        blocks.forEach((expected, block) => {
          const at = { block, sequence: 0 };
          const part = ({ offset, length }: { offset: number; length: number }) =>
            bytes.subarray(offset, offset + length);
          const header = { ...decodeHeader(part(headerRange(at, shape)), shape), end: 0 };
          const slots = { from: 0, to: header.last };
          const got = run(block, header, slots, part(slotsRange(at, slots, shape)));
          got.forEach((interval, i) => {
            const { extendedStatus = [], values = [] } = expected.intervals[i] ?? {};
            if (!interval.valid) return;
            const { dst, powerFail, clockForward, clockBackward } = interval;
            const flags = +dst + 2 * +powerFail + 4 * +clockForward + 8 * +clockBackward;
            assert.equal(flags, extendedStatus[0]);
            assert.deepEqual(
              interval.channels.map(({ raw }) => raw),
              values,
            );
            const codes = { ok: 0, overflow: 1, partialInterval: 2, longInterval: 3, skipped: 4, testMode: 5 } as const;
            interval.channels.forEach(({ status }, c) => {
              const code = extendedStatus[c + 1] as number;
              if (code <= 5) assert.equal(codes[status as keyof typeof codes], code);
              if ([6, 7, 13, 14].includes(code)) assert.equal(status, code);
            });
          });
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe("the ring", () => {
  test("wraps at index 0 and number 0, never goes below", () => {
    assert.deepEqual(blockBack({ block: 0, sequence: 0 }, 1, 60), { block: 59, sequence: 0xffff_ffff });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(200), fc.nat(0xffff_ffff), (blocks, back, sequence) => {
        // The naive model: blocks written one after the other.
        let [block, number] = [0, 0];
        const written = [{ block, sequence: number }];
        for (let i = 0; i < back; i++) {
          block = block + 1 === blocks ? 0 : block + 1;
          number++;
          written.push({ block, sequence: number });
        }
        assert.deepEqual(blockBack({ block, sequence: number }, back, blocks), written[0]);
        assert.equal(isIntact(sequence, (sequence + back) >>> 0, blocks), back < blocks);
      }),
    );
  });
});

describe("times", () => {
  test("slotsBetween gives the same as a filter over the ends", () => {
    const end = Date.UTC(2026, 2, 29, 1);
    const bound = fc.integer({ min: -40 * 15, max: 5 * 15 }).map((minutes) => end + minutes * 60_000);
    fc.assert(
      fc.property(fc.integer({ min: -1, max: 29 }), bound, bound, (last, since, until) => {
        const shape = shapeOf(3, 30, 1);
        const naive = Array.from({ length: last + 1 }, (_, i) => i).filter((i) => {
          const at = intervalEnd(end, last, i, shape);
          return at > since && at <= until;
        });
        const { from, to } = slotsBetween({ end, last, recorded: new Uint8Array() }, shape, since, until);
        assert.deepEqual(
          Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i),
          naive,
        );
      }),
    );
  });

  test("no bounds give all intervals, and no date gives none", () => {
    const shape = shapeOf(3, 30, 1);
    const all = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
    assert.deepEqual(slotsBetween({ end: 0, last: 7, recorded: new Uint8Array() }, shape, ...all), { from: 0, to: 7 });
    const none = slotsBetween({ end: undefined, last: 7, recorded: new Uint8Array() }, shape, ...all);
    assert.ok(none.from > none.to);
  });

  test("a header has its last interval, and no date if there is none", () => {
    const shape = shapeOf(1, 10, 1);
    const header = (...bytes: number[]) => decodeHeader(Uint8Array.from(bytes), shape);
    assert.deepEqual(header(26, 3, 29, 1, 15, 0x05, 0x02), {
      end: Date.UTC(2026, 2, 29, 1, 15),
      recorded: Uint8Array.of(5, 2),
      last: 9,
    });
    // Bits past the tenth interval are ignored.
    assert.equal(header(26, 3, 29, 1, 15, 0x05, 0xfc).last, 2);
    assert.equal(header(26, 3, 29, 1, 15, 0, 0).last, -1);
    assert.equal(header(26, 2, 31, 0, 0, 1, 0).end, undefined);
    assert.equal(header(0, 0, 0, 0, 0, 1, 0).end, undefined);
  });
});
