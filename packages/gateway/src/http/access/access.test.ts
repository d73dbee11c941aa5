/** What the API lets through, without a socket. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Scope } from "../../access/scope.ts";
import { httpSetup } from "../../testing/http-setup.ts";
import type { ApiProblem, SessionAnswer } from "../api.ts";
import type { Peer } from "../peer.ts";
import { needOf } from "./route-scopes.ts";

const password = "correct horse battery";
const json = { "content-type": "application/json" };
const own = "http://192.168.1.5:8765";
const lan: Peer = { address: "192.168.1.20", reached: "192.168.1.5", tls: false };

/** A gateway bound to the network, asked by its address. */
const onNetwork = async (host = "0.0.0.0") => {
  const setup = await httpSetup(host, ["meter.example.org"], true);
  const ask = (path: string, init: RequestInit = {}, peer: Peer = lan) =>
    setup.get(
      path,
      { ...init, headers: { host: "192.168.1.5:8765", ...(init.headers as Record<string, string>) } },
      peer,
    );
  const signIn = (given: string, headers: Record<string, string> = { origin: own }, peer = lan) =>
    ask(
      "/api/v1/session",
      { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify({ name: "anna", password: given }) },
      peer,
    );
  /** Adds the user, signs them in and gives the cookie. */
  const cookieOf = async (scope: Scope): Promise<string> => {
    await setup.book.addUser("anna", password, scope);
    const answer = await signIn(password);
    assert.equal(answer.status, 200);
    return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  };
  return { ...setup, ask, signIn, cookieOf };
};

const problemOf = async (answer: Response): Promise<ApiProblem> => (await answer.json()) as ApiProblem;

test("without a token the network sees the page and nothing about meters", async () => {
  const { ask, done } = await onNetwork();
  for (const path of [
    "/api/v1/meters",
    "/api/v1/meters/home",
    "/api/v1/meters/home/live",
    "/api/v1/meters/home/events",
    "/api/v1/meters/home/history",
    "/api/v1/meters/home/captures",
    "/api/v1/meters/home/captures/x.json",
    "/api/v1/points",
    "/api/v1/points/home/live",
    "/api/v1/stream",
    "/api/v1/journal",
    "/api/v1/openapi.json",
    "/api/v1/nothing",
    "/api/v1/nothing.js",
    "/%61pi/v1/meters",
    "/metrics",
  ]) {
    const answer = await ask(path);
    assert.equal(answer.status, 401, path);
    assert.equal(answer.headers.get("www-authenticate"), 'Bearer realm="meterport"');
    const { error, message } = await problemOf(answer);
    assert.equal(error, "sign-in-needed");
    assert.match(message, /meterport token add NAME/);
    assert.doesNotMatch(message, /home/);
  }
  for (const path of ["/api/v1/meters", "/api/v1/anything", "/api/v1/meters/home"]) {
    const answer = await ask(path, { method: "POST", headers: { ...json, origin: own }, body: "{}" });
    assert.equal(answer.status, 401, path);
  }
  assert.equal((await ask("/")).status, 200);
  for (const path of ["/api/v1/health", "/ready", "/api/v1/ready"]) {
    const bare = await ask(path);
    assert.equal(bare.status, 200, path);
    assert.deepEqual(await bare.json(), { status: "ok" });
  }
  assert.deepEqual(await (await ask("/api/v1/session")).json(), {
    state: "signed-out",
    name: null,
    kind: null,
    scope: null,
    pairing: false,
  } satisfies SessionAnswer);
  await done();
});

test("asked for /api it is not taken for a device of HomeWizard with API v2, which answers 401 there", async () => {
  const { ask, done } = await onNetwork();
  for (const init of [{}, { headers: { authorization: "Bearer x" } }, { method: "HEAD" }])
    assert.notEqual((await ask("/api", { ...init })).status, 401);
  const answer = await ask("/api");
  assert.equal(answer.status, 404);
  assert.doesNotMatch(await answer.text(), /home/);
  await done();
});

test("a token reads what its scope allows, and no cookie helps a bad one", async () => {
  const { ask, book, cookieOf, clock, done } = await onNetwork();
  const { token } = book.addToken("script", "read");
  await clock.advance(1_000);
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
  assert.equal((await ask("/api/v1/meters", { headers: bearer(token) })).status, 200);
  const health = await ask("/api/v1/health", { headers: bearer(token) });
  assert.equal(((await health.json()) as { meters: number }).meters, 1);
  const session = (await (await ask("/api/v1/session", { headers: bearer(token) })).json()) as SessionAnswer;
  assert.deepEqual(
    [session.state, session.kind, session.name, session.scope],
    ["signed-in", "token", "script", "read"],
  );
  const change = await ask("/api/v1/meters/home", { method: "POST", headers: bearer(token) });
  assert.equal(change.status, 403);
  assert.equal((await problemOf(change)).message, "this needs the right admin, and script has read");
  const cookie = await cookieOf("admin");
  for (const wrong of ["mp_", "x", token.slice(0, -1), `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`]) {
    const answer = await ask("/api/v1/meters", { headers: { ...bearer(wrong), cookie } });
    assert.equal(answer.status, 401, wrong);
    assert.match((await problemOf(answer)).message, /this token is not valid/);
  }
  await done();
});

