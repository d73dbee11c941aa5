/**
 * Random and boundary requests at every route that the API describes: no failure of the gateway, an answer that fits the schema of
 * its status (by the gateway's own schemas and by the published document), and within bounded time.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Meter } from "@meterport/client";
import { logEvent } from "@meterport/engine/testing/fake-meter";
import { fillStore } from "@meterport/gateway/testing/filled-store";
import { httpSetup } from "@meterport/gateway/testing/http-setup";
import { memoryMeter } from "@meterport/gateway/testing/memory-meter";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { computing } from "./support/stopwatch.ts";

const seed = Number(process.env.METERPORT_TEST_SEED ?? 1 + Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.METERPORT_TEST_RUNS ?? 1_500);
/** A request that computes for longer, in milliseconds, holds others up. */
const longest = 2_000;
/**
 * About one request in eleven is answered with 200; most others are refused for what they ask. So few by chance are rarer than once in
 * a million times 1,500 requests: then all are refused at once, and this fuzzer tries nothing.
 */
const fewestAnswered = 1 / 25;

interface Content {
  readonly schema?: object;
  readonly example?: unknown;
}
interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: { readonly example?: unknown; readonly enum?: readonly unknown[] };
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}
interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** What a parser of parameters may stumble over. */
const hostile = [
  ...[
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "9007199254740991",
    "9007199254740993",
    "99999999999999999999",
    "NaN",
    "Infinity",
    "0x10",
    "1.5",
  ],
  ...[
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-02-30T00:00:00Z",
    "2026-03-29T02:30:00+01:00",
    "253402300799",
    "yesterday",
  ],
  ...[
    "UTC",
    "Europe/Copenhagen",
    "Australia/Lord_Howe",
    "Mars/Olympus",
    "../../etc/passwd",
    "%00",
    "\u0000",
    "\ud800",
    "🦊",
    "a,b,c",
    ",",
    "__proto__",
    "constructor",
  ],
  ...[
    "day",
    "month",
    "year",
    "1s",
    "1h",
    "5m",
    "365d",
    "live,link",
    "interval,event",
    "energy_import_wh",
    "BT00",
    "ET13",
    "BT4150",
    "EP17",
    "home",
    "home,home",
  ],
  "x".repeat(5_000),
];

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1_764_000_000, max: 1_770_000_000 }).map(String) },
);

const header = fc.oneof(
  fc.constant({}),
  fc.constantFrom<Record<string, string>>(
    { accept: "application/problem+json" },
    { accept: "text/event-stream" },
    { accept: "*/*;q=0,,;=" },
    { "if-none-match": "*" },
    { "if-none-match": `W/"${"x".repeat(3_000)}` },
    { "last-event-id": "0" },
    { "last-event-id": "99999999999999" },
    { "last-event-id": "-1" },
    { "last-event-id": "" },
    { "last-event-id": "3, 4" },
    { "x-meterport": "1" },
    { "content-type": "text/plain" },
    { "content-type": "application/json; charset=utf-16" },
    { "content-type": "multipart/form-data" },
    { origin: "https://evil.example" },
    { host: "evil.example" },
    { authorization: "Bearer mp_nothing" },
    { range: "bytes=0-1" },
    { "content-type": "application/json" },
  ),
);

const methods = (described: string) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(described) },
    { weight: 1, arbitrary: fc.constant("HEAD") },
    { weight: 1, arbitrary: fc.constantFrom("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND") },
  );

const bodies = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc
    .record({ name: fc.string(), password: fc.string(), code: fc.string() }, { requiredKeys: [] })
    .map((each) => JSON.stringify(each)),
  fc.constantFrom(
    '{"key":"0123456789abcdef"}',
    '{"link":"tcp://127.0.0.1:4059","key":"0123456789abcdef"}',
    '{"link":"file:///etc/passwd"}',
    '{"name":"anna","password":"x"}',
    '{"value":1e308}',
    '{"changes":[{"path":"log.level","value":"debug"},{"path":"zone","value":null}]}',
    '{"changes":[{"path":"outputs.p1","value":{"port":1e999,"__proto__":{}}}]}',
    '{"name":"\\ud800","link":"tcp://127.0.0.1:4060","key":"0123456789abcdef","rates":{"live":[[[]]]}}',
    '{"bytes":1}',
    '{"telegram":"0c13785634120"}',
    "[".repeat(2_000),
    '{"__proto__":{}}',
    "x".repeat(40_000),
  ),
);

/**
 * The example of a body with one of its values replaced, left out, or in a wrong place: what a check of the whole lets through is
 * near to what it expects.
 */
