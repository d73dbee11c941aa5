import assert from "node:assert/strict";
import { test } from "node:test";
import { httpSetup } from "../../testing/http-setup.ts";

const password = "correct horse battery";

const setup = async (withAccess = true) => {
  const { get, done, clock, book } = await httpSetup(undefined, undefined, withAccess);
  const answers: string[] = [];
  /** With a token, or a cookie. */
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const own = { "content-type": "application/json", origin: "http://127.0.0.1:8765", ...headers };
    const init = body === undefined ? { method, headers: own } : { method, headers: own, body: JSON.stringify(body) };
    const answer = await get(`/api/v1${path}`, init);
    const text = await answer.text();
    answers.push(text);
    const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    return { status: answer.status, body: JSON.parse(text) as Record<string, unknown>, cookie };
  };
  const signIn = async (name: string, given: string) =>
    (await ask("POST", "/session", { name, password: given })).cookie;
  return { ask, answers, signIn, clock, book, done };
};

test("the first user is an admin, and then everybody has to sign in", async () => {
  const { ask, signIn, answers, done } = await setup();
  assert.deepEqual((await ask("GET", "/users")).body, { users: [] });
  assert.equal((await ask("POST", "/users", { name: "ben", password, scope: "read" })).status, 409);
  const anna = await ask("POST", "/users", { name: "anna", password });
  assert.deepEqual([anna.status, anna.body.name, anna.body.scope], [201, "anna", "admin"]);
  assert.equal((await ask("GET", "/users")).status, 401);
  const cookie = await signIn("anna", password);
  const as = { cookie };
  assert.equal((await ask("POST", "/users", { name: "ben", password: "another battery" }, as)).body.scope, "read");
  const { users } = (await ask("GET", "/users", undefined, as)).body as { users: readonly Record<string, unknown>[] };
  assert.deepEqual(
    users.map(({ name, scope }) => [name, scope]),
    [
      ["anna", "admin"],
      ["ben", "read"],
    ],
  );
  assert.doesNotMatch(answers.join("\n"), /battery|scrypt|stamp|hash/);
  await done();
});

test("a user without the right changes nobody, and the last admin stays one", async () => {
  const { ask, signIn, done } = await setup();
  await ask("POST", "/users", { name: "anna", password });
  const anna = { cookie: await signIn("anna", password) };
  await ask("POST", "/users", { name: "ben", password, scope: "operate" }, anna);
  const ben = { cookie: await signIn("ben", password) };
  for (const [method, path, body] of [
    ["GET", "/users", undefined],
    ["GET", "/tokens", undefined],
    ["POST", "/users", { name: "eve", password }],
    ["PATCH", "/users/ben", { scope: "admin" }],
    ["DELETE", "/users/anna", undefined],
    ["POST", "/tokens", { name: "eve", scope: "admin" }],
  ] as const)
    assert.equal((await ask(method, path, body, ben)).status, 403, `${method} ${path}`);
  assert.match(String((await ask("DELETE", "/users/Anna", undefined, anna)).body.message), /^anna is the last admin/);
  assert.equal((await ask("PATCH", "/users/anna", { scope: "read" }, anna)).status, 409);
  assert.deepEqual((await ask("PATCH", "/users/ben", { scope: "admin" }, anna)).body.scope, "admin");
  assert.deepEqual((await ask("DELETE", "/users/anna", undefined, anna)).body, { removed: "anna" });
  assert.equal((await ask("GET", "/users", undefined, anna)).status, 401);
  await done();
});

test("a mistake is a sentence: a name that is taken, a weak password, somebody unknown", async () => {
  const { ask, signIn, done } = await setup();
  assert.match(String((await ask("POST", "/users", { name: "anna", password: "short" })).body.message), /at least 10/);
  assert.equal((await ask("POST", "/users", { name: "a b", password })).status, 400);
  await ask("POST", "/users", { name: "anna", password });
  const as = { cookie: await signIn("anna", password) };
  assert.equal((await ask("POST", "/users", { name: "ANNA", password }, as)).status, 409);
  assert.equal((await ask("PATCH", "/users/nobody", { scope: "read" }, as)).status, 404);
  assert.equal((await ask("DELETE", "/tokens/nothing", undefined, as)).status, 404);
  assert.equal((await ask("PATCH", "/users/anna", { password: "short" }, as)).status, 400);
  await done();
});

test("a token is shown once, works at once, and ends when it is removed", async () => {
  const { ask, signIn, done } = await setup();
  await ask("POST", "/users", { name: "anna", password });
  const as = { cookie: await signIn("anna", password) };
  const { status, body } = await ask("POST", "/tokens", { name: "ha", expires: "365d" }, as);
  assert.deepEqual([status, body.scope, body.expires], [201, "read", "2027-01-01T12:00:00.000Z"]);
  const bearer = { authorization: `Bearer ${String(body.token)}` };
  assert.equal((await ask("GET", "/points", undefined, bearer)).status, 200);
  assert.equal((await ask("GET", "/tokens", undefined, bearer)).status, 403);
  const listed = await ask("GET", "/tokens", undefined, as);
  assert.ok(!JSON.stringify(listed.body).includes(String(body.token)));
  assert.match(String((await ask("POST", "/tokens", { name: "b", expires: "1s" }, as)).body.message), /1min to 3650d/);
  assert.deepEqual((await ask("DELETE", "/tokens/ha", undefined, as)).body, { removed: "ha" });
  assert.equal((await ask("GET", "/points", undefined, bearer)).status, 401);
  await done();
});

test("one's own password needs the old one; other sessions end, this one goes on", async () => {
  const { ask, signIn, answers, done } = await setup();
  await ask("POST", "/users", { name: "anna", password });
  const [here, there] = [{ cookie: await signIn("anna", password) }, { cookie: await signIn("anna", password) }];
  const next = "a battery without a horse";
  assert.equal(
    (await ask("POST", "/session/password", { old: "wrong", password: next }, here)).body.error,
    "wrong-credentials",
  );
  assert.equal((await ask("POST", "/session/password", { old: password, password: "short" }, here)).status, 409);
  const changed = await ask("POST", "/session/password", { old: password, password: next }, here);
  assert.deepEqual([changed.status, changed.body.name], [200, "anna"]);
  assert.equal((await ask("GET", "/points", undefined, { cookie: changed.cookie })).status, 200);
  for (const old of [here, there]) assert.equal((await ask("GET", "/points", undefined, old)).status, 401);
  assert.notEqual(await signIn("anna", next), "");
  assert.doesNotMatch(answers.join("\n"), /horse/);
  await done();
});

test("anyone who guesses an old password has to wait", async () => {
  const { ask, signIn, clock, done } = await setup();
  await ask("POST", "/users", { name: "anna", password });
  const as = { cookie: await signIn("anna", password) };
  const statuses: number[] = [];
  for (let n = 0; n < 20; n++) {
    statuses.push(
      (await ask("POST", "/session/password", { old: `guess ${n}`, password: "a battery without" }, as)).status,
    );
  }
  assert.ok(statuses.includes(429), statuses.join(" "));
  await clock.advance(1);
  await done();
});

test("a gateway without users and tokens says so", async () => {
  const { ask, done } = await setup(false);
  for (const [method, path] of [
    ["GET", "/users"],
    ["GET", "/tokens"],
    ["DELETE", "/users/anna"],
  ] as const)
    assert.equal((await ask(method, path)).status, 503);
  assert.equal((await ask("POST", "/session/password", { old: password, password })).status, 409);
  await done();
});
