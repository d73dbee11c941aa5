import assert from "node:assert/strict";
import { test } from "node:test";
import { requestsTo } from "./requests.ts";
import { sessionApi, whoOf } from "./session-api.ts";

const answering = (status: number, body: unknown) => {
  const asked: { readonly url: string; readonly init: RequestInit }[] = [];
  const fetchFrom = (async (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return Response.json(body, { status });
  }) as unknown as typeof fetch;
  return { asked, api: sessionApi(requestsTo("https://example.org/meter/", fetchFrom, () => 0)) };
};

test("reads who the reader is, and takes nothing else for an answer", async () => {
  const open = { state: "open", name: "local", kind: "local", scope: "admin", pairing: false };
  assert.deepEqual(await answering(200, open).api.who(), {
    state: "open",
    name: "local",
    kind: "local",
    scope: "admin",
    pairing: false,
    parts: [],
  });
  assert.equal(await answering(404, open).api.who(), null);
  assert.deepEqual(whoOf({ ...open, parts: ["fleet", 7] })?.parts, ["fleet"]);
  for (const odd of [null, "open", {}, { state: "admin" }]) assert.equal(whoOf(odd), null);
  assert.deepEqual(whoOf({ state: "signed-out", name: 7, kind: "root" }), {
    state: "signed-out",
    name: null,
    kind: null,
    scope: null,
    pairing: false,
    parts: [],
  });
});

test("signs in below the address of the page, with the header of the page", async () => {
  const { asked, api } = answering(200, {});
  assert.equal(await api.signIn("anna", "secret"), null);
  assert.equal(await api.pair("1234", "anna", "secret"), null);
  assert.equal(await api.signOut(), true);
  assert.deepEqual(
    asked.map(({ url, init }) => [init.method, url, init.body]),
    [
      ["POST", "https://example.org/meter/api/v1/session", '{"name":"anna","password":"secret"}'],
      ["POST", "https://example.org/meter/api/v1/session/pairing", '{"code":"1234","name":"anna","password":"secret"}'],
      ["DELETE", "https://example.org/meter/api/v1/session", undefined],
    ],
  );
  for (const { init } of asked) assert.equal(new Headers(init.headers).get("x-meterport"), "1");
});

test("a refusal has the gateway's code; without an answer the gateway cannot be reached", async () => {
  const refused = await answering(401, { error: "wrong-credentials", message: "wrong" }).api.signIn("anna", "x");
  assert.deepEqual(refused, { code: "wrong-credentials", message: "wrong" });
  const gone = sessionApi(
    requestsTo(
      "https://example.org/",
      () => Promise.reject(new TypeError("gone")),
      () => 0,
    ),
  );
  assert.deepEqual(await gone.signIn("anna", "x"), { code: "unreachable", message: null });
  assert.equal(await gone.signOut(), false);
});
