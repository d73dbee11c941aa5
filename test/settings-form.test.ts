/** The form of the settings, made from the gateway's own schema. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { configJsonSchema } from "@meterport/gateway/config/json-schema";
import { outputNames } from "@meterport/gateway/outputs/list";
import { checkValue } from "../packages/dashboard/src/views/settings/form/check-value.ts";
import {
  type Field,
  fieldsIn,
  found,
  gatewayForm,
  pointForm,
  whyOnlyFile,
} from "../packages/dashboard/src/views/settings/form/schema-form.ts";
import { offered } from "../packages/dashboard/src/views/settings/outputs/output-list.ts";
import { WORDS } from "../packages/dashboard/src/views/settings/words.ts";

const schema: unknown = JSON.parse(JSON.stringify(configJsonSchema()));
const form = gatewayForm(schema) ?? assert.fail("no form");
const point = pointForm(schema) ?? assert.fail("no form of a point");
const all = [...fieldsIn(form), ...fieldsIn(point)];
const at = (path: string): Field => all.find((field) => field.path === path) ?? assert.fail(path);

test("the schema gives a field for each key, with its kind and its limits", () => {
  assert.ok(all.length > 150, String(all.length));
  assert.deepEqual(
    form.groups.map(({ path }) => path),
    ["http", "history", "log", "outputs", "fleet"],
  );
  const { kind, minimum, maximum, fallback, restart, title } = at("http.port");
  assert.deepEqual(
    [kind, minimum, maximum, fallback, restart, title],
    ["integer", "0", "65535", "8765, or a free one", true, "Port"],
  );
  assert.deepEqual(at("log.level").options, ["error", "warn", "info", "debug", "trace"]);
  assert.deepEqual([at("zone").kind, at("back_fill").kind, at("interval").kind], ["zone", "on-off", "duration"]);
  assert.deepEqual([at("rates.events").kind, at("http.allowed_hosts").kind], ["duration-or-off", "list"]);
  assert.deepEqual([at("outputs.mqtt.password").secret, at("outputs.mqtt.url").required], [true, true]);
  assert.equal(at("outputs.hook.command").onlyOnMachine, "it runs a program of the machine");
  assert.equal(
    all.find(({ path }) => path.startsWith("meters")),
    undefined,
  );
});

test("only keys that nobody may change here have no form", () => {
  const others = all.filter(({ kind }) => kind === "other");
  assert.ok(others.length > 0);
  for (const { path, onlyOnMachine } of others) assert.notEqual(onlyOnMachine, null, path);
});

test("no description repeats what the form says beside it", () => {
  for (const { path, text } of all) {
    assert.doesNotMatch(text, / Default: | A change needs a restart\.$/, path);
    assert.notEqual(text, "", path);
  }
});

test("every example, and every default that is a value, is right by its own field", () => {
  let checked = 0;
  for (const field of all) {
    // Lists are written in one line of YAML.
    if (field.example === null || field.kind === "list" || field.kind === "other") continue;
    const example = field.example.replace(/^"(.*)"$/, "$1");
    assert.equal(checkValue(example, field), null, `${field.path}: ${example}`);
    checked++;
  }
  assert.ok(checked > 120, String(checked));
});

test("a search finds keys by what they are for", () => {
  const paths = fieldsIn(found(form, "broker certificate") ?? assert.fail("nothing")).map(({ path }) => path);
  assert.ok(paths.includes("outputs.mqtt.ca"), paths.join());
  assert.ok(!paths.includes("log.level"));
});

test("every output is offered once, with its purpose in each language", () => {
  const names = offered(form, []).flatMap(([, groups]) => groups.map(({ path }) => path.slice("outputs.".length)));
  assert.deepEqual([...names].sort(), [...outputNames].sort());
  for (const name of names)
    for (const { outputs } of Object.values(WORDS)) assert.ok(outputs.purpose[name], `${name}: ${outputs.addTitle}`);
});

test("only the output that runs a program is left to the file", () => {
  const why = offered(form, []).flatMap(([, groups]) => groups.flatMap((group) => whyOnlyFile(group) ?? []));
  assert.deepEqual(why, ["it runs a program of the machine"]);
  const device = point.groups.find(({ path }) => path === "device") ?? assert.fail("no device");
  assert.equal(whyOnlyFile(device), "it lets Meterport write to the meter");
});
