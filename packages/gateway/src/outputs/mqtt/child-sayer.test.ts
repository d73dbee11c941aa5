import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { childRegister } from "@meterport/engine/children/child-meter";
import type { ChildView } from "@meterport/engine/ports/output";
import { mbusQuantity } from "@meterport/mbus/quantities";
import type { Message } from "./broker.ts";
import { ChildSayer } from "./child-sayer.ts";
import { childDiscovery } from "./discovery.ts";
import { checkDeviceMessage, type DeviceMessage, templateKeys } from "./home-assistant-rules.test-kit.ts";
import type { ShownChild } from "./payloads.ts";
import { discoveryTopic, nodeOf, pointTopics } from "./topics.ts";

const options = { prefix: "meterport", version: "0.1.0", repeat: 10_000 };

const child: ChildView = {
  ...{ id: "home.12345678", parent: "home", serial: "12345678", medium: "heat", manufacturer: "KAM" },
  ...{ state: "up", alarms: ["leak"], readAt: 0 },
  values: [
    { register: "energy_wh", tier: 0, value: 5_000 },
    { register: "power_w", tier: 0, value: 700 },
  ],
};

/** A sayer with the newest announcement and the newest message. */
const world = () => {
  const sent: Message[] = [];
  const announced: ShownChild[] = [];
  const sayer = new ChildSayer({
    ...{ prefix: "meterport", expiry: undefined },
    announcer: { child: async (shown) => void announced.push(shown) },
    offer: (message) => void sent.push(message),
  });
  const newest = (): Readonly<Record<string, unknown>> => JSON.parse(String(sent.at(-1)?.payload));
  const announcement = (): DeviceMessage => childDiscovery(announced.at(-1) as ShownChild, options);
  return { sayer, sent, newest, announcement };
};

const fresh = (): boolean => false;
const stale = (): boolean => true;

describe("what is said of a meter behind another one", () => {
  test("while the meter before it does not answer, what was measured is unknown and what was counted stays", async () => {
    const { sayer, sent, newest } = world();
    await sayer.say([child], fresh, 0, 60_000);
    assert.deepEqual([newest().energy_wh, newest().power_w, newest().state], [5_000, 700, "up"]);
    assert.deepEqual(newest().alarms, ["leak"]);
    await sayer.say([child], stale, 10_000, 60_000);
    assert.equal(sent.length, 2, "at once, not only when it is time to say it again");
    assert.deepEqual([newest().energy_wh, newest().power_w, newest().state], [5_000, null, "unknown"]);
    assert.equal(newest().alarms, null);
    await sayer.say([child], fresh, 20_000, 60_000);
    assert.equal(newest().power_w, 700);
  });

  test("while the meter does not reach it, what was measured is unknown", async () => {
    const { sayer, newest } = world();
    await sayer.say([{ ...child, state: "down" }], fresh, 0, 0);
    assert.deepEqual([newest().energy_wh, newest().power_w, newest().state], [5_000, null, "down"]);
  });

  test("a value that an answer leaves out stays announced, and is unknown", async () => {
    const { sayer, newest, announcement } = world();
    await sayer.say([child], fresh, 0, 0);
    await sayer.say([{ ...child, values: child.values.slice(0, 1) }], fresh, 1_000, 0);
    assert.ok("power_w" in announcement().components);
    for (const key of templateKeys(announcement(), pointTopics("meterport", child.id).values))
      assert.ok(key in newest(), key);
    assert.equal(newest().power_w, null);
  });

  test("the same is said again after the interval, and at once after it was forgotten or went and came back", async () => {
    const { sayer, sent } = world();
    for (const [now, count] of [
      [0, 1],
      [30_000, 1],
      [60_000, 2],
    ] as const) {
      await sayer.say([child], fresh, now, 60_000);
      assert.equal(sent.length, count, `${now}`);
    }
    sayer.forget();
    await sayer.say([child], fresh, 61_000, 0);
    await sayer.say([], fresh, 62_000, 0);
    await sayer.say([child], fresh, 63_000, 0);
    assert.equal(sent.length, 4);
  });
});

test("every quantity of M-Bus has a unit that Home Assistant accepts for its class, and its own or none", () => {
  const tables = ["primary", "fd", "fb", "fdfd"] as const;
  const quantities = tables.flatMap((table) =>
    Array.from({ length: 128 }, (_, code) => mbusQuantity(table, code)).flatMap((each) => each ?? []),
  );
  assert.ok(quantities.length > 200);
  for (const { name: quantity, unit } of quantities) {
    const register = childRegister({ quantity, unit, function: "instantaneous", subunit: 0, notes: [] });
    const view = { ...child, values: [{ register, tier: 0, value: 1 }] };
    const message: DeviceMessage = childDiscovery(view, options);
    checkDeviceMessage(discoveryTopic("homeassistant", nodeOf("meterport", child.id)), message);
    const given = message.components[register]?.unit_of_measurement;
    assert.ok(given === undefined || given === unit, `${register}: ${given} is not ${unit}`);
  }
});
