/** The API's document is whole: each route says what it does, and each example fits its schema. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "@hono/zod-openapi";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { httpSetup } from "../../testing/http-setup.ts";

interface Described {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: unknown; readonly example?: unknown }>>;
}

test("each route has a summary, a tag, and an example of each answer that its schema accepts", async () => {
  const { gateway, done } = await httpSetup();
  const seen = new Set<string>();
  for (const { method, path, summary, tags, responses } of gateway.app.routes) {
    const name = `${method} ${path}`;
    assert.ok(!seen.has(name), `${name} is described twice`);
    seen.add(name);
    assert.match(summary ?? "", /^\S.{8,}[^.]$/, name);
    assert.equal(tags?.length, 1, name);
    for (const [status, response] of Object.entries(responses) as [string, Described][]) {
      assert.ok((response.description ?? "").length > 3, `${name} ${status}`);
      for (const [type, { schema, example }] of Object.entries(response.content ?? {})) {
        assert.notEqual(example, undefined, `${name} ${status} ${type} has no example`);
        assert.ok(schema instanceof z.ZodType, name);
        // A schema drops what it does not know, so the same value must come back.
        assert.deepEqual(schema.parse(example), example, `${name} ${status} ${type}`);
      }
    }
  }
  assert.ok(seen.size > 30, `${seen.size} routes`);
  await done();
});

interface Content {
  readonly schema: object;
  readonly example?: unknown;
}
interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: { readonly description?: string; readonly example?: unknown; readonly enum?: readonly unknown[] };
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Types whose examples would be bytes. */
const binary = new Set(["application/octet-stream", "application/x-tar"]);

test("each example fits the published schema: of parameters, bodies and answers", async () => {
  const { gateway, json, done } = await httpSetup();
  const document = await json<Document>("/api/v1/openapi.json");
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, "api");
  let examples = 0;
  const fits = (place: readonly (string | number)[], example: unknown): void => {
    examples++;
    const pointer = place.map((part) => encodeURIComponent(`${part}`.replaceAll("~", "~0").replaceAll("/", "~1")));
    const check = ajv.compile({ $ref: `api#/${pointer.join("/")}` });
    assert.ok(check(example), `${place.join(" ")}: ${JSON.stringify(example)}: ${ajv.errorsText(check.errors)}`);
  };
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { parameters = [], requestBody, responses }] of Object.entries(methods)) {
      const place = ["paths", path, method];
      for (const [n, { name, schema }] of parameters.entries()) {
        assert.ok(schema.description, `${path}: ${name}`);
        const example = schema.example ?? schema.enum?.[0];
        assert.notEqual(example, undefined, `${method} ${path}: ${name} has no example`);
        fits([...place, "parameters", n, "schema"], example);
      }
      const contents = [
        ...Object.entries(requestBody?.content ?? {}).map(([type, each]) => [["requestBody"], type, each] as const),
        ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
          Object.entries(content).map(([type, each]) => [["responses", status], type, each] as const),
        ),
      ];
      for (const [where, type, { example }] of contents) {
        if (example === undefined && binary.has(type)) continue;
        assert.notEqual(example, undefined, `${method} ${path}: ${where.join(" ")} ${type} has no example`);
        fits([...place, ...where, "content", type, "schema"], example);
      }
    }
  assert.ok(examples > 600, `${examples} examples`);
  assert.equal(
    gateway.app.routes.length,
    Object.values(document.paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0),
  );
  await done();
});

/** These take any parameter: they are older, or asked by programs that add their own. */
const loose = /^(?:\/api\/v1\/meters|\/api\/v1\/session$|(?:\/api\/v1)?\/(?:health|ready)$)/;

test("an unknown parameter is refused, and an unknown point is no meter", async () => {
  const { clock, get, json, done } = await httpSetup();
  await clock.advance(1_000);
  const { paths } = await json<Document>("/api/v1/openapi.json");
  let asked = 0;
  for (const [path, { get: read }] of Object.entries(paths)) {
    if (read === undefined || loose.test(path)) continue;
    asked++;
    const filled = path
      .replace("{id}", "home")
      .replace("{table}", "ET11")
      .replace(/\{\w+\}/, "x");
    const answer = await get(`${filled}?form=1`);
    const { message } = (await answer.json()) as { readonly message: string };
    assert.deepEqual([answer.status, message], [400, 'unknown parameter "form"'], path);
    if (!path.includes("/points/{id}")) continue;
    const nobody = await get(
      path
        .replace("{id}", "nobody")
        .replace("{table}", "ET11")
        .replace(/\{\w+\}/, "x"),
    );
    const { error } = (await nobody.json()) as { readonly error: string };
    assert.deepEqual([nobody.status, error], [404, "no-such-point"], path);
  }
  assert.ok(asked > 40, `${asked} addresses`);
  await done();
});

test("the document is valid OpenAPI 3.1 by a validator that is not ours", async () => {
  const { json, done } = await httpSetup();
  const document = await json<Record<string, unknown>>("/api/v1/openapi.json");
  const validator = new Validator();
  const { valid, errors } = await validator.validate(document);
  assert.ok(valid, JSON.stringify(errors, null, 1));
  assert.equal(validator.version, "3.1");
  const broken = await new Validator().validate({ ...document, info: { title: "no version" } });
  assert.equal(broken.valid, false);
  await done();
});
