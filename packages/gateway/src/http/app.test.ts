import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { identity, reading } from "@meterport/engine/testing/fake-meter";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { httpSetup, stillMeter } from "../testing/http-setup.ts";
import { noCaptures, storeWith } from "../testing/no-captures.ts";
import { needOf } from "./access/route-scopes.ts";
import type { ApiCapture, ApiProblem, HistoryAnswer, LiveAnswer, MeterDetail, MeterSummary } from "./api.ts";
import { createApp } from "./app.ts";
import { apiCapture, historyAnswer, liveAnswer, meterDetail } from "./schemas.ts";

test("meters, one meter, live values", async () => {
  const { clock, json, get, done } = await httpSetup();
  await clock.advance(1_000);
  const meters = await json<MeterSummary[]>("/api/v1/meters");
  assert.equal(meters.length, 1);
  assert.equal(meters[0]?.id, "home");
  assert.equal(meters[0]?.simulated, true);
  assert.equal(meters[0]?.link.state, "up");
  const detail = await json<MeterDetail>("/api/v1/meters/home");
  assert.deepEqual(detail.identity, identity);
  meterDetail.strict().parse(detail);
  const live = await json<LiveAnswer>("/api/v1/meters/home/live");
  liveAnswer.strict().parse(live);
  assert.equal(live.power_w, 500);
  assert.equal(live.frequency_hz, null);
  const answer = await get("/api/v1/meters/home/live");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.match(answer.headers.get("content-security-policy") ?? "", /^default-src 'self'/);
  await done();
});

test("every client sees a dead link within 5 s", async () => {
  const { clock, meter, json, done } = await httpSetup();
  await clock.advance(1_000);
  meter.hangs = true;
  await clock.advance(5_000);
  const live = await json<LiveAnswer>("/api/v1/meters/home/live");
  assert.equal(live.power_w, null);
  assert.equal(live.energy_import_wh, null);
  assert.equal(live.quality, "stale");
  assert.equal(live.time, "2026-01-01T12:00:00.150Z");
  assert.equal((await json<MeterSummary[]>("/api/v1/meters"))[0]?.link.state, "silent");
  await done();
});

test("gives history on a grid, with sensible defaults", async () => {
  const { clock, store, json, done } = await httpSetup();
  await store.write({
    readings: [{ point: "home", reading: reading(clock.wall() - 600_000, { power_w: 1_000, energy_import_wh: 5 }) }],
  });
  await clock.advance(10_000);
  const hour = await json<HistoryAnswer>("/api/v1/meters/home/history");
  historyAnswer.strict().parse(hour);
  assert.equal(hour.step, 5);
  assert.equal(hour.points.length, 720);
  assert.equal(hour.points.at(-1)?.power_w, 500);
  assert.equal(hour.points.filter((point) => point.power_w === 1_000).length, 1);
  assert.ok(hour.points.some((point) => point.power_w === null));
  const range = await json<HistoryAnswer>(
    "/api/v1/meters/home/history?from=2026-01-01T11:30:00Z&to=1767268800&step=10m",
  );
  assert.deepEqual([range.from, range.to, range.step], ["2026-01-01T11:30:00.000Z", "2026-01-01T12:00:00.000Z", 600]);
  assert.deepEqual(
    range.points.map((point) => point.power_w),
    [null, null, 1_000],
  );
  await done();
});

