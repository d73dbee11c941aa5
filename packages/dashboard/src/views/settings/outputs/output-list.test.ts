import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entries } from "../form/changes.ts";
import type { Written } from "../form/config-answers.ts";
import { gatewayForm } from "../form/schema-form.ts";
import { actionAnswerOf, actionsOf, offered, outputItems, outputName } from "./output-list.ts";

const output = { properties: { url: { type: "string" }, enabled: { "x-kind": "on-off" } } };
const form =
  gatewayForm({
    properties: {
      outputs: { properties: { mqtt: output, p1: output, nats: output, csv: output, newcomer: output } },
    },
  }) ?? assert.fail("no form");
const written = (values: Readonly<Record<string, string>>): Written => ({
  ...{ revision: "r", unchangeable: null, variables: new Map() },
  values: new Map(Object.entries(values)),
});
const running = (name: string) => ({
  ...({ name, state: "up", since: "", problem: null, last_delivered: null, lost: 0, journal: null } as const),
});
const said = (values: Readonly<Record<string, string>>, entries: Entries, names: readonly string[]) =>
  outputItems(form, written(values), entries, names.map(running)).map(
    ({ name, isOn, status, pending }) => `${name} ${isOn ? "on" : "off"} ${status?.state ?? "-"} ${pending ?? "-"}`,
  );

test("outputs that run, that are off, and that are to be added or removed are listed", () => {
  assert.deepEqual(said({}, new Map(), []), []);
  assert.deepEqual(said({ "outputs.mqtt.url": "x", "outputs.csv.enabled": "no" }, new Map(), ["mqtt", "p1"]), [
    ...["mqtt on up -", "p1 on up -", "csv off - -"],
  ]);
  const entries: Entries = new Map([
    ["outputs.nats", {}],
    ["outputs.mqtt", null],
  ]);
  assert.deepEqual(said({ "outputs.mqtt.url": "x" }, entries, []), ["mqtt on - removed", "nats on - added"]);
});

test("what is not there yet is offered by use, also what a newer gateway has", () => {
  const items = outputItems(form, written({}), new Map(), [running("mqtt")]);
  assert.deepEqual(
    offered(form, items).map(([use, groups]) => [use, ...groups.map(({ path }) => path)].join(" ")),
    ["systems outputs.p1", "data outputs.csv", "own outputs.nats outputs.newcomer"],
  );
  assert.deepEqual([outputName("sma_meter"), outputName("constructor")], ["SMA Energy Meter", "constructor"]);
});

test("a test's answer is read with care", () => {
  assert.deepEqual(actionAnswerOf({ ok: false, text: "gone" }), { ok: false, text: "gone" });
  for (const bad of [null, {}, { ok: 1, text: "x" }, { ok: true }]) assert.equal(actionAnswerOf(bad), null);
});

test("a user who operates may test an output, and only an admin presses the button of one that has it", () => {
  const scopes = ["read", "operate", "admin"] as const;
  const of = (name: string, right: number) => actionsOf(name, { may: (scope) => scopes.indexOf(scope) <= right });
  assert.deepEqual([of("mqtt", 0), of("mqtt", 1), of("mqtt", 2)], [[], ["test"], ["test"]]);
  assert.deepEqual(
    [of("homewizard_v2", 0), of("homewizard_v2", 1), of("homewizard_v2", 2)],
    [[], ["test"], ["test", "pair"]],
  );
});
