import assert from "node:assert/strict";
import { test } from "node:test";
import {
  collisionsOf,
  complaintsOf,
  configurationChanges,
  differencesOf,
  type Entries,
  normalized,
  pointChanges,
  remaining,
  sortedProblems,
  withEntry,
  withoutEntries,
} from "./changes.ts";
import {
  changeOutcomeOf,
  configurationOf,
  pointSettingsOf,
  type Written,
  type WrittenValue,
} from "./config-answers.ts";
import { fieldsIn, gatewayForm } from "./schema-form.ts";

const leaf = { type: "string" };
const form =
  gatewayForm({
    properties: {
      zone: leaf,
      log: { properties: { level: { enum: ["info", "debug"] } } },
      outputs: {
        properties: {
          mqtt: {
            required: ["url"],
            properties: { url: leaf, enabled: { "x-kind": "on-off" }, points: { type: "array", items: leaf } },
          },
        },
      },
    },
  }) ?? assert.fail("no form");
const fields = fieldsIn(form);
const written = (values: Readonly<Record<string, WrittenValue>>): Written => ({
  ...{ revision: "r", unchangeable: null, variables: new Map() },
  values: new Map(Object.entries(values)),
});
const none: Entries = new Map();

test("what is typed back to what is written is no change", () => {
  const once = withEntry(none, "zone", "UTC", "Europe/Oslo");
  assert.deepEqual([...once], [["zone", "UTC"]]);
  assert.equal(withEntry(once, "zone", "Europe/Oslo", "Europe/Oslo").size, 0);
  assert.equal(withEntry(none, "zone", null, null).size, 0);
  assert.equal(withEntry(none, "a", ["x"], ["x"]).size, 0);
});

test("differences come in the order of the form, sections first, and make the body of the request", () => {
  const entries: Entries = new Map<string, string | null | object>([
    ["log.level", "debug"],
    ["outputs.mqtt.url", "mqtt://a"],
    ["outputs.mqtt", {}],
    ["zone", null],
  ]) as Entries;
  const differences = differencesOf(entries, fields, written({ zone: "UTC" }));
  assert.deepEqual(
    differences.map(({ path, before }) => [path, before]),
    [
      ["outputs.mqtt", null],
      ["zone", "UTC"],
      ["log.level", null],
      ["outputs.mqtt.url", null],
    ],
  );
  assert.deepEqual(configurationChanges(differences).changes[0], { path: "outputs.mqtt", value: {} });
  assert.deepEqual([...withoutEntries(entries, "outputs.mqtt").keys()], ["log.level", "zone"]);
});

test("a point's changes are a tree of the names that change", () => {
  const change = (path: string, after: string | null) => ({ path, before: null, after, field: null });
  const body = pointChanges([change("name", "Haus"), change("rates.live", "2s"), change("rates.power", null)]);
  assert.equal(JSON.stringify(body), '{"name":"Haus","rates":{"live":"2s","power":null}}');
  assert.equal(JSON.stringify(pointChanges([change("__proto__.polluted", "x")])), '{"__proto__":{"polluted":"x"}}');
  assert.equal(({} as { polluted?: string }).polluted, undefined);
});

test("a key is missing only in a section that is there, and only once someone touches it", () => {
  const missing = (entries: Entries, values = {}) => [...complaintsOf(entries, fields, written(values)).keys()];
  assert.deepEqual(missing(none), []);
  assert.deepEqual(missing(new Map([["outputs.mqtt", {}]])), ["outputs.mqtt.url"]);
  assert.deepEqual(missing(new Map([["outputs.mqtt.enabled", "off"]])), ["outputs.mqtt.url"]);
  assert.deepEqual(missing(new Map([["outputs.mqtt.url", null]]), { "outputs.mqtt.url": "mqtt://a" }), []);
  assert.deepEqual(
    missing(new Map([["outputs.mqtt.url", null]]), { "outputs.mqtt.url": "x", "outputs.mqtt.enabled": "off" }),
    ["outputs.mqtt.url"],
  );
  assert.deepEqual(missing(new Map([["outputs.mqtt", null]]), { "outputs.mqtt.url": "mqtt://a" }), []);
  assert.deepEqual(missing(new Map([["log.level", "loud"]])), ["log.level"]);
});

test("the gateway's complaints find their fields, also those of an entry of a list", () => {
  const { byPath, general } = sortedProblems(
    [
      { path: "log.level", message: "one" },
      { path: "outputs.mqtt.points[3]", message: "two" },
      { path: "elsewhere", message: "three" },
      { path: null, message: "four" },
    ],
    fields,
  );
  assert.deepEqual(
    [...byPath],
    [
      ["log.level", "one"],
      ["outputs.mqtt.points", "two"],
    ],
  );
  assert.deepEqual(general, ["three", "four"]);
});

test("keys that two have changed are told, and no others", () => {
  const entries: Entries = new Map([
    ["zone", "UTC"],
    ["log.level", "debug"],
  ]);
  const [before, now] = [written({ zone: "A", other: "1" }), written({ zone: "B", other: "2" })];
  assert.deepEqual(collisionsOf(entries, before, now), ["zone"]);
});

test("what somebody else has written just so is no change any more", () => {
  const entries: Entries = new Map([
    ["zone", "UTC"],
    ["log.level", "debug"],
    ["outputs.mqtt.enabled", "off"],
    ["outputs.mqtt", null],
  ]);
  const left = remaining(entries, fields, written({ zone: "UTC", "outputs.mqtt.enabled": "no" }));
  assert.deepEqual([...left.keys()], ["log.level", "outputs.mqtt"]);
});

test("on and off have other words in a file", () => {
  const field = fields.find(({ kind }) => kind === "on-off") ?? assert.fail("no switch");
  assert.deepEqual(
    ["yes", "true", "no", "false", "maybe", null].map((value) => normalized(value, field)),
    [...["on", "on", "off", "off", "maybe", null]],
  );
});

test("answers that are not as expected crash nothing", () => {
  for (const bad of [null, 1, "x", [], {}, { settings: 5 }]) assert.equal(configurationOf(bad), null);
  const loose = configurationOf({
    settings: [null, 3, { path: 4 }, { path: "a", written: ["x", 1] }, { path: "b", written: true, variable: "V" }],
  });
  assert.deepEqual(
    [...(loose?.values ?? [])],
    [
      ["a", { other: '["x",1]' }],
      ["b", "true"],
    ],
  );
  assert.deepEqual([loose?.variables.get("b"), loose?.revision], ["V", null]);
  assert.equal(pointSettingsOf({ settings: 4 }), null);
  assert.equal(pointSettingsOf({ settings: null, unchangeable: "why" })?.unchangeable, "why");
  const deep = pointSettingsOf({ settings: { name: "x", rates: { live: "2s" } } });
  assert.deepEqual(
    [...(deep?.values ?? [])],
    [
      ["name", "x"],
      ["rates.live", "2s"],
    ],
  );
  assert.equal(changeOutcomeOf({}), null);
  assert.deepEqual(changeOutcomeOf({ ok: true, restart: ["a", 3] })?.restart, ["a"]);
});
