/** Reads that take several messages: the meter's values change between them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, type Meter, rc4 } from "@meterport/client";
import { array, at, parseProfile, struct, table, u32 } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "./support/virtual-clock.ts";

const values = 300;
const long = table(
  "ET200",
  2048 + 200,
  "A table for this test, longer than two messages",
  { read: "basic", write: "never" },
  { block: at(0, struct({ values: at(0, array(values, u32), "The time of reading, four bytes alike") }), "Values") },
);

const open = async (clock: VirtualClock): Promise<Meter> => {
  const key = new Secret(new Uint8Array(16).fill(7));
  const start = clock.wall();
  const keys = { basic: key, advanced: new Secret(new Uint8Array(16)) };
  const meter = new VirtualMeter({ profile: parseProfile("meter:3.70"), keys, scenario: "quiet", seed: 1, start });
  meter.memory.setLive(long.number, (time) => new Uint8Array(4 * values).fill((time - start) / 10));
  const security = rc4({ key, entropy: (length) => new Uint8Array(length) });
  return clock.run(connect(modelledLine({ meter, clock, baud: 9600 }), { security, clock, profile: meter.profile }));
};

/** Values whose bytes come from two moments. */
const torn = (found: readonly number[]): number[] => found.filter((value) => value % 0x01010101 !== 0);

describe("a read in several messages", () => {
  const ways: readonly (readonly [string, (meter: Meter) => Promise<readonly number[]>])[] = [
    ["of a whole table", async (meter) => (await meter.read(long)).block.values],
    ["of a part", (meter) => meter.read(long, ["block", "values"])],
    [
      "in a batch",
      async (meter) => {
        const [part, other] = await meter.batch((want) => [
          want.read(long, ["block", "values"]),
          want.read(long, ["block", "values", 7]),
        ]);
        assert.ok(part.ok && other.ok);
        return part.value;
      },
    ],
  ];
  for (const [way, read] of ways) {
    test(`${way} takes every value from one moment`, async () => {
      const clock = new VirtualClock();
      const meter = await open(clock);
      for (let i = 0; i < 5; i++) {
        const found = await clock.run(read(meter));
        assert.equal(found.length, values);
        assert.ok(new Set(found).size >= 3, "the table changed while it was read");
        assert.deepEqual(torn(found), []);
        await clock.advance(137);
      }
      await meter.close();
    });
  }
});
