import assert from "node:assert/strict";
import { test } from "node:test";
import { reading } from "@meterport/engine/testing/fake-meter";
import { httpSetup } from "../../testing/http-setup.ts";
import type { ApiProblem } from "../api.ts";
import { whyAnswer } from "./routes.ts";

const home = "/api/v1/points/home/why";
const day = 86_400_000;
const isoOf = (time: number): string => new Date(time).toISOString();
const device = { point: "home", manufacturer: "NES", model: "83331", firmware: "3.70.12", profile: "meter:3.70" };

/** A point whose meter "1" was exchanged for "1234", which answers, an hour ago. */
const setup = async () => {
  const made = await httpSetup();
  const { clock, store, meter } = made;
  const now = clock.wall();
  const proof = {
    ...{ time: now - 60_000, table: "BT23", offset: null, raw: null, profile: "meter:3.70", clockOffset: 250 },
    note: "read live, and confirmed by the next reading",
  };
  const state = { point: "home", register: "energy_import_wh", tier: 0, reason: "daily", serial: "1234" } as const;
  await store.write({
    registers: [
      { ...state, time: now - 60_000, value: 12_340, proof },
      { ...state, time: now - day, value: 900, serial: "1", proof: { ...proof, time: now - day } },
      { ...state, time: now - 60_000, value: 40, tier: 1, reason: "self-read" },
      { ...state, time: now - 60_000, value: 7, register: "source_17" },
    ],
    devices: [
      { ...device, from: now - 9 * day, to: now - 3_600_000, serial: "1", start: {}, end: {} },
      { ...device, from: now - 3_599_999, to: null, serial: "1234", start: {}, end: null },
    ],
    readings: [
      { point: "home", reading: reading(now - 30_000, { energy_import_wh: 12_350, voltage_l1_v: 231.4 }) },
      { point: "home", reading: reading(now - day, { energy_import_wh: 950 }) },
    ],
  });
  const plan = [
    {
      label: "read BT23",
      table: {} as never,
      range: { offset: 8, length: 8 },
      sources: [{ id: 0, at: 4, place: {} as never, scratch: new Uint8Array(4) }],
    },
  ];
  meter.livePlan = () => ({ plan, energyUnit: 10, ratios: false });
  await clock.advance(1_000);
  return { ...made, now };
};

test("tells how the stored state of a register came to be", async () => {
  const { json, now, done } = await setup();
  const ask = async (query: string) => whyAnswer.strict().parse(await json(`${home}?value=register&${query}`));
  const time = isoOf(now - 60_000);
  const why = await ask(`time=${time}`);
  assert.deepEqual([why.interval, why.live, why.reading, why.difference, why.profile], Array(5).fill(null));
  assert.deepEqual(
    [why.proof?.table, why.proof?.time, why.proof?.clock_offset_ms, why.proof?.note],
    ["BT23", time, 250, "read live, and confirmed by the next reading"],
  );
  const { sources, ...state } = why.register ?? assert.fail("no register");
  assert.deepEqual(state, {
    ...{ register: "energy_import_wh", tier: 0, time, value: 12_340, unit: "Wh" },
    ...{ reason: "daily", serial: "1234", meter: "same" },
  });
  assert.deepEqual(
    sources?.map(({ source, offset, raw, scale }) => [source, offset, raw, scale]),
    [[0, 12, 1_234, 10]],
  );
  assert.deepEqual(await ask(`register=energy_import_wh&tier=0&time=${time}`), why);
  assert.deepEqual(await ask(`channel=energy_import_wh&time=${time}`), why);
  await done();
});

test("a register of another meter, of a tier, or without a live key tells only what is known", async () => {
  const { json, now, done } = await setup();
  const ask = async (query: string) => whyAnswer.strict().parse(await json(`${home}?value=register&${query}`));
  const before = await ask(`time=${isoOf(now - day)}`);
  assert.deepEqual([before.register?.meter, before.register?.serial], ["another", "1"]);
  assert.deepEqual(
    before.register?.sources?.map(({ source, offset, raw, scale }) => [source, offset, raw, scale]),
    [[0, null, null, null]],
  );
  const tier = await ask(`tier=1&time=${isoOf(now - 60_000)}`);
  assert.deepEqual([tier.register?.value, tier.register?.sources, tier.proof], [40, null, null]);
  const other = await ask(`register=source_17&time=${isoOf(now - 60_000)}`);
  assert.deepEqual([other.register?.value, other.register?.unit, other.register?.sources], [7, null, null]);
  await done();
});

test("tells what is known of a value of a stored live set", async () => {
  const { json, now, done } = await setup();
  const ask = async (query: string) => whyAnswer.strict().parse(await json(`${home}?value=reading&${query}`));
  const { reading: found, ...rest } = await ask(`key=energy_import_wh&time=${isoOf(now - 30_000)}`);
  assert.deepEqual(
    [rest.value, rest.register, rest.live, rest.interval, rest.proof],
    ["reading", ...Array(4).fill(null)],
  );
  assert.deepEqual(
    [found?.number, found?.unit, found?.quality, found?.meter, found?.serial, found?.profile, found?.verdict_code],
    [12_350, "Wh", "good", "same", "1234", "meter:3.70", "accepted"],
  );
  assert.deepEqual(
    found?.sources?.map(({ table, offset, raw, scale }) => [table, offset, raw, scale]),
    [["BT23", 12, 1_235, 10]],
  );
  assert.match(found?.note ?? "", /^Its bytes are not kept\./);
  const power = (await ask(`time=${isoOf(now - 30_000)}`)).reading;
  assert.deepEqual([power?.key, power?.number, power?.verdict_code], ["power_w", null, "absent"]);
  const before = (await ask(`key=energy_import_wh&time=${isoOf(now - day)}`)).reading;
  assert.deepEqual([before?.number, before?.meter, before?.serial, before?.ratios], [950, "another", "1", null]);
  assert.deepEqual([before?.sources?.[0]?.offset, before?.sources?.[0]?.raw], [null, null]);
  await done();
});

test("what is not stored is a 404 with its time, and what is missing a 400", async () => {
  const { get, now, done } = await setup();
  const time = isoOf(now);
  const cases: readonly (readonly [query: string, status: number, message: RegExp])[] = [
    ["value=register", 400, /^time is missing: write when the register had this state$/],
    ["value=reading", 400, /^time is missing: write when the live set was taken$/],
    ["value=register&tier=9&time=0", 400, /^tier="9" is not a whole number from 0 to 8$/],
    ["value=register&register=a&channel=b&time=0", 400, /^register and channel exclude each other/],
    [
      `value=register&time=${time}`,
      404,
      /^no state of "energy_import_wh", tier 0, at 2026-01-01T12:00:00\.000Z is stored/,
    ],
    [`value=register&register=nonsense&tier=3&time=${time}`, 404, /^no state of "nonsense", tier 3, /],
    [`value=reading&time=${time}`, 404, /^no live set of 2026-01-01T12:00:00\.000Z is stored/],
  ];
  for (const [query, status, message] of cases) {
    const answer = await get(`${home}?${query}`);
    assert.equal(answer.status, status, query);
    assert.match(((await answer.json()) as ApiProblem).message, message);
  }
  const nobody = await get("/api/v1/points/nobody/why?value=register&time=0");
  assert.equal(((await nobody.json()) as ApiProblem).error, "no-such-point");
  await done();
});
