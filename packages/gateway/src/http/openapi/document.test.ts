/** The API's document is whole: each route says what it does, and each example fits its schema. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "@hono/zod-openapi";
import { Validator } from "@seriousme/openapi-schema-validator";
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

test("each parameter has a description, and an example that its schema accepts", async () => {
  const { gateway, json, done } = await httpSetup();
  const { paths } = await json<{
    readonly paths: Record<
      string,
      Record<
        string,
        {
          readonly parameters?: readonly {
            readonly name: string;
            readonly schema: { readonly description?: string };
          }[];
        }
      >
    >;
  }>("/api/v1/openapi.json");
  for (const [path, methods] of Object.entries(paths))
    for (const { parameters = [] } of Object.values(methods))
      for (const { name, schema } of parameters) assert.ok(schema.description, `${path}: ${name}`);
  assert.equal(
    gateway.app.routes.length,
    Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0),
  );
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