const near = (example: unknown): fc.Arbitrary<string> => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(null, true, -1, 0.5, 1e300, "", " ", "x".repeat(300), "\u0000", "\ud800", [], {}, [[]]),
    value,
    fc.integer(),
  );
  if (typeof example !== "object" || example === null) return odd.map((each) => JSON.stringify(each));
  return fc
    .tuple(fc.constantFrom(...Object.keys(example), "more"), fc.constantFrom("replace", "remove", "keep"), odd)
    .map(([key, deed, each]) => {
      const body: Record<string, unknown> = { ...(example as object) };
      if (deed === "replace") body[key] = Array.isArray(body[key]) ? [each] : each;
      if (deed === "remove") delete body[key];
      return JSON.stringify(body);
    });
};

/** The schemas of a document with every object closed: a field that an answer has and its schema does not name is an error. */
const closed = (document: Document): Document => {
  const copy = structuredClone(document);
  const partOf = (part: { readonly $ref?: string }): object => {
    const name = /^#\/components\/schemas\/(.+)$/.exec(part.$ref ?? "")?.[1];
    return name === undefined ? part : structuredClone(document.components.schemas[name] ?? assert.fail(name));
  };
  const close = (schema: unknown): void => {
    if (typeof schema !== "object" || schema === null) return;
    if ("allOf" in schema) {
      // Each part by itself would refuse the fields of the others, so only the whole is closed.
      const parts = (schema.allOf as readonly { readonly $ref?: string }[]).map(partOf);
      Object.assign(schema, { allOf: parts, unevaluatedProperties: false });
      for (const part of parts) closeIn(part);
      return;
    }
    closeIn(schema);
    if ("properties" in schema && "type" in schema && !("additionalProperties" in schema))
      Object.assign(schema, { additionalProperties: false });
  };
  const closeIn = (schema: object): void => {
    for (const [key, each] of Object.entries(schema)) if (key !== "example" && key !== "enum") close(each);
  };
  close(copy);
  return copy;
};

/** What a stream sends at once, if it sends anything; then ends it. */
const beginningOf = async (answer: Response): Promise<string | undefined> => {
  const reader = answer.body?.getReader();
  const first = reader?.read();
  const later = new Promise<{ readonly value?: undefined }>((resolve) => setTimeout(() => resolve({}), 20));
  const chunk = await Promise.race([first, later]);
  await reader?.cancel();
  return chunk?.value === undefined ? undefined : new TextDecoder().decode(chunk.value);
};

/** What a healthy gateway answers with 502 and 503: that it is busy, has no such thing, or cannot ask the meter. */
const mayFail = new Set([
  "busy",
  "meter-refused",
  "meter-silent",
  "not-available",
  "not-possible",
  "too-many-listeners",
]);

/** Statuses that any address may answer, beside those that its route names. */
const common = new Set([304, 401, 403, 404, 405, 413, 415, 421, 429]);

