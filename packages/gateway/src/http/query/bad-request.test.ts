import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "@hono/zod-openapi";
import { sentenceOf } from "./bad-request.ts";

const body = z.strictObject({ name: z.string(), age: z.number().optional(), tags: z.array(z.string()).optional() });

test("a value of another kind, a missing one, and one that comes twice are each one sentence", () => {
  const sentence = (value: unknown) => sentenceOf(body.safeParse(value).error?.issues[0]);
  assert.equal(sentence({}), "name is missing");
  assert.equal(sentence({ name: ["a", "b"] }), "name: give it once");
  assert.equal(sentence({ name: 5 }), "name must be a text, not a number");
  assert.equal(sentence({ name: null }), "name must be a text, not null");
  assert.equal(sentence({ name: "a", age: "5" }), "age must be a number, not a text");
  assert.equal(sentence({ name: "a", tags: [{}] }), "tags.0 must be a text, not an object");
  assert.equal(sentence([]), "the body must be an object, not a list");
  assert.equal(sentence({ name: "a", form: 1 }), 'unknown parameter "form"');
});
