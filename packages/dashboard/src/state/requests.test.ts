import assert from "node:assert/strict";
import { test } from "node:test";
import { requestsTo } from "./requests.ts";

const base = "https://example.org/meter/";
const answering = (respond: (url: string, init: RequestInit) => Response | Promise<Response>, now = 0) =>
  requestsTo(base, (async (url: string, init: RequestInit) => respond(url, init)) as typeof fetch, () => now);
const whole = (data: unknown): number | null => (Number.isInteger(data) ? (data as number) : null);

test("asks below the address of the page, and gives what the answer means", async () => {
  const urls: string[] = [];
  const requests = answering((url) => {
    urls.push(url);
    return Response.json(7);
  });
  assert.deepEqual(await requests.get("points/a/live", whole), { ok: true, value: 7 });
  assert.deepEqual(urls, [`${base}api/v1/points/a/live`]);
});

test("a refusal has the gateway's status, code and sentence, and anything else is no answer", async () => {
  const refusal = answering(() => Response.json({ error: "bad-request", message: "limit is odd" }, { status: 400 }));
  assert.deepEqual(await refusal.get("x", whole), {
    ok: false,
    status: 400,
    code: "bad-request",
    message: "limit is odd",
  });
  const bare = answering(() => new Response("<html>", { status: 502 }));
  assert.deepEqual(await bare.get("x", whole), { ok: false, status: 502, code: "unknown", message: null });
  const none = { ok: false, status: 0, code: "unreachable", message: null };
  assert.deepEqual(await answering(() => Response.json("seven")).get("x", whole), none);
  assert.deepEqual(await answering(() => new Response("<html>")).get("x", whole), none);
  assert.deepEqual(await answering(() => Promise.reject(new TypeError("gone"))).get("x", whole), none);
});

test("a request ends after its time, or when it is given up", async () => {
  const silent = requestsTo(
    base,
    ((_, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      })) as typeof fetch,
    () => 0,
  );
  assert.equal((await silent.get("x", whole, { timeout: 5 })).ok, false);
  const giveUp = new AbortController();
  const pending = silent.get("x", whole, { signal: giveUp.signal });
  giveUp.abort();
  assert.equal((await pending).ok, false);
});

test("a change carries the header of the page, and its answer may be empty", async () => {
  let seen: RequestInit = {};
  const requests = answering((_, init) => {
    seen = init;
    return new Response(null, { status: 204 });
  });
  const done = await requests.send("DELETE", "points/a", null, (data) => (data === null ? true : null));
  assert.deepEqual(done, { ok: true, value: true });
  assert.equal(new Headers(seen.headers).get("x-meterport"), "1");
  assert.equal(seen.body, undefined);
});

test("a file has the name that the gateway gives it, if that is a plain one", async () => {
  const named = (disposition: string) =>
    answering(() => new Response("bytes", { headers: { "content-disposition": disposition } })).file("x");
  const good = await named('attachment; filename="home.csv"');
  assert.ok(good.ok);
  assert.equal(good.value.name, "home.csv");
  assert.equal(await good.value.content.text(), "bytes");
  const bad = await named('attachment; filename="../../home.csv"');
  assert.ok(bad.ok && bad.value.name === null);
});

test("time is the gateway's where its clock differs from the browser's", async () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  const dated = (date: string) => answering(() => Response.json(1, { headers: { date } }), now);
  const behind = dated("Wed, 31 Dec 2025 23:00:00 GMT");
  assert.equal(behind.time(), now);
  await behind.get("x", whole);
  assert.equal(behind.time(), now - 3_600_000 + 500);
  const alike = dated("Thu, 01 Jan 2026 00:00:01 GMT");
  await alike.get("x", whole);
  assert.equal(alike.time(), now);
});