test("answers a bad request with one clear sentence", async () => {
  const { get, done } = await httpSetup();
  const cases: readonly (readonly [path: string, status: number, message: RegExp])[] = [
    ["/api/v1/meters/none", 404, /unknown meter "none"; known: home/],
    ["/api/v1/meters/none/live", 404, /unknown meter/],
    ["/api/v1/meters/none/events", 404, /unknown meter/],
    ["/api/v1/meters/none/history", 404, /unknown meter/],
    ["/api/v1/nothing", 404, /nothing at/],
    ["/api/v1/meters/home/history?from=yesterday", 400, /from="yesterday" is not a time: write for example/],
    ["/api/v1/meters/home/history?to=%00", 400, /is not a time/],
    ["/api/v1/meters/home/history?step=0", 400, /step="0" is not a step/],
    ["/api/v1/meters/home/history?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 400, /must be before/],
    ["/api/v1/meters/home/history?from=0&step=1", 400, /points are more than 2000/],
  ];
  for (const [path, status, message] of cases) {
    const answer = await get(path);
    const problem = (await answer.json()) as ApiProblem;
    assert.equal(answer.status, status, path);
    assert.match(problem.message, message);
    assert.match(problem.error, /^[a-z-]+$/);
  }
  const headers = { "content-type": "application/json" };
  const post = (path: string) => get(path, { method: "POST", body: "{}", headers });
  const refused = await post("/api/v1/meters/home");
  assert.equal(refused.status, 405);
  assert.equal(refused.headers.get("allow"), "GET, HEAD");
  assert.match(((await refused.json()) as ApiProblem).message, /"POST" is not possible at "[^"]+": only GET, HEAD$/);
  assert.equal((await post("/api/v1/nothing")).status, 404);
  await done();
});

test("OPTIONS names the methods of an address, and lets no other origin in", async () => {
  const { get, done } = await httpSetup();
  const options = (path: string, headers = {}) => get(path, { method: "OPTIONS", headers });
  for (const [path, allow] of [
    ["/api/v1/points", "GET, HEAD, POST, OPTIONS"],
    ["/api/v1/points/home/live", "GET, HEAD, OPTIONS"],
    ["/api/v1/restore/upload", "PUT, OPTIONS"],
  ] as const) {
    const answer = await options(path, { origin: "https://evil.example", "access-control-request-method": "POST" });
    assert.deepEqual([answer.status, await answer.text(), answer.headers.get("allow")], [204, "", allow], path);
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  }
  assert.equal((await options("/api/v1/nothing")).status, 404);
  await done();
});

test("a foreign page that points its own name here gets nothing", async () => {
  const { get, done } = await httpSetup("127.0.0.1", ["meterport.home.arpa"]);
  const status = async (host: string) => (await get("/api/v1/meters", { headers: { host } })).status;
  for (const host of [
    "127.0.0.1:8765",
    "localhost:8765",
    "localhost",
    "[::1]:8765",
    "meterport.home.arpa",
    "LOCALHOST:1",
  ]) {
    assert.equal(await status(host), 200, host);
  }
  for (const host of [
    "evil.example",
    "evil.example:8765",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "",
    "localhost@evil.example",
    "192.168.1.5:8765",
  ]) {
    assert.equal(await status(host), 421, host);
  }
  assert.equal((await get("/", { headers: { host: "evil.example" } })).status, 421);
  await done();
});

test("the API describes itself", async () => {
  const { json, clock, done } = await httpSetup();
  const doc = await json<{
    paths: Record<string, unknown>;
    components: { schemas: Record<string, { properties: object }> };
  }>("/api/v1/openapi.json");
  for (const path of ["/api/v1/meters/{id}/live", "/api/v1/points", "/api/v1/stream", "/metrics"])
    assert.ok(path in doc.paths, path);
  assert.ok("power_w" in (doc.components.schemas.LiveAnswer?.properties ?? {}));
  await clock.advance(1_000);
  assert.deepEqual(await json("/api/v1/health"), {
    status: "ok",
    version: "0.1.0",
    uptime_s: 1,
    meters: 1,
    meters_up: 1,
  });
  await done();
});

test("serves the dashboard's files, and nothing else", async () => {
  const { folder, get, done } = await httpSetup();
  const unbuilt = await get("/");
  assert.equal(unbuilt.status, 200);
  assert.match(await unbuilt.text(), /not built yet/);
  const dist = join(folder, "dist");
  mkdirSync(join(dist, "assets"), { recursive: true });
  writeFileSync(join(dist, "index.html"), "<title>page</title>");
  writeFileSync(join(dist, "assets", "app-1234.js"), "1");
  writeFileSync(join(dist, ".hidden.txt"), "no");
  writeFileSync(join(folder, "outside.txt"), "secret");
  symlinkSync(join(folder, "outside.txt"), join(dist, "link.txt"));
  const page = await get("/");
  assert.equal(await page.text(), "<title>page</title>");
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(page.headers.get("cache-control"), "no-cache");
  const script = await get("/assets/app-1234.js");
  assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.match(script.headers.get("cache-control") ?? "", /immutable/);
  // What an installed page is made of may change under the same name.
  for (const [name, type] of [
    ["sw.js", "text/javascript; charset=utf-8"],
    ["manifest.webmanifest", "application/manifest+json; charset=utf-8"],
    ["icon-192.png", "image/png"],
  ] as const) {
    writeFileSync(join(dist, name), name);
    const answer = await get(`/${name}`);
    assert.deepEqual(
      [answer.status, answer.headers.get("content-type"), answer.headers.get("cache-control")],
      [200, type, "no-cache"],
    );
    assert.equal(needOf("GET", `/${name}`), "anyone", "before anyone has signed in");
  }
  const head = await get("/assets/app-1234.js", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), "");
  for (const path of [
    "/../outside.txt",
    "/%2e%2e/outside.txt",
    "/%2e%2e%2foutside.txt",
    "/..%5coutside.txt",
    "/link.txt",
    "/.hidden.txt",
    "/assets",
    "/%00.txt",
    "/%",
    "/index.html/x.js",
    "//outside.txt",
  ]) {
    const answer = await get(path);
    assert.equal(answer.status, 404, path);
    assert.doesNotMatch(await answer.text(), /secret/);
  }
  await done();
});

