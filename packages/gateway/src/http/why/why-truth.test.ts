/** What `why` tells of stored values, compared with the virtual meter that they were read from over the real protocol. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import { registerKeys } from "@meterport/engine/guard/measured";
import { BT23 } from "@meterport/protocol/tables/index";
import { point, RecordedHome } from "../../../../../test/support/recorded-home.ts";
import { whyAnswer } from "./routes.ts";
import { addWhy } from "./why.ts";

type WhyBody = ReturnType<typeof whyAnswer.parse>;
type Reading = NonNullable<WhyBody["reading"]>;
type Source = NonNullable<Reading["sources"]>[number];

const hour = 3_600_000;
const seed = 7;

test("stored registers and readings tell tables, places and integers as the meter has them", async (t) => {
  t.diagnostic(`seed ${seed}`);
  const home = new RecordedHome({ start: Date.UTC(2026, 2, 10, 12), seed });
  t.after(() => home.remove());
  home.startDaemon();
  await home.settle();
  await home.clock.advance(hour);
  const { loop, source } = home.daemon;
  const app = new OpenAPIHono();
  const pointInfo = (id: string) => (id === point ? { zone: home.zone, fuseAmps: 63, ask: source.ask } : undefined);
  addWhy(app, { meters: new Map([[point, loop]]), pointInfo }, home.store);
  const ask = async (query: string): Promise<WhyBody> => {
    const answer = await app.request(`/api/v1/points/${point}/why?${query}`);
    assert.equal(answer.status, 200, await answer.clone().text());
    return whyAnswer.strict().parse(await answer.json());
  };

  const now = home.clock.wall();
  const states = await home.store.registers(point, { from: 0, to: now, limit: 1_000 });
  assert.ok(states.length >= 20, `${states.length} states`);
  for (const { register, tier, time, value } of states) {
    const told = await ask(`value=register&register=${register}&tier=${tier}&time=${new Date(time).toISOString()}`);
    assert.deepEqual([told.proof?.table, told.proof?.profile], ["BT26", "meter:3.70"]);
    assert.equal(told.register?.value, value);
    if (tier === 0) assert.equal(value, home.meter.valuesAt(time).get(registerKeys.indexOf(register as never)));
  }

  const [newest] = (await home.store.readings(point, { from: now - 70_000, to: now, limit: 10 })).slice(-1);
  assert.ok(newest !== undefined);
  const when = Date.parse(newest.time);
  const truth = home.meter.valuesAt(when);
  for (const [source, key] of registerKeys.entries()) {
    const told: Reading | null = (await ask(`value=reading&key=${key}&time=${newest.time}`)).reading;
    assert.deepEqual([told?.meter, told?.number, told?.ratios], ["same", truth.get(source), false], key);
    const only: Source | undefined = told?.sources?.[0];
    assert.equal((only?.raw ?? Number.NaN) * (only?.scale ?? Number.NaN), truth.get(source), key);
    // The table itself has that very integer at that very place, or one that was counted since.
    const bytes = home.meter.memory.get(BT23.number) ?? assert.fail("no BT23");
    const at = only?.offset ?? Number.NaN;
    const there = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
    const later = (home.meter.valuesAt(home.clock.wall()).get(source) ?? Number.NaN) / (only?.scale ?? 1);
    assert.ok(there >= (only?.raw ?? Infinity) && there <= later, `${key}: ${there} at ${at}`);
  }
  const voltage = (await ask(`value=reading&key=voltage_l1_v&time=${newest.time}`)).reading;
  assert.deepEqual([voltage?.sources?.[0]?.source, voltage?.sources?.[0]?.table], [15, "BT28"]);
  assert.equal(voltage?.sources?.[0]?.raw, truth.get(15));
});