test("a body that is not JSON is refused as such, and one without a field names it", async () => {
  const { ask, book, clock, done } = await onNetwork();
  const { token } = book.addToken("boss", "admin");
  await clock.advance(1_000);
  const post = async (type: string, body: string) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": type };
    const answer = await ask("/api/v1/users", { method: "POST", headers, body });
    return [answer.status, await answer.json()];
  };
  for (const type of ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
    assert.deepEqual(await post(type, '{"name":"anna"}'), [
      415,
      { error: "not-json", message: "send the body as application/json" },
    ]);
  assert.deepEqual(await post("application/json", "{}"), [400, { error: "bad-request", message: "name is missing" }]);
  await done();
});

test("a token in the address or as a basic password is none", async () => {
  const { ask, book, clock, done } = await onNetwork();
  const { token } = book.addToken("script", "admin");
  await clock.advance(1_000);
  assert.equal((await ask(`/api/v1/meters?token=${token}&access_token=${token}`)).status, 401);
  const basic = `Basic ${Buffer.from(`script:${token}`).toString("base64")}`;
  assert.equal((await ask("/api/v1/meters", { headers: { authorization: basic } })).status, 401);
  await done();
});

test("signing in sets a cookie that scripts cannot read, and signing out ends it", async () => {
  const { ask, book, signIn, clock, done } = await onNetwork();
  await book.addUser("anna", password, "read");
  assert.equal((await signIn("wrong")).status, 401);
  const answer = await signIn(password);
  assert.equal(answer.status, 200);
  const set = answer.headers.get("set-cookie") ?? "";
  assert.match(set, /^meterport=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Strict$/);
  assert.doesNotMatch(await answer.text(), new RegExp(set.slice(10, 53)));
  const cookie = set.split(";")[0] ?? "";
  assert.equal((await ask("/api/v1/meters", { headers: { cookie } })).status, 200);
  const out = await ask("/api/v1/session", { method: "DELETE", headers: { cookie, origin: own, "x-meterport": "1" } });
  assert.equal(out.status, 200);
  assert.match(out.headers.get("set-cookie") ?? "", /meterport=; Max-Age=0/);
  await clock.advance(1_000);
  assert.equal((await ask("/api/v1/meters", { headers: { cookie } })).status, 401);
  await done();
});

test("over TLS, here or at a proxy, the cookie is for TLS only", async () => {
  const { ask, book, signIn, done } = await onNetwork();
  await book.addUser("anna", password, "read");
  const secure: Peer = { ...lan, tls: true };
  for (const [headers, peer] of [
    [{ origin: "https://192.168.1.5:8765" }, secure],
    [{ origin: "https://meter.example.org", host: "meter.example.org" }, lan],
    // A proxy that asks us by our address.
    [{ origin: "https://meter.example.org" }, lan],
  ] as const) {
    const answer = await signIn(password, headers, peer);
    assert.equal(answer.status, 200, headers.origin);
    assert.match(
      answer.headers.get("set-cookie") ?? "",
      /^__Host-meterport=[\w-]{43}; .*HttpOnly; Secure; SameSite=Strict$/,
    );
  }
  const plain = (await signIn(password)).headers.get("set-cookie")?.split(";")[0] ?? "";
  assert.equal((await ask("/api/v1/meters", { headers: { cookie: plain } }, secure)).status, 401);
  await done();
});

test("a foreign page changes nothing with the session of its reader", async () => {
  const { ask, cookieOf, done } = await onNetwork();
  const cookie = await cookieOf("admin");
  const change = async (headers: Record<string, string>) =>
    (await ask("/api/v1/meters", { method: "POST", headers: { cookie, ...headers }, body: "{}" })).status;
  const foreign: readonly Record<string, string>[] = [
    { ...json },
    { ...json, origin: "null" },
    { ...json, origin: "https://evil.example" },
    { ...json, origin: "http://192.168.1.5:9999" },
    { ...json, origin: "http://192.168.1.5:8765.evil.example" },
    { ...json, origin: own, "sec-fetch-site": "cross-site" },
    { ...json, origin: own, "sec-fetch-site": "same-site" },
  ];
  for (const headers of foreign) assert.equal(await change(headers), 403, JSON.stringify(headers));
  // A form of the same origin, which needs no consent.
  assert.equal(await change({ origin: own, "content-type": "text/plain" }), 415);
  assert.equal(await change({ origin: own, "content-type": "application/x-www-form-urlencoded" }), 415);
  // Past the guard: there is no such route.
  assert.equal(await change({ ...json, origin: own }), 405);
  assert.equal(await change({ origin: own, "x-meterport": "1" }), 405);
  const preflight = await ask("/api/v1/meters", {
    method: "OPTIONS",
    headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
  });
  assert.equal(preflight.status, 401);
  assert.equal(preflight.headers.get("access-control-allow-origin"), null);
  await done();
});

