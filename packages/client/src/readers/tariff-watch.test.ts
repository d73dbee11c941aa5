import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TariffCalendar } from "@meterport/protocol/meaning/tariff-calendar";
import type { ControlState } from "./control-state.ts";
import type { PresentTariff } from "./present-tariff.ts";
import { nextSwitch, TariffWatch } from "./tariff-watch.ts";

const each = { text: "each day", day: null, recurrent: { month: 15, period: 1, delta: 0 } };
const calendar = (schedules: TariffCalendar["schedules"], weekdays: readonly number[]): TariffCalendar =>
  ({
    id: 1,
    dates: [{ ...each, action: { kind: "season", season: 0 }, demandReset: false, selfRead: false }],
    schedules,
    seasons: [{ weekdays, special: [0, 0] }],
    standingSeason: null,
    doubts: [],
  }) as unknown as TariffCalendar;
/** Night until 06:00, day until 22:00; Sunday is night. */
const twoTiers = calendar(
  [
    [
      { minute: 0, tier: 1 },
      { minute: 360, tier: 0 },
      { minute: 1_320, tier: 1 },
    ],
    [{ minute: 0, tier: 1 }],
  ],
  [1, 0, 0, 0, 0, 0, 0],
);

const tariff = (more: Partial<PresentTariff> = {}): PresentTariff => ({
  time: "2026-01-02T05:59:00",
  daylightSaving: false,
  tier: 1,
  season: 0,
  by: "calendar",
  ...more,
});
const state = (more: Partial<ControlState> = {}): ControlState => ({
  tariff: tariff(),
  calendarId: 7,
  override: null,
  overrideKnown: true,
  stepTariff: false,
  overPower: false,
  outputs: [{ output: "disconnect", state: "closed", operatesIn_s: null }],
  ...more,
});

describe("nextSwitch", () => {
  // 2026-01-03 is a Saturday.
  const cases: readonly (readonly [string, string, number])[] = [
    ["2026-01-02T05:59", "2026-01-02T06:00", 0],
    ["2026-01-02T06:00", "2026-01-02T22:00", 1],
    ["2026-01-03T22:00", "2026-01-05T06:00", 0],
    ["2026-01-02", "2026-01-02T06:00", 0],
  ];
  for (const [local, at, tier] of cases)
    test(`after ${local} comes at ${at}`, () => assert.deepEqual(nextSwitch(twoTiers, local), { at, tier }));

  test("is unknown if there is none, or a day before it has no known tiers", () => {
    assert.equal(nextSwitch(calendar([[{ minute: 0, tier: 2 }]], [0, 0, 0, 0, 0, 0, 0]), "2026-01-02T05:59"), null);
    assert.equal(nextSwitch(calendar([null], [0, 0, 0, 0, 0, 0, 0]), "2026-01-02T05:59"), null);
    assert.throws(() => nextSwitch(twoTiers, "tomorrow"), { code: "time" });
  });
});

describe("TariffWatch", () => {
  test("tells a switch of the calendar, and one that it did not expect", () => {
    const watch = new TariffWatch(twoTiers);
    assert.deepEqual(watch.handle(state()), []);
    assert.deepEqual(watch.handle(state({ tariff: tariff({ time: "2026-01-02T06:00:00", tier: 0 }) })), [
      { type: "tier", from: 1, to: 0, by: "calendar", expected: true },
    ]);
    const forced = tariff({ time: "2026-01-02T07:00:00", tier: 3, by: "override" });
    assert.deepEqual(watch.handle(state({ tariff: forced })), [
      { type: "tier", from: 0, to: 3, by: "override", expected: false },
      { type: "decided-by", from: "calendar", to: "override" },
    ]);
    const bare = new TariffWatch();
    bare.handle(state());
    const [event] = bare.handle(state({ tariff: tariff({ tier: 0 }) }));
    assert.equal(event?.type === "tier" && event.expected, null);
  });

  test("tells seasons, calendars, overrides and outputs", () => {
    const watch = new TariffWatch();
    watch.handle(state());
    const override = { tier: 2, ends: "after a duration", duration_s: 600, at: null, calendarId: 9 } as const;
    const events = watch.handle(
      state({
        tariff: tariff({ season: 1 }),
        calendarId: 8,
        override,
        outputs: [{ output: "disconnect", state: "opening", operatesIn_s: null }],
      }),
    );
    assert.deepEqual(events, [
      { type: "season", from: 0, to: 1 },
      { type: "calendar", from: 7, to: 8 },
      { type: "override", from: null, to: override },
      { type: "output", output: "disconnect", from: "closed", to: "opening" },
    ]);
    assert.deepEqual(
      watch
        .handle(state({ tariff: tariff({ season: 1 }), calendarId: 8, override: { ...override } }))
        .map(({ type }) => type),
      ["output"],
    );
  });

  test("takes nothing that is unknown for a change, and remembers what was known before", () => {
    const watch = new TariffWatch();
    watch.handle(state());
    const unknown = state({
      tariff: null,
      calendarId: null,
      override: null,
      overrideKnown: false,
      outputs: [{ output: "disconnect", state: "unknown", operatesIn_s: null }],
    });
    assert.deepEqual(watch.handle(unknown), []);
    assert.deepEqual(watch.handle(state({ outputs: [] })), []);
    assert.deepEqual(watch.handle(state({ outputs: [{ output: "disconnect", state: "open", operatesIn_s: null }] })), [
      { type: "output", output: "disconnect", from: "closed", to: "open" },
    ]);
  });
});
