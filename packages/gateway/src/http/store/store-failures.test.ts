/** What the API answers while the store rejects whatever it is asked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillStore } from "../../testing/filled-store.ts";
import { httpSetup } from "../../testing/http-setup.ts";
import type { ApiProblem } from "../api.ts";

interface Document {
  readonly paths: Readonly<
    Record<string, { readonly get?: { readonly responses: Readonly<Record<string, unknown>> } | undefined }>
  >;
}

/** Queries that make a route ask the store, beside the one without parameters. */
const variants: Readonly<Record<string, readonly string[]>> = {
  "/api/v1/points/{id}/history": ["", "?resolution=day"],
  "/api/v1/points/{id}/intervals": ["", "?sum=month"],
  "/api/v1/points/{id}/why": [
    ...["?end=2026-01-01T00:00:00Z", "?value=register&time=2026-01-01T00:00:00Z"],
    "?value=reading&time=2026-01-01T00:00:00Z",
  ],
  "/api/v1/points/{id}/export": ["readings", "intervals", "registers", "events"].flatMap((kind) =>
    ["csv", "json"].map((format) => `?kind=${kind}&format=${format}`),
  ),
};

const asked = [
  ...["history", "series", "readings", "intervals", "intervalSums", "channels", "intervalProof", "registers"],
  "registerProof",
  ...["devices", "events", "journal", "cursors", "status"],
];

/** Answers of every route that needs no meter, while the named methods of the store reject. */
const answersWhile = async (failing: readonly string[]) => {
  const { clock, store, lines, get, json, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  await clock.advance(1_000);
  const { paths } = await json<Document>("/api/v1/openapi.json");
  const fail = async () => {
    throw new Error("EIO: disk I/O error, read '/var/lib/meterport/meterport.db'");
  };
  const kept = Object.fromEntries(failing.map((name) => [name, Reflect.get(store, name)]));
  Object.assign(store, Object.fromEntries(failing.map((name) => [name, fail])));
  const answers: { target: string; response: Response; text: string; described: boolean }[] = [];
  for (const [path, { get: operation }] of Object.entries(paths)) {
    if (operation === undefined || path.endsWith("/log")) continue;
    for (const query of variants[path] ?? [""]) {
      const target = path.replace("{id}", "home").replace("{table}", "BT00").replace("{name}", "x") + query;
      const response = await get(target);
      const isStream = /event-stream/.test(response.headers.get("content-type") ?? "");
      const text = isStream ? "" : await response.text();
      if (isStream) await response.body?.cancel();
      answers.push({ target, response, text, described: String(response.status) in operation.responses });
    }
  }
  Object.assign(store, kept);
  await done();
  return { answers, lines };
};

test("while the store fails no route answers with another 5xx than a 503 that says what to do", async () => {
  const { answers } = await answersWhile(asked);
  const failed = answers.filter(({ response }) => response.status >= 500);
  for (const { target, response, text, described } of failed) {
    assert.equal(response.status, 503, `${target}: ${text}`);
    assert.ok(described, `${target}: 503 is not described`);
    assert.doesNotMatch(text, /EIO|\/var\/lib/, target);
  }
  const byStore = failed.filter(({ text }) => text.includes("store-failing"));
  assert.ok(byStore.length >= 20, `${byStore.length} answers`);
  for (const { target, response, text } of byStore) {
    assert.match((JSON.parse(text) as ApiProblem).message, /\/ready/, target);
    assert.equal(response.headers.get("retry-after"), "5", target);
  }
});

test("an export whose store fails before the first row is a 503, not an empty file", async () => {
  for (const failing of [["channels"], ["intervals"], ["readings"], ["events"], ["registers"]]) {
    const { answers } = await answersWhile(failing);
    const exports = answers.filter(({ target }) => target.includes("/export?"));
    assert.ok(
      exports.some(({ response }) => response.status === 503),
      failing.join(),
    );
    for (const { target, response, text } of exports)
      if (response.status === 200) assert.ok(text.length > 0, target);
      else assert.equal(response.status, 503, target);
  }
});
