import assert from "node:assert/strict";
import { test } from "node:test";
import { exposition } from "../../exports/exposition.ts";
import { fillStore } from "../../testing/filled-store.ts";
import { httpSetup } from "../../testing/http-setup.ts";
import { manyMeters } from "../../testing/many-meters.ts";
import { readyAnswer } from "../health/routes.ts";
import { watchProcess } from "./own-figures.ts";

const figureOf = (text: string, name: string): number => {
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
};

test("metrics tell links, store, journal and requests, in the format of Prometheus", async () => {
  const { clock, store, get, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  await store.setCursor("influx", 7);
  await clock.advance(10_000);
  await get("/api/v1/points/nobody");
  const answer = await get("/metrics");
  assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const text = await answer.text();
  for (const line of text.trimEnd().split("\n"))
    assert.match(
      line,
      /^(# (HELP|TYPE) meterport_\w+ .+|meterport_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? -?\d+(\.\d+)?(e[+-]?\d+)?)$/,
    );
  assert.equal(figureOf(text, 'meterport_points{state="up"}'), 1);
  assert.equal(figureOf(text, 'meterport_points{state="silent"}'), 0);
  assert.equal(figureOf(text, "meterport_polls_total"), 5);
  assert.equal(figureOf(text, 'meterport_store_state{state="ok"}'), 1);
  assert.equal(figureOf(text, "meterport_journal_newest"), 107);
  assert.equal(figureOf(text, 'meterport_journal_cursor{reader="influx"}'), 7);
  assert.equal(figureOf(text, 'meterport_http_requests_total{status="4xx"}'), 1);
  assert.ok(figureOf(text, "meterport_store_newest_reading_age_seconds") < 3);
  await done();
});

test("a store that fails takes only its own figures away", async () => {
  const { get } = manyMeters(2_000);
  const text = await (await get("/metrics")).text();
  assert.equal(figureOf(text, 'meterport_store_state{state="failing"}'), 1);
  assert.equal(figureOf(text, 'meterport_points{state="silent"}'), 200);
  assert.ok(!text.includes("journal_newest"));
});

test("labels cannot break a line", () => {
  const text = exposition([{ name: "a", type: "gauge", help: "A", samples: [{ value: 1, labels: { b: 'x"\n\\' } }] }]);
  assert.equal(text, '# HELP a A\n# TYPE a gauge\na{b="x\\"\\n\\\\"} 1\n');
});

test("watches its own process", () => {
  const watch = watchProcess();
  const { memory_bytes, heap_bytes, cpu_s, loop_delay_s } = watch.figures();
  assert.ok(memory_bytes > heap_bytes && heap_bytes > 0 && cpu_s > 0 && loop_delay_s >= 0);
  watch.stop();
});

test("ready tells whether the store takes values", async () => {
  const { get, json, done } = await httpSetup();
  const ready = readyAnswer.strict().parse(await json("/ready"));
  assert.deepEqual(ready, { ready: true, problem: null, store: { kind: "sqlite", state: "ok", problem: null } });
  assert.deepEqual(await json("/api/v1/ready"), ready);
  assert.equal((await get("/health")).status, 200);
  await done();
  const failing = await manyMeters(1).get("/ready");
  assert.equal(failing.status, 503);
  assert.match(readyAnswer.parse(await failing.json()).problem ?? "", /^the store does not answer/);
});
