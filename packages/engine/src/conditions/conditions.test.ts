import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DeviceAlarms } from "@meterport/client/readers/alarms";
import type { ControlState } from "@meterport/client/readers/control-state";
import { conditionsText, follow, type MeterState, noConditions, parseConditions } from "./conditions.ts";

const control: ControlState = {
  tariff: { time: null, daylightSaving: false, tier: 1, season: 0, by: "calendar" },
  calendarId: null,
  override: null,
  overrideKnown: false,
  stepTariff: null,
  overPower: null,
  outputs: [{ output: "disconnect", state: "unknown", operatesIn_s: null }],
};
const device = (kind: "mep" | "mbus"): DeviceAlarms => ({
  ...{ slot: kind === "mep" ? 4 : 0, handle: kind === "mep" ? 1000 : 1, kind, state: "down" },
  ...{ alarms: [], ownAlarms: 0b101, statusRead: null, lastReadAttempt: null, quality: "good", doubts: [] },
});
const state = (more: Partial<MeterState> = {}) => ({
  ...{ serial: "1", control, alarms: { meter: null, devices: [device("mep"), device("mbus")] } },
  ...more,
});

describe("follow", () => {
  test("begins what a state says, with the own alarms of MEP clients and without M-Bus devices", () => {
    const { events } = follow("home", noConditions, state(), 1_000);
    assert.deepEqual(
      events.map(({ id, time, until }) => [id, time, until]),
      [
        ["alarm:4:1000:own1:1000", 1_000, null],
        ["alarm:4:1000:own3:1000", 1_000, null],
        ["tier:1000", 1_000, null],
      ],
    );
  });

  test("ends nothing before it began, though the clock of the machine was set back", () => {
    const { now } = follow("home", noConditions, state(), 5_000);
    const other = { ...control, tariff: { ...control.tariff, tier: 2 } as ControlState["tariff"] };
    const { events } = follow("home", now, state({ control: other, alarms: { meter: null, devices: [] } }), 1_000);
    const ended = events.filter(({ until }) => until !== null);
    assert.equal(ended.length, 3);
    for (const { time, until } of ended) assert.deepEqual([time, until], [5_000, 5_000]);
  });

  test("resumes from a memo as from what it gave itself", () => {
    const { now } = follow("home", noConditions, state(), 1_000);
    assert.deepEqual(parseConditions(conditionsText(now)), now);
    assert.deepEqual(follow("home", parseConditions(conditionsText(now)), state(), 2_000).events, []);
  });
});

test("a memo with rubbish is as good as none, and its good parts are kept", () => {
  for (const text of [undefined, "", "null", "[]", "7", '{"alarms":7,"lasting":{}}'])
    assert.deepEqual(parseConditions(text), noConditions, `${text}`);
  const good = { ...{ key: "tier", kind: "tier", since: 1, after: null, lastSeen: 2 }, detail: "{}" };
  const bad = [
    null,
    7,
    { ...good, detail: "{" },
    { ...good, detail: "7" },
    { ...good, since: 1e99 },
    { ...good, kind: "x" },
  ];
  const alarms = [{ slot: 1.5 }, { slot: null, handle: null, key: "a", name: 7 }];
  const text = JSON.stringify({ serial: 7, alarms, lasting: [...bad, good] });
  assert.deepEqual(parseConditions(text), { ...noConditions, lasting: [good] });
});