describe("any request at any route", { timeout: 120_000 }, () => {
  let meter: Meter;
  before(async () => {
    meter = await memoryMeter();
  });
  after(() => meter.close());

  test(`gets an answer that the document describes (seed ${seed})`, async (t) => {
    t.diagnostic(`METERPORT_TEST_SEED=${seed}, ${runs} requests`);
    const { clock, store, meter: fake, get, json, done } = await httpSetup(undefined, undefined, false, true);
    fake.connected = meter;
    // Without the pause of virtual time, which nobody lets pass while a request waits.
    Object.assign(fake, { events: async () => [logEvent(1_000)] });
    await fillStore(store, "home", clock.wall());
    await clock.advance(1_000);
    const document = await json<Document>("/api/v1/openapi.json");
    const operations = Object.entries(document.paths).flatMap(([path, each]) =>
      Object.entries(each).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );

    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(closed(document), "api");
    const compiled = new Map<string, ValidateFunction>();
    const validatorOf = (path: string, verb: string, status: string, type: string): ValidateFunction => {
      const pointer = ["paths", path, verb, "responses", status, "content", type, "schema"]
        .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
        .join("/");
      const known = compiled.get(pointer) ?? ajv.compile({ $ref: `api#/${pointer}` });
      compiled.set(pointer, known);
      return known;
    };

    const seen = new Map<number, number>();
    const check = async (path: string, target: string, init: RequestInit): Promise<void> => {
      const what = `${init.method} ${target.slice(0, 300)} ${JSON.stringify(init.headers)}`;
      const asked = init.method?.toLowerCase() ?? "get";
      const verb = asked === "head" ? "get" : asked;
      const computed = computing();
      const answer = await get(target, init);
      const { status } = answer;
      seen.set(status, (seen.get(status) ?? 0) + 1);
      const type = /^[^;]*/.exec(answer.headers.get("content-type") ?? "")?.[0] ?? "";
      if (type === "text/event-stream") {
        const first = await beginningOf(answer);
        if (first !== undefined) assert.match(first, /^(?:id: \d+\n)?event: [a-z]+\ndata: [^\n]*\n\n/, what);
        return;
      }
      const text = await answer.text();
      const took = computed();
      assert.ok(took < longest, `${what}: computes for ${Math.round(took)} ms`);
      const described = document.paths[path]?.[verb]?.responses[status]?.content;
      assert.ok(
        described !== undefined || common.has(status) || (init.method === "OPTIONS" && status === 204),
        `${what}: ${status} is not described: ${text.slice(0, 300)}`,
      );
      if (init.method === "HEAD" || status === 304 || status === 204) {
        assert.equal(text, "", what);
        return;
      }
      if (status >= 400) {
        const { error, message } = JSON.parse(text) as { readonly error: string; readonly message: string };
        assert.ok(status < 500 || mayFail.has(error), `${what}: ${status} ${text}`);
        assert.match(error, /^[a-z-]+$/, what);
        assert.match(message, /^\S[^\n]{3,}$/, what);
        assert.ok(message.length < 400, `${what}: ${message.length} characters`);
      }
      if (described === undefined) return;
      assert.ok(type in described, `${what}: ${type} is not described`);
      if (!/json$/.test(type)) return;
      const fits = validatorOf(path, verb, String(status), type);
      assert.ok(fits(JSON.parse(text)), `${what}: ${JSON.stringify(fits.errors)} in ${text.slice(0, 300)}`);
    };

    const request = fc.constantFrom(...operations).chain(({ path, method, operation }) => {
      const parameters = operation.parameters ?? [];
      const example = Object.values(operation.requestBody?.content ?? {})[0]?.example;
      const likely = (example: unknown) =>
        fc.oneof({ weight: 3, arbitrary: fc.constant(String(example ?? "1")) }, { weight: 1, arbitrary: value });
      const names = parameters.filter((each) => each.in === "query");
      return fc.record({
        path: fc.constant(path),
        parts: fc.array(likely("home"), { minLength: 2, maxLength: 2 }),
        query: fc.tuple(
          ...names.map(({ name, schema }) =>
            fc.oneof(
              { weight: 3, arbitrary: fc.constant(undefined) },
              {
                weight: 2,
                arbitrary: fc
                  .constantFrom(...(schema.enum ?? [schema.example ?? "1"]))
                  .map((each) => [name, String(each)] as const),
              },
              { weight: 2, arbitrary: value.map((each) => [name, each] as const) },
            ),
          ),
        ),
        // Names that come twice, and names in another case or form.
        again: fc.option(
          names.length === 0
            ? fc.constant<[string, string]>(["limit", "1"])
            : fc.tuple(
                fc
                  .constantFrom(...names.map(({ name }) => name))
                  .chain((name) => fc.constantFrom(name, `${name}[]`, name.toUpperCase())),
                value,
              ),
          { freq: 8, nil: undefined },
        ),
        // Another way to write the address.
        written: fc.oneof(
          { weight: 30, arbitrary: fc.constant((path: string) => path) },
          {
            weight: 1,
            arbitrary: fc.constantFrom<(path: string) => string>(
              (path) => `${path}/`,
              (path) => `/${path}`,
              (path) => path.replace("/v1/", "/v1//"),
              (path) => path.replace("/v1/", "/v1/%2e%2e/v1/"),
              (path) => path.toUpperCase(),
              (path) => path.replace("home", "home%2F.."),
              (path) => path.replace("home", "%ff"),
              (path) => `${path};a=b`,
              (path) => `${path}%00`,
            ),
          },
        ),
        extra: fc.option(fc.tuple(fc.constantFrom("form", "limit", "__proto__", "id"), value), {
          freq: 12,
          nil: undefined,
        }),
        method: methods(method),
        headers: header,
        body: fc.option(fc.oneof(value, bodies, near(example), fc.constant(JSON.stringify(example ?? {}))), {
          nil: undefined,
        }),
      });
    });

    await fc.assert(
      fc.asyncProperty(request, async ({ path, parts, query, again, extra, written, method, headers, body }) => {
        const [id, second] = parts.map((part) => encodeURIComponent(part.replace(/[\ud800-\udfff]/g, "?")));
        const filled = path.replace("{id}", id ?? "").replace(/\{\w+\}/, second ?? "");
        const search = new URLSearchParams(
          [...query, again, extra].flatMap((each) => (each === undefined ? [] : [[...each] as [string, string]])),
        );
        const json: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
        const init: RequestInit = { method, headers: { ...json, ...headers } };
        if (body !== undefined && method !== "GET" && method !== "HEAD") init.body = body;
        await check(path, `${written(filled)}${search.size === 0 ? "" : `?${search}`}`, init);
        // Reads of the meter are kept for a minute: now and then they are old.
        await clock.advance(500);
      }),
      { seed, numRuns: runs },
    );
    t.diagnostic(
      `statuses: ${[...seen]
        .sort(([a], [b]) => a - b)
        .map(([status, count]) => `${status} ${count}x`)
        .join(", ")}`,
    );
    assert.ok((seen.get(200) ?? 0) > runs * fewestAnswered, `${seen.get(200) ?? 0} of ${runs} are answered`);
    await done();
  });
});
