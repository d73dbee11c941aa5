/** What every route of the API's document answers without a token, and with each right. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { includes, type Scope } from "../../access/scope.ts";
import { httpSetup } from "../../testing/http-setup.ts";
import type { Peer } from "../peer.ts";

const lan: Peer = { address: "192.168.1.20", reached: "192.168.1.5", tls: false };

/** Routes that tell anyone something: whether it works, who they are, and how to sign in. */
const forAnyone = new Set([
  "GET /api/v1/session",
  "POST /api/v1/session",
  "DELETE /api/v1/session",
  "POST /api/v1/session/pairing",
  "GET /api/v1/health",
  "GET /health",
  "GET /api/v1/ready",
  "GET /ready",
]);

/** Routes that need more than `read`: all others show values and change nothing. */
const beyondRead: Readonly<Record<"operate" | "admin", readonly string[]>> = {
  operate: [
    "GET /api/v1/meters/{id}/captures/{name}",
    "GET /api/v1/points/{id}/captures/{name}",
    "PUT /api/v1/points/{id}/device/sources/{source}",
    "GET /api/v1/points/{id}/device/files/{name}",
    "GET /api/v1/points/{id}/tables/{table}",
    "GET /api/v1/logs",
    "POST /api/v1/outputs/{name}/test",
    "POST /api/v1/points/{id}/link/doctor",
    "GET /api/v1/points/{id}/link/doctor",
    "POST /api/v1/points/{id}/link/key-test",
    "GET /api/v1/points/{id}/link/key-test",
    "GET /api/v1/points/{id}/link/tests",
    "GET /api/v1/points/{id}/link/recording",
    "POST /api/v1/points/{id}/link/recording",
    "DELETE /api/v1/points/{id}/link/recording",
  ],
  admin: [
    "GET /api/v1/users",
    "POST /api/v1/users",
    "PATCH /api/v1/users/{name}",
    "DELETE /api/v1/users/{name}",
    "GET /api/v1/tokens",
    "POST /api/v1/tokens",
    "DELETE /api/v1/tokens/{name}",
    "POST /api/v1/points",
    "PATCH /api/v1/points/{id}",
    "DELETE /api/v1/points/{id}",
    "GET /api/v1/configuration",
    "PATCH /api/v1/configuration",
    "POST /api/v1/configuration/check",
    "POST /api/v1/configuration/reload",
    "GET /api/v1/points/{id}/settings",
    "GET /api/v1/backup",
    "GET /api/v1/restore",
    "POST /api/v1/restore",
    "DELETE /api/v1/restore",
    "PUT /api/v1/restore/upload",
    "GET /api/v1/restart",
    "POST /api/v1/restart",
    "POST /api/v1/outputs/{name}/pair",
    "GET /api/v1/links",
    "GET /api/v1/links/found",
    "POST /api/v1/link/test",
    "GET /api/v1/link/test",
  ],
};

/** What each route needs, by this page alone. */
const rightOf = (route: string): Scope => {
  if (beyondRead.admin.includes(route)) return "admin";
  return beyondRead.operate.includes(route) ? "operate" : "read";
};

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security?: unknown }>>>>;
}

const onNetwork = async () => {
  const setup = await httpSetup("0.0.0.0", [], true, true);
  const tokens = new Map<Scope, string>();
  for (const scope of ["read", "operate", "admin"] as const)
    tokens.set(scope, setup.book.addToken(`program-${scope}`, scope).token);
  await setup.clock.advance(1_000);
  const ask = (method: string, path: string, headers: Record<string, string> = {}): Promise<Response> => {
    const json = method === "GET" || method === "HEAD" ? {} : { "content-type": "application/json" };
    // Some routes read the meter, which takes time.
    return setup.clock.run(
      setup.get(path, { method, headers: { host: "192.168.1.5:8765", ...json, ...headers } }, lan),
    );
  };
  const by = (scope: Scope): Record<string, string> => ({ authorization: `Bearer ${tokens.get(scope)}` });
  const document = (await (await ask("GET", "/api/v1/openapi.json", by("read"))).json()) as Document;
  const routes = Object.entries(document.paths).flatMap(([path, each]) =>
    Object.entries(each).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      security,
      route: `${method.toUpperCase()} ${path}`,
      path: path
        .replace("{id}", "home")
        .replace("{table}", "BT01")
        .replace("{source}", "water")
        .replace(/\{\w+\}/, "x"),
    })),
  );
  return { ...setup, ask, by, routes };
};

/** What the document says of the right to a route. */
const securityOf = (route: string): unknown => {
  const need = rightOf(route);
  return forAnyone.has(route) ? [] : [{ token: [need] }, { session: [need] }];
};

const textOf = async (answer: Response): Promise<string> => {
  if (answer.headers.get("content-type")?.startsWith("text/event-stream") !== true) return answer.text();
  await answer.body?.cancel();
  return "";
};

test("the lists of this test name routes that there are", async () => {
  const { routes, done } = await onNetwork();
  const known = new Set(routes.map(({ route }) => route));
  for (const route of [...forAnyone, ...beyondRead.operate, ...beyondRead.admin])
    assert.ok(known.has(route), `${route} is not in the document`);
  await done();
});

test("the document says of each route which right it needs", async () => {
  const { routes, done } = await onNetwork();
  for (const { route, security } of routes) assert.deepEqual(security, securityOf(route), route);
  await done();
});

test("somebody on the network without a token sees nothing at any route", async () => {
  const { ask, routes, done } = await onNetwork();
  assert.ok(routes.length > 80, `${routes.length} routes`);
  for (const { method, route, path } of routes) {
    for (const headers of [{}, { authorization: "Bearer mp_wrong" }]) {
      const answer = await ask(method, path, headers);
      const text = await textOf(answer);
      // A wrong token is refused even where nobody needs one, or tells no more than none.
      if (!forAnyone.has(route)) assert.equal(answer.status, 401, `${route}: ${text}`);
      assert.doesNotMatch(text, /Home|"home"|tcp:|program-|0\.1\.0|_w"/, route);
    }
    if (method !== "GET") continue;
    const head = await ask("HEAD", path);
    if (!forAnyone.has(route)) assert.equal(head.status, 401, `HEAD ${path}`);
    assert.equal(await textOf(head), "", `HEAD ${path}`);
  }
  await done();
});

for (const scope of ["read", "operate", "admin"] as const)
  test(`with the right ${scope} each route answers or refuses as it should`, async () => {
    const { ask, by, routes, done } = await onNetwork();
    for (const { method, route, path } of routes) {
      const needed = rightOf(route);
      // What is allowed and changes something is for the tests of these routes.
      if (includes(scope, needed) && method !== "GET") continue;
      const answer = await ask(method, path, by(scope));
      const text = await textOf(answer);
      if (includes(scope, needed) || forAnyone.has(route)) {
        assert.ok(answer.status !== 401 && answer.status !== 403, `${route} with ${scope}: ${answer.status} ${text}`);
      } else {
        assert.equal(answer.status, 403, `${route} with ${scope}: ${text}`);
        assert.match(text, new RegExp(`this needs the right ${needed}, and program-${scope} has ${scope}`), route);
      }
    }
    await done();
  });
