import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decode } from "@meterport/protocol/layout/index";
import { joinSources } from "@meterport/protocol/meaning/readings";
import { BT22, BT23, BT27, BT28 } from "@meterport/protocol/tables/index";
import fc from "fast-check";
import { Counters } from "../history/counters.ts";
import { openHousehold } from "../household/household.ts";
import { Noise } from "../household/noise.ts";
import { type ScenarioName, scenarios } from "../household/scenarios.ts";
import { Conversation, openMeter } from "../testing/conversation.ts";
import type { VirtualMeter } from "./virtual-meter.ts";

const hour = 3_600_000;
const day = 24 * hour;
const noon = Date.UTC(2026, 5, 21, 10);

/** Values by source id, as a client gets them. */
const registers = (meter: VirtualMeter, client: Conversation): ReadonlyMap<number, number> => {
  const { summationSources } = decode(BT22, client.read(22), meter.dimensions);
  return joinSources(summationSources, decode(BT23, client.read(23), meter.dimensions).total.summations).values;
};
const present = (meter: VirtualMeter, client: Conversation): ReadonlyMap<number, number> => {
  const { presentValueSources } = decode(BT27, client.read(27), meter.dimensions);
  return joinSources(presentValueSources, decode(BT28, client.read(28), meter.dimensions).presentValues).values;
};
const value = (values: ReadonlyMap<number, number>, id: number): number => {
  const found = values.get(id);
  assert.ok(found !== undefined, `source ${id} is missing`);
  return found;
};

describe("registers", () => {
  for (const scenario of ["house", "solar", "quiet"] as const satisfies readonly ScenarioName[]) {
    test(`differ by the integral of power (${scenario})`, () => {
      const meter = openMeter({ scenario, seed: 5, start: noon });
      const client = new Conversation(meter);
      const before = registers(meter, client);
      client.now = 2.5 * hour;
      const after = registers(meter, client);
      const flow = openHousehold({ scenario, seed: 5 }).integrate(noon, noon + client.now);
      const wattHours: readonly (readonly [number, number])[] = [
        [0, flow.forwardActive],
        [1, flow.reverseActive],
        [2, flow.importReactive],
        [3, flow.exportReactive],
        [6, flow.forwardPlusReverse],
      ];
      // The last two reads happened within 100 ms; a register is cut, not rounded, and reactive ones are two added up.
      for (const [id, expected] of wattHours) {
        const error = value(after, id) - value(before, id) - expected / hour;
        assert.ok(Math.abs(error) <= (id === 2 || id === 3 ? 2 : 1), `source ${id} is off by ${error}`);
      }
      const power = (flow.forwardActive - flow.reverseActive) / hour;
      assert.ok(Math.abs(value(after, 7) - value(before, 7) - power) <= 1);
    });
  }

  test("count 432 W for ten hours as 4320 Wh, by night in tier 1 and by day in tier 0", () => {
    const meter = openMeter();
    const client = new Conversation(meter);
    const before = decode(BT23, client.read(23), meter.dimensions);
    client.now = 10 * hour;
    const after = decode(BT23, client.read(23), meter.dimensions);
    const difference = (after.total.summations[0] ?? 0) - (before.total.summations[0] ?? 0);
    assert.ok(Math.abs(difference - 4320) <= 1);
    const gained = (tier: number): number =>
      (after.tiers[tier]?.summations[0] ?? 0) - (before.tiers[tier]?.summations[0] ?? 0);
    // From 01:00 local until 06:00, then until 11:00.
    assert.ok(Math.abs(gained(1) - 5 * 432) <= 1 && Math.abs(gained(0) - 5 * 432) <= 1);
    assert.equal(gained(0) + gained(1), difference);
    assert.deepEqual(after.tiers[0]?.summations.slice(4, 6), [0, 0]);
    for (const tier of after.tiers.slice(2)) assert.ok(tier.summations.every((count) => count === 0));
  });

  test("only rise, whatever the time, the speed and the household, but for the difference, which is never negative", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<ScenarioName>("house", "flat", "solar", "ev", "quiet", "empty"),
        fc.nat({ max: 1000 }),
        fc.nat({ max: 3000 }),
        fc.constantFrom(0, 0.5, 1, 60),
        fc.array(fc.nat({ max: 600_000 }), { minLength: 2, maxLength: 8 }),
        (scenario, seed, days, speed, waits) => {
          const meter = openMeter({ scenario, seed, start: Date.UTC(2020, 0, 1) + days * day, speed });
          const client = new Conversation(meter);
          let before = registers(meter, client);
          for (const wait of waits) {
            client.now += wait;
            const after = registers(meter, client);
            for (const [id, count] of after)
              assert.ok(id === 7 ? count >= 0 : count >= value(before, id), `source ${id} fell to ${count}`);
            before = after;
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("start from counts that agree with each other, and with a household that never exported", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<ScenarioName>("house", "flat", "solar", "ev", "quiet", "empty"),
        fc.nat(),
        (scenario, seed) => {
          const counters = new Counters(openHousehold({ scenario, seed }), 0, new Noise(seed, "counters"));
          const { bySource, apparent } = counters.at(0);
          const get = (id: number): number => value(bySource, id);
          const [s1 = 0, s2 = 0, s3 = 0, s4 = 0] = apparent;
          assert.ok(s1 + s4 >= get(0) && s2 + s3 >= get(1), "VAh below Wh");
          for (const [i, volt] of apparent.entries()) assert.ok(volt >= get(108 + i), `VAh of Q${i + 1} below varh`);
          assert.equal(get(2), get(108) + get(109));
          if (!scenarios[scenario].generates) assert.deepEqual([1, 109, 110].map(get), [0, 0, 0]);
        },
      ),
    );
  });

  test("roll over after nine digits", () => {
    const gigawattHours = openHousehold({ scenario: "quiet", seed: 1 });
    const flow = gigawattHours.integrate(0, 0);
    const huge = { ...flow, forwardActive: 999_999_000 * hour, forwardPlusReverse: 999_999_000 * hour };
    const counters = new Counters({ ...gigawattHours, integrate: () => huge }, 0, new Noise(1, "counters"));
    const [before, after] = [counters.at(0).bySource, counters.at(1000).bySource];
    for (const id of [0, 6]) assert.equal((value(after, id) - value(before, id) + 1e9) % 1e9, 999_999_000);
    assert.ok(value(after, 0) < 1e9);
  });

  test("do not depend on when they are read", () => {
    const asked = openMeter({ scenario: "house", seed: 3, start: noon });
    const client = new Conversation(asked);
    for (const now of [10, 777, 1500, 20_000, 20_300, hour]) {
      client.now = now;
      registers(asked, client);
    }
    const idle = new Conversation(openMeter({ scenario: "house", seed: 3, start: noon }));
    client.now = idle.now = 3 * hour;
    for (const table of [23, 28, 52, 55]) assert.deepEqual(idle.read(table), client.read(table));
    assert.deepEqual(
      asked.valuesAt(noon + hour),
      openMeter({ scenario: "house", seed: 3, start: noon }).valuesAt(noon + hour),
    );
  });
});

