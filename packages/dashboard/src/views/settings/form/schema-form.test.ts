import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsIn, found, gatewayForm, partsOf, pointForm } from "./schema-form.ts";

const key = (description: string, more: object = {}) => ({ type: "string", title: "Key", description, ...more });

test("a description does not repeat what the form says beside it", () => {
  const form = gatewayForm({
    properties: {
      a: key("What it is. Default: 2s. A change needs a restart.", { "x-default": "2s", "x-restart": true }),
    },
  });
  const [field] = form?.fields ?? [];
  assert.deepEqual([field?.text, field?.fallback, field?.restart], ["What it is.", "2s", true]);
});

test("the example of a list is shown as its parts are entered", () => {
  assert.deepEqual(partsOf('["0.42 17:00-21:00 mon-fri", "0.31"]'), ["0.42 17:00-21:00 mon-fri", "0.31"]);
  for (const text of ["home", "[]", "[1, 2", "{}"]) assert.deepEqual(partsOf(text), [text]);
});

test("a search keeps the groups in which something has all words", () => {
  const form =
    gatewayForm({
      properties: {
        level: key("How much is logged."),
        http: { title: "HTTP", properties: { allowed_hosts: key("Further names."), port: key("The port.") } },
      },
    }) ?? assert.fail("no form");
  const paths = (search: string) => {
    const hit = found(form, search);
    return hit === null ? null : fieldsIn(hit).map(({ path }) => path);
  };
  assert.deepEqual(paths("names further"), ["http.allowed_hosts"]);
  assert.deepEqual(paths("allowed hosts"), ["http.allowed_hosts"]);
  assert.deepEqual(paths("HTTP.PORT"), ["http.port"]);
  assert.equal(paths("xyzzy"), null);
  assert.equal(found(form, "  "), form);
});

test("what is no schema gives no form, and what a newer gateway adds no crash", () => {
  for (const bad of [null, 7, "x", [], {}, { properties: 3 }]) assert.equal(gatewayForm(bad), null);
  assert.equal(pointForm({ properties: {} }), null);
  const newer = gatewayForm({
    properties: {
      a: { type: "object", title: "No keys yet" },
      b: { type: "string", pattern: "(" },
      c: { "x-kind": "colour", type: "string" },
      d: 4,
      e: { enum: [{ odd: 1 }, "x"] },
    },
  });
  assert.deepEqual(
    newer?.fields.map(({ path, kind }) => `${path} ${kind}`),
    ["a other", "b text", "c text", "e choice"],
  );
  assert.equal(newer?.fields[1]?.pattern, null);
  let deep: Record<string, unknown> = { type: "string" };
  for (let n = 0; n < 10_000; n++) deep = { properties: { a: deep } };
  assert.deepEqual(fieldsIn(gatewayForm(deep) ?? assert.fail("no form")), []);
});
