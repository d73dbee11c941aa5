import assert from "node:assert/strict";
import { test } from "node:test";
import { httpSetup } from "../../testing/http-setup.ts";
import { problem } from "../schemas.ts";
import { matches } from "./etag.ts";

test("an answer that the client has already is a 304 without a body", async () => {
  const { clock, get, done } = await httpSetup();
  await clock.advance(1_000);
  const first = await get("/api/v1/points/home/live");
  const tag = first.headers.get("etag") ?? "";
  assert.match(tag, /^W\/"[\w-]+"$/);
  assert.equal(first.headers.get("cache-control"), "private, no-cache");
  const again = await get("/api/v1/points/home/live", { headers: { "if-none-match": `"other", ${tag}` } });
  assert.deepEqual([again.status, await again.text(), again.headers.get("etag")], [304, "", tag]);
  assert.equal(again.headers.get("x-content-type-options"), "nosniff");
  await clock.advance(10_000);
  assert.equal((await get("/api/v1/points/home/live", { headers: { "if-none-match": tag } })).status, 200);
  const old = await get("/api/v1/meters/home/live");
  assert.deepEqual([old.headers.get("etag"), old.headers.get("cache-control")], [null, "no-store"]);
  await done();
});

test("no cache keeps an answer that depends on who asks", async () => {
  const { clock, get, done } = await httpSetup();
  await clock.advance(1_000);
  for (const path of ["/metrics", "/health", "/ready", "/nothing", "//api/v1/points", "/api/v1/points/none", "/x.json"])
    assert.equal((await get(path)).headers.get("cache-control"), "no-store", path);
  assert.equal((await get("/")).headers.get("cache-control"), "no-cache");
  await done();
});

test("compares tags weakly, and a star with anything", () => {
  assert.ok(matches('"a", W/"b"', '"b"'));
  assert.ok(matches("*", '"b"'));
  assert.ok(!matches('"a"', '"b"'));
  assert.ok(!matches(undefined, '"b"'));
});

test("an error is a problem of RFC 9457 for clients that ask for it, with the old fields beside", async () => {
  const { get, done } = await httpSetup();
  const accept = "application/json;q=0.5, application/problem+json";
  const answer = await get("/api/v1/points/none", { headers: { accept } });
  assert.equal(answer.status, 404);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  const body = problem.strict().parse(await answer.json());
  assert.deepEqual(
    [body.type, body.title, body.status, body.instance, body.error],
    ["urn:meterport:problem:no-such-point", "No such point", 404, "/api/v1/points/none", "no-such-point"],
  );
  assert.equal(body.detail, body.message);
  for (const plain of ["*/*", "application/json"]) {
    const old = await get("/api/v1/points/none", { headers: { accept: plain } });
    assert.deepEqual(Object.keys((await old.json()) as object), ["error", "message"]);
  }
  // Every kind of refusal passes this edge: a wrong method, a wrong host, an unknown address.
  for (const [path, init] of [
    ["/api/v1/points", { method: "PUT", headers: { accept } }],
    ["/api/v1/nothing", { headers: { accept } }],
    ["/api/v1/points", { headers: { accept, host: "evil.example" } }],
  ] as const)
    problem.strict().parse(await (await get(path, init)).json());
  await done();
});
