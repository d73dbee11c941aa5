import assert from "node:assert/strict";
import { test } from "node:test";
import { fillStore } from "../../testing/filled-store.ts";
import { httpSetup } from "../../testing/http-setup.ts";

const home = "/api/v1/points/home/export";

test("exports intervals, registers, events and readings as CSV, JSON lines and Parquet", async () => {
  const { clock, store, get, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  await clock.advance(10_000);
  const csv = await get(home);
  assert.equal(csv.headers.get("content-type"), "text/csv; charset=utf-8");
  assert.equal(csv.headers.get("content-disposition"), 'attachment; filename="home-intervals.csv"');
  for (const [range, days] of [
    ["from=2025-11-30T23:00:00Z&to=2025-12-31T23:00:00Z", "-2025-12-01-2025-12-31"],
    ["from=2025-12-30T23:00:00Z&to=2025-12-31T23:00:00Z", "-2025-12-31"],
    ["from=0", ""],
  ])
    assert.equal(
      (await get(`${home}?${range}&zone=Europe/Copenhagen`)).headers.get("content-disposition"),
      `attachment; filename="home-intervals${days}.csv"`,
    );
  const lines = (await csv.text()).trimEnd().split("\n");
  assert.equal(lines.length, 1 + 96);
  for (const [kind, count] of [
    ["registers", 6],
    ["events", 3],
    ["readings", 5],
  ] as const) {
    const answer = await get(`${home}?kind=${kind}&format=json&to=2026-01-01T12:00:10Z`);
    assert.equal(answer.headers.get("content-type"), "application/x-ndjson");
    const documents = (await answer.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    assert.equal(documents.length, count, kind);
  }
  const parquet = new Uint8Array(await (await get(`${home}?format=parquet`)).arrayBuffer());
  assert.equal(new TextDecoder().decode(parquet.subarray(0, 4)), "PAR1");
  await done();
});

test("few exports at once, and one that its client leaves makes room", async () => {
  const { clock, store, get, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  const open = await Promise.all(Array.from({ length: 5 }, () => get(home)));
  assert.deepEqual(
    open.map(({ status }) => status),
    [200, 200, 200, 200, 503],
  );
  assert.equal(open[4]?.headers.get("retry-after"), "10");
  await open[0]?.body?.cancel();
  await open[1]?.text();
  assert.equal((await get(home, { method: "HEAD" })).status, 200);
  const again = await Promise.all([get(home), get(home)]);
  assert.deepEqual(
    again.map(({ status }) => status),
    [200, 200],
  );
  await Promise.all([...open.slice(2), ...again].map(({ body }) => body?.cancel()));
  await done();
});

test("refuses what it cannot export", async () => {
  const { get, done } = await httpSetup();
  for (const query of [
    "format=xml",
    "kind=all",
    "kind=readings&channel=nothing",
    "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
  ])
    assert.equal((await get(`${home}?${query}`)).status, 400, query);
  await done();
});