test("answers an internal failure without its details, and logs it", async () => {
  const lines: string[] = [];
  const detail = () => {
    throw new Error("disk on fire");
  };
  const app = createApp({
    ...noCaptures,
    meters: new Map([["home", { ...stillMeter().view, detail }]]),
    store: storeWith({}),
    clock: new VirtualClock(),
    log: { ...silentLog, error: (line) => lines.push(line) },
    version: "0",
    dashboard: "/none",
    host: "127.0.0.1",
    allowedHosts: [],
  });
  const answer = await app.fetch(new Request("http://localhost/api/v1/meters/home"));
  assert.equal(answer.status, 500);
  assert.deepEqual(await answer.json(), {
    error: "internal",
    message: "the gateway failed to answer; see its log for the reason",
  });
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.match(lines[0] ?? "", /disk on fire/);
});

test("lists captures of a failed link, and downloads them", async () => {
  const { captures, redactions, clock, get, json, done } = await httpSetup();
  await clock.advance(1_000);
  assert.deepEqual(await json("/api/v1/meters/home/captures"), []);
  captures.put("home", Date.UTC(2026, 0, 31, 12), "{}\n", { state: "silent", cause: "no-answer" });
  const [capture] = await json<ApiCapture[]>("/api/v1/meters/home/captures");
  const name = "home-20260131T120000Z-silent-no-answer.ndjson";
  const why = { state: "silent", cause: "no-answer" };
  assert.deepEqual(capture, { name, time: "2026-01-31T12:00:00Z", bytes: 3, ...why });
  apiCapture.strict().parse(capture);
  const file = await get(`/api/v1/meters/home/captures/${capture?.name}`);
  assert.equal(await file.text(), "{}\n");
  assert.match(file.headers.get("content-type") ?? "", /^text\/plain; charset=utf-8$/i);
  assert.match(
    file.headers.get("content-disposition") ?? "",
    /^attachment; filename="home-20260131T120000Z-silent-no-answer.ndjson"$/,
  );
  assert.equal((await get("/api/v1/meters/home/captures/..%2Fdata")).status, 404);
  assert.equal((await get("/api/v1/meters/other/captures")).status, 404);

  redactions.push({ text: "redacted\n" }, { problem: "line 1: it is not a JSON object" });
  const redacted = await get(`/api/v1/meters/home/captures/${name}?redacted=1`);
  assert.equal(await redacted.text(), "redacted\n");
  // Without the meter's id, which may be a person's name.
  assert.match(
    redacted.headers.get("content-disposition") ?? "",
    /^attachment; filename="redacted-20260131T120000Z-silent-no-answer.ndjson"$/,
  );
  const problems: readonly (readonly [query: string, status: number, message: RegExp])[] = [
    ["redacted=1", 409, /^the capture cannot be redacted: line 1: it is not a JSON object$/],
    ["redacted=1", 503, /try again/],
    ["redacted=yes", 400, /redacted="yes" is not valid: write redacted=1/],
  ];
  for (const [query, status, message] of problems) {
    const answer = await get(`/api/v1/meters/home/captures/${name}?${query}`);
    assert.equal(answer.status, status);
    assert.match(((await answer.json()) as ApiProblem).message, message);
  }
  assert.equal(await (await get(`/api/v1/meters/home/captures/${name}?redacted=0`)).text(), "{}\n");
  await done();
});
