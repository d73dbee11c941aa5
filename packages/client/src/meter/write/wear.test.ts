import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseProfile } from "@meterport/protocol/layout/index";
import { numberOf, type TableId } from "@meterport/protocol/tables/catalogue";
import fc from "fast-check";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { admit, type WearState, wearLimits, wears } from "./wear.ts";
import { memoryWearStore, WearBudget } from "./wear-budget.ts";

const hour = 3_600_000;
const day = 24 * hour;
const old = parseProfile("meter:3.30");

describe("what wears", () => {
  const cases: readonly (readonly [TableId, string, boolean])[] = [
    ["ET51", "meter:3.30", true],
    ["BT07", "meter:3.30", true],
    ["BT4150", "meter:3.30", true],
    ["ET50", "meter:3.30", false],
    ["ET51", "meter:3.40", false],
    ["BT07", "meter:4.30", false],
    ["ET51", "module:1.11", false],
    ["ET52", "meter:3.30", true],
    ["ET52", "meter:4.30", true],
    ["ET52", "module:1.32", true],
  ];
  for (const [id, profile, expected] of cases)
    test(`${id} on ${profile}: ${expected}`, () => assert.equal(wears(numberOf(id), parseProfile(profile)), expected));
});

describe("admit", () => {
  test("lets four an hour through and names the moment of the fifth", () => {
    let state: WearState = { writes: [] };
    for (const now of [1000, 2000, 3000, 4000]) {
      const admission = admit(state, 1, now);
      assert.ok(admission.ok);
      state = admission.state;
    }
    assert.deepEqual(admit(state, 1, 5000), { ok: false, at: 1000 + hour });
    assert.deepEqual(admit(state, 3, 5000), { ok: false, at: 3000 + hour });
    assert.equal(admit(state, 1, 999 + hour).ok, false);
    assert.deepEqual(admit(state, 1, 1000 + hour), {
      ok: true,
      state: { writes: [1000, 2000, 3000, 4000, 1000 + hour] },
    });
    assert.deepEqual(admit(state, 5, 10 * day), { ok: false, at: undefined });
  });

  test("keeps the limit of the day", () => {
    const limits = [{ span: day, most: 3 }];
    assert.deepEqual(admit({ writes: [0, hour, 2 * hour] }, 2, 3 * hour, limits), { ok: false, at: hour + day });
  });

  test("a clock that was set back, or nonsense in a store, locks nothing for longer than a span", () => {
    const state = { writes: [9e15, Number.NaN, Number.POSITIVE_INFINITY, -1, 9e15, 9e15, 9e15] };
    const refused = admit(state, 1, 50 * day);
    assert.deepEqual(refused, { ok: false, at: 50 * day + hour });
    // Once the clock is right again, the wrong entries are gone.
    assert.equal(admit({ writes: [0, 0, 0, 0] }, 1, 50 * day).ok, true);
  });

  test("for any requests, no span ever holds more than its limit, and the named moment is the earliest", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2 * hour }), fc.integer({ min: 1, max: 4 })), { maxLength: 150 }),
        (steps) => {
          let state: WearState = { writes: [] };
          let now = 1_700_000_000_000;
          const sent: number[] = [];
          for (const [pause, count] of steps) {
            now += pause;
            const admission = admit(state, count, now);
            if (!admission.ok) {
              assert.ok(admission.at !== undefined && admission.at > now);
              assert.equal(admit(state, count, admission.at - 1).ok, false);
              assert.equal(admit(state, count, admission.at).ok, true);
              continue;
            }
            state = admission.state;
            for (let i = 0; i < count; i++) sent.push(now);
          }
          for (const { span, most } of wearLimits)
            for (const time of sent)
              assert.ok(sent.filter((other) => other > time - span && other <= time).length <= most);
          assert.ok(state.writes.length <= 100);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("WearBudget", () => {
  test("survives a restart through its store, and says when", async () => {
    const clock = new VirtualClock({ wall: Date.UTC(2026, 0, 1, 12) });
    const store = memoryWearStore();
    const first = new WearBudget(store, clock, old);
    await Promise.all([1, 2, 3].map(() => first.spend([0x0833], "write ET51")));
    await new WearBudget(store, clock, old).spend([0x0833], "write ET51");
    await clock.advance(60_000);
    await assert.rejects(new WearBudget(store, clock, old).spend([0x0833], "write ET51"), {
      name: "UsageError",
      code: "wear",
      message:
        "write ET51: 4 writes an hour and 100 a day spare the meter's memory; the next one may be sent from 2026-01-01T13:00:00.000Z on",
    });
    await new WearBudget(store, clock, old).spend([0x0832], "write ET50");
    await clock.advance(hour);
    await new WearBudget(store, clock, old).spend([0x0834, 0x0834, 0x0834], "a transaction");
  });

  test("a write that cannot be saved is not sent, and a malformed state counts as none", async () => {
    const clock = new VirtualClock();
    const broken = {
      load: async () => ({ writes: "often" }) as unknown as WearState,
      save: async () => {
        throw new Error("disk full");
      },
    };
    await assert.rejects(new WearBudget(broken, clock, old).spend([0x0833], "write ET51"), /disk full/);
  });
});
