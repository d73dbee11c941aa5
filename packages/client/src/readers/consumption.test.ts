import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { advance, type ConsumptionInterval, type ConsumptionOptions, consumption, isRegister } from "./consumption.ts";
import type { LoadProfileInterval } from "./load-profile-intervals.ts";
import { channelReader, missingValue } from "./load-profile-status.ts";

/** Each slot is the value of each channel with its status; undefined = not recorded, null = not even in the stream. */
type Given = readonly (readonly [number, number])[] | undefined | null;
const intervalsOf = (sources: readonly number[], given: readonly Given[]): LoadProfileInterval[] =>
  given.flatMap((slot, index) =>
    slot === null
      ? []
      : [
          {
            set: 1,
            block: 0,
            index,
            end: (index + 1) * 900_000,
            durationMinutes: 15,
            dst: false,
            powerFail: false,
            clockForward: false,
            clockBackward: false,
            channels: sources.map((source, c) => {
              const [value, status] = slot?.[c] ?? [];
              return value === undefined ? missingValue(source) : channelReader(source)(status ?? 0, value);
            }),
            valid: slot !== undefined,
          },
        ],
  );
const run = async (
  sources: readonly number[],
  given: readonly Given[],
  options?: ConsumptionOptions,
): Promise<ConsumptionInterval[]> => {
  const list: ConsumptionInterval[] = [];
  for await (const item of consumption(intervalsOf(sources, given), options)) list.push(item);
  return list;
};
const values = (intervals: readonly ConsumptionInterval[]) =>
  intervals.map(({ channels }) => channels.map(({ value, status }) => value ?? status));

describe("consumption", () => {
  test("adds up to the difference of the registers, to the Wh", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5000), { minLength: 1, maxLength: 50 }),
        fc.nat(9_999_999),
        async (steps, first) => {
          let register = first;
          const snapshots = [register, ...steps.map((step) => (register += step))];
          const rollover = 10_000_000;
          const found = await run(
            [0],
            snapshots.map((n) => [[n % rollover, 0]]),
            { rollover },
          );
          assert.deepEqual(
            values(found),
            steps.map((step) => [step]),
          );
        },
      ),
    );
  });

  test("marks a gap instead of spreading its consumption", async () => {
    assert.deepEqual(values(await run([0], [[[5, 0]], [[7, 0]], undefined, [[20, 0]], [[21, 0]]])), [
      [2],
      ["missing"],
      ["gap"],
      [1],
    ]);
    assert.deepEqual(values(await run([0], [[[5, 0]], null, [[20, 0]], [[21, 0]]])), [["gap"], [1]]);
  });

  test("does not subtract if either value is not one of the register", async () => {
    const given = [[[5, 0]], [[0, 4]], [[9, 2]], [[10, 0]]] as const;
    assert.deepEqual(values(await run([0], given)), [["skipped"], ["gap"], [1]]);
  });

  test("leaves out channels that are not registers, and codings that only the device knows", async () => {
    const [only] = await run(
      [12, 0, 73, 0x4001, 4],
      [
        [
          [1, 0],
          [2, 0],
          [3, 0],
          [4, 0],
          [5, 0],
        ],
        [
          [9, 0],
          [9, 0],
          [9, 0],
          [9, 0],
          [9, 0],
        ],
      ],
    );
    assert.deepEqual(
      only?.channels.map(({ source, value }) => [source, value]),
      [
        [0, 7],
        [4, 4],
      ],
    );
    assert.deepEqual([0, 4, 26, 8, 73, 112, 176, 0x4001].map(isRegister), [
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  test("only energies roll over, and only from the end of their range", async () => {
    const given = [
      [
        [999_990, 0],
        [999_990, 0],
      ],
      [
        [5, 0],
        [5, 0],
      ],
      [
        [3, 0],
        [6, 0],
      ],
    ] as const;
    assert.deepEqual(values(await run([0, 4], given, { rollover: 1_000_000 })), [
      [15, "reset"],
      ["reset", 1],
    ]);
    assert.deepEqual(values(await run([0], given)), [["reset"], ["reset"]]);
    assert.equal(advance(899_999, 5, 1_000_000), undefined);
    assert.equal(advance(999_999, 100_000, 1_000_000), undefined);
    assert.equal(advance(2_000_000, 5, 1_000_000), undefined);
    assert.equal(advance(5, -5, 1_000_000), undefined);
  });
});