test("a foreign page signs nobody in", async () => {
  const { book, signIn, done } = await onNetwork();
  await book.addUser("anna", password, "read");
  assert.equal((await signIn(password, { origin: "https://evil.example" })).status, 403);
  assert.equal((await signIn(password, { origin: own, "content-type": "text/plain" })).status, 415);
  await done();
});

test("on loopback everybody may do everything until there is a user, but no foreign page", async () => {
  const { get, book, clock, done } = await httpSetup("127.0.0.1", [], true);
  const session = async () => ((await (await get("/api/v1/session")).json()) as SessionAnswer).state;
  assert.equal(await session(), "open");
  const post = async (headers: Record<string, string>) =>
    (await get("/api/v1/meters", { method: "POST", headers, body: "{}" })).status;
  assert.equal(await post({ ...json, origin: "https://evil.example" }), 403);
  assert.equal(await post({ "content-type": "text/plain" }), 415);
  assert.equal(await post(json), 405);
  await book.addUser("anna", password, "read");
  await clock.advance(1_000);
  assert.equal(await session(), "signed-out");
  assert.equal((await get("/api/v1/meters")).status, 401);
  book.removeUser("anna");
  await clock.advance(1_000);
  assert.equal(await session(), "signed-out", "a gateway that was closed stays closed");
  assert.equal((await get("/api/v1/meters")).status, 401);
  await done();
});

test("bound to the network, answers to listed names and the address it is reached at, and to no other", async () => {
  const { ask, book, clock, done } = await onNetwork();
  const { token } = book.addToken("script", "read");
  await clock.advance(1_000);
  const status = async (host: string, reached = "192.168.1.5") =>
    (await ask("/api/v1/meters", { headers: { host, authorization: `Bearer ${token}` } }, { ...lan, reached })).status;
  for (const [host, reached] of [
    ["192.168.1.5:8765", undefined],
    ["192.168.1.5", "::ffff:192.168.1.5"],
    ["meter.example.org", undefined],
    ["METER.example.org:443", undefined],
    ["[2001:db8::5]:8765", "2001:db8:0:0::5"],
    ["localhost:8765", "127.0.0.1"],
    // A container, whose port is published to loopback.
    ["127.0.0.1:8765", "172.17.0.2"],
    ["[::1]:8765", "172.17.0.2"],
  ] as const)
    assert.equal(await status(host, reached), 200, host);
  for (const host of ["evil.example", "192.168.1.6:8765", "localhost.evil.example", "127.0.0.1.evil.example", ""])
    assert.equal(await status(host), 421, host);
  await done();
});

