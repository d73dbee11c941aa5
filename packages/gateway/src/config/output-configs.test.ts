import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { type Config, loadConfig } from "./config.ts";
import { planReload, shownValue } from "./reload-plan.ts";

const canary = "canary-word-of-pass";
const files: Readonly<Record<string, string>> = { "/etc/m/pass": `${canary}\n`, "/etc/m/empty": "\n" };

const load = (outputs: string, home = "home"): Config =>
  loadConfig({
    file: "/etc/m/meterport.yaml",
    env: {},
    defaultData: "/data",
    checkLink: parseMeterLink,
    portLinkOf,
    readFile: (path) =>
      path === "/etc/m/meterport.yaml"
        ? `outputs:\n${outputs}\nmeters:\n  - { id: ${home}, link: "tcp://h:1", key: 0123456789abcdef }\n`
        : files[path],
  });

const refusal = (outputs: string): string => {
  try {
    load(outputs);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    assert.doesNotMatch(error.message, /canary/);
    return error.message;
  }
  assert.fail("the configuration was accepted");
};

test("secrets and files of an output are found, and no secret is shown", () => {
  const config = load("  mqtt: { url: mqtt://b, user: me, password: '@pass', ca: ca.pem, points: [home] }");
  const [mqtt] = config.outputs;
  assert.ok(mqtt?.settings.password instanceof Secret);
  assert.equal(new TextDecoder().decode(mqtt.settings.password.reveal()), canary);
  assert.deepEqual([mqtt.name, mqtt.enabled, mqtt.points, mqtt.settings.ca], ["mqtt", true, ["home"], "/etc/m/ca.pem"]);
  assert.equal(shownValue(config, "outputs.mqtt.password"), "[secret]");
  assert.equal(shownValue(config, "outputs.mqtt.url"), "mqtt://b");
  assert.doesNotMatch(inspect(config, { depth: 9 }) + JSON.stringify(config), /canary/);
  const typed = load(`  mqtt: { url: mqtt://b, password: ${canary} }`);
  assert.doesNotMatch(inspect(typed, { depth: 9 }), /canary/);
});

test("what is wrong with an output is one sentence with its place", () => {
  assert.match(refusal("  mqtt: { user: me }"), /outputs\.mqtt\.url is missing: add it/);
  assert.match(refusal("  mqtt: { url: b:1883 }"), /outputs\.mqtt\.url must be the address of a broker, such as mqtt:/);
  assert.match(refusal(`  mqtt: { url: "mqtt://me:${canary}@b" }`), /holds a user or a password: write them/);
  assert.match(refusal("  mqtt: { url: mqtt://b, prefix: a/# }"), /prefix must be the beginning of a topic/);
  assert.match(refusal("  mqtt: { url: mqtt://b, password: '@gone' }"), /password: file \/etc\/m\/gone does not exist/);
  assert.match(refusal("  mqtt: { url: mqtt://b, password: '@empty' }"), /password: is empty where it is kept/);
  assert.match(refusal("  mqtt: { url: mqtt://b, points: [hoem] }"), /points\[0\]: unknown meter "hoem"; known: home/);
  assert.match(refusal("  mqtr: { url: mqtt://b }"), /outputs\.mqtr: unknown name; did you mean mqtt\?/);
});

test("a reload restarts only the outputs that changed, by their secrets too, and no meter", () => {
  const both = (more: string) =>
    `  mqtt: { url: mqtt://b, password: "p"${more} }\n  home_assistant: { url: "http://h", token: t }`;
  const plan = (before: string, after: string) => {
    const { outputs, apply, restart, added, changed, removed } = planReload(load(before), load(after));
    assert.deepEqual([restart, added, changed, removed], [[], [], [], []]);
    return { stopped: outputs.stopped, started: outputs.started.map(({ name }) => name), apply };
  };
  assert.deepEqual(plan(both(""), both("")), { stopped: [], started: [], apply: [] });
  assert.deepEqual(plan(both(""), both(", repeat: 5s")), {
    ...{ stopped: ["mqtt"], started: ["mqtt"], apply: ["outputs.mqtt.repeat"] },
  });
  assert.deepEqual(plan(both(""), both("").replace('"p"', '"q"')).started, ["mqtt"]);
  const off = plan(both(""), both(", enabled: off"));
  assert.deepEqual([off.stopped, off.started], [["mqtt"], []]);
  assert.deepEqual(plan(both("").split("\n")[0] ?? "", both("")).started, ["home_assistant"]);
});
