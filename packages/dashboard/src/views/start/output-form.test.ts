import assert from "node:assert/strict";
import { test } from "node:test";
import { brokerUrl, NO_OUTPUTS, networkOf, outputChanges, outputFaults } from "./output-form.ts";

test("a broker's address is completed", () => {
  for (const [text, url] of [
    ["192.168.1.5", "mqtt://192.168.1.5"],
    ["broker:1883/", "mqtt://broker:1883"],
    ["broker:8883", "mqtts://broker:8883"],
    [" wss://broker/mqtt ", "wss://broker/mqtt"],
    ["", ""],
  ] as const)
    assert.equal(brokerUrl(text), url);
});

test("only a network at home is suggested", () => {
  assert.deepEqual(
    ["192.168.1.20", "10.1.2.3", "172.20.0.1", "172.32.0.1", "127.0.0.1", "8.8.8.8", "meter.local", "[::1]"].map(
      networkOf,
    ),
    ["192.168.1.0/24", "10.1.2.0/24", "172.20.0.0/24", "", "", "", "", ""],
  );
});

test("the changes turn on what was chosen, with what it needs, unless it is on", () => {
  const fields = {
    ...NO_OUTPUTS,
    ...{
      chosen: ["mqtt", "p1", "prometheus"] as const,
      broker: "b",
      user: " u ",
      password: " p ",
      homeAssistant: false,
    },
    allow: "192.168.1.0/24, 10.0.0.0/8",
  };
  assert.deepEqual(outputChanges(fields, ["prometheus"]), [
    { path: "outputs.mqtt.enabled", value: "on" },
    { path: "outputs.mqtt.url", value: "mqtt://b" },
    { path: "outputs.mqtt.user", value: "u" },
    { path: "outputs.mqtt.password", value: " p " },
    { path: "outputs.mqtt.home_assistant", value: "off" },
    { path: "outputs.p1.enabled", value: "on" },
    { path: "outputs.p1.allow", value: ["192.168.1.0/24", "10.0.0.0/8"] },
  ]);
  assert.deepEqual(outputChanges(NO_OUTPUTS, []), []);
  assert.deepEqual(outputFaults({ ...fields, broker: " " }, []), ["broker"]);
  assert.deepEqual(outputFaults({ ...fields, broker: "" }, ["mqtt"]), []);
});