test("a stream ends when its session or token does", async () => {
  const { ask, book, clock, done } = await onNetwork();
  const { token } = book.addToken("script", "read");
  await clock.advance(1_000);
  const answer = await ask("/api/v1/meters/home/events", { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  let over = false;
  const reading = answer.text().then(() => {
    over = true;
  });
  await clock.advance(10_000);
  assert.equal(over, false);
  book.removeToken("script");
  await clock.advance(5_000);
  assert.equal(over, true);
  await reading;
  await done();
});

test("guessing passwords is answered with growing pauses", async () => {
  const { book, signIn, done } = await onNetwork();
  await book.addUser("anna", password, "read");
  for (let n = 0; n < 5; n++) assert.equal((await signIn("wrong")).status, 401);
  const answer = await signIn(password);
  assert.equal(answer.status, 429);
  assert.equal(answer.headers.get("retry-after"), "1");
  assert.equal((await signIn(password, { origin: own }, { ...lan, address: "192.168.1.21" })).status, 200);
  await done();
});

test("bodies are short: shorter for anybody than for somebody", async () => {
  const { ask, book, clock, done } = await onNetwork();
  const { token } = book.addToken("script", "admin");
  await clock.advance(1_000);
  const send = async (length: number, headers: Record<string, string>) => {
    const body = JSON.stringify({ name: "x".repeat(length), password: "" });
    const announced = { ...json, "content-length": String(body.length) };
    const init = { method: "POST", headers: { ...announced, origin: own, ...headers }, body };
    return (await ask("/api/v1/session", init)).status;
  };
  assert.equal(await send(20_000, {}), 413);
  assert.equal(await send(20_000, { authorization: `Bearer ${token}` }), 400);
  assert.equal(await send(1_100_000, { authorization: `Bearer ${token}` }), 413);
  assert.equal(await send(1, { "transfer-encoding": "chunked" }), 411);
  await done();
});

test("the code on the console makes the first user", async () => {
  const { access, ask, done } = await onNetwork();
  const code = access?.openPairing() ?? "";
  assert.equal(((await (await ask("/api/v1/session")).json()) as SessionAnswer).pairing, true);
  const pair = (given: string, secret = password) =>
    ask("/api/v1/session/pairing", {
      method: "POST",
      headers: { ...json, origin: own },
      body: JSON.stringify({ code: given, name: "anna", password: secret }),
    });
  assert.equal((await pair("x")).status, 401);
  const weak = await pair(code, "short");
  assert.equal(weak.status, 409);
  assert.match((await problemOf(weak)).message, /the password has 5 characters/);
  const answer = await pair(code);
  assert.equal(answer.status, 200);
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  const session = (await (await ask("/api/v1/session", { headers: { cookie } })).json()) as SessionAnswer;
  assert.deepEqual([session.name, session.scope, session.pairing], ["anna", "admin", false]);
  assert.equal((await pair(code)).status, 409);
  await done();
});

test("on loopback too, pairing closes the gateway until there is a user", async () => {
  const { access, get, clock, done } = await httpSetup("127.0.0.1", [], true);
  assert.equal((await get("/api/v1/meters")).status, 200);
  access?.openPairing();
  assert.equal((await get("/api/v1/meters")).status, 401);
  await clock.advance(700_000);
  assert.equal(access?.isPairing(), false);
  assert.equal((await get("/api/v1/meters")).status, 401);
  await done();
});

test("an ingress names its users, and only its listener believes the header", async () => {
  const { ask, done } = await onNetwork();
  const ingress: Peer = {
    address: "172.30.32.2",
    reached: "172.30.33.5",
    tls: false,
    ingress: { userHeader: "X-Remote-User-Name", scope: "read" },
  };
  const named = { host: "homeassistant.local:8123", "x-remote-user-name": Buffer.from("Søren").toString("latin1") };
  const answer = await ask("/api/v1/session", { headers: named }, ingress);
  const session = (await answer.json()) as SessionAnswer;
  assert.deepEqual([session.kind, session.name, session.scope], ["ingress", "Søren", "read"]);
  // The page is in a frame there.
  assert.match(answer.headers.get("content-security-policy") ?? "", /frame-ancestors 'self'/);
  assert.equal((await ask("/api/v1/meters", { headers: named }, ingress)).status, 200);
  const change = await ask("/api/v1/meters", { method: "POST", headers: { ...named, ...json }, body: "{}" }, ingress);
  assert.equal(change.status, 403);
  const nameless = await ask("/api/v1/meters", {}, ingress);
  assert.equal(nameless.status, 401);
  assert.match((await problemOf(nameless)).message, /names no user/);
  assert.equal((await ask("/api/v1/meters", { headers: { "x-remote-user-name": "anna" } })).status, 401);
  await done();
});

test("a route that nobody listed needs read, or admin to change something", () => {
  const cases: readonly (readonly [method: string, path: string, need: string])[] = [
    ["GET", "/", "anyone"],
    ["HEAD", "/assets/app-1.js", "anyone"],
    ["GET", "/api/v1/session", "anyone"],
    ["GET", "/api/v1/sessions", "read"],
    ["GET", "/api/v1/new", "read"],
    ["HEAD", "/api/v1/new.js", "read"],
    ["GET", "/metrics", "read"],
    ["PUT", "/api/v1/new", "admin"],
    ["POST", "/", "admin"],
    ["TRACE", "/", "admin"],
    ["PUT", "/api/v1/session", "admin"],
  ];
  for (const [method, path, need] of cases) assert.equal(needOf(method, path), need, `${method} ${path}`);
});

test("a capture as it crossed the line needs operate, a redacted one and their list only read", () => {
  for (const point of ["/api/v1/meters/home", "/api/v1/points/home"]) {
    assert.equal(needOf("GET", `${point}/captures`), "read");
    assert.equal(needOf("GET", `${point}/captures/x.ndjson`), "operate");
    assert.equal(needOf("HEAD", `${point}/captures/x.ndjson`), "operate");
    assert.equal(needOf("GET", `${point}/captures/x.ndjson`, true), "read");
  }
});