describe("present values", () => {
  test("agree with each other: netted totals, apparent power as the sum of U times I, frequency near 50 Hz", () => {
    for (const scenario of ["house", "solar", "ev"] as const) {
      const meter = openMeter({ scenario, seed: 11, start: noon });
      const client = new Conversation(meter);
      for (let i = 0; i < 20; i++) {
        client.now += 317_000;
        const values = present(meter, client);
        const get = (id: number): number => value(values, id);
        const net = [0, 1, 2].reduce((sum, k) => sum + get(185 + k) - get(188 + k), 0);
        assert.ok(Math.abs(get(8) - get(9) - net) <= 1);
        const apparent = [0, 1, 2].reduce((sum, k) => sum + (get(12 + k) * get(15 + k)) / 1e6, 0);
        assert.ok(Math.abs(get(20) - apparent) <= 1 + apparent / 1000, `${get(20)} VA, ${apparent} of U and I`);
        assert.ok(Math.abs(get(19) - 50_000) < 300);
        assert.ok(get(8) === 0 || get(9) === 0);
      }
    }
  });

  test("agree with the registers: power times an hour is what they rise by", () => {
    const meter = openMeter({ scenario: "quiet" });
    const client = new Conversation(meter);
    assert.equal(value(present(meter, client), 8), 432);
    assert.equal(value(present(meter, client), 11), 545);
  });
});

test("a thousand meters fit into one program", () => {
  for (let seed = 0; seed < 1000; seed++) {
    const meter = openMeter({ scenario: "house", seed, start: noon });
    const client = new Conversation(meter);
    client.now = 60_000;
    assert.ok(value(registers(meter, client), 0) > 0);
    assert.equal(client.read(28).length, 220);
  }
});
