import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { silentLog } from "@meterport/engine/ports/log";
import { systemClock } from "@meterport/transports/clock";
import { connectAsync } from "mqtt";
import { startBroker } from "../../../../test/support/mosquitto.ts";
import { peer } from "../../../../test/support/peers.ts";
import type { SourceValue } from "./own-sources.ts";
import { topicReading, topicSource } from "./topic-source.ts";

const mosquitto = peer("mosquitto");
const login = { user: "anna", password: "s3cret-of-the-broker" };

const source = (name: string, topic: string | undefined) => ({
  ...{ name, quantity: "volume", unit: "m³", maxAge: 60_000, topic },
});

describe("sources from topics", () => {
  test("a message is a number, or JSON with value", () => {
    for (const [payload, value] of [
      ["12.5", 12.5],
      [" 7 ", 7],
      ['{"value": 3, "unit": "m³"}', 3],
      ['{"value": "3"}', undefined],
      ["[1]", undefined],
      ["null", undefined],
      ["true", undefined],
      ["", undefined],
      ["NaN", undefined],
      ["1e999", undefined],
      [`"${"x".repeat(5_000)}"`, undefined],
    ] as const)
      assert.deepEqual(topicReading(payload), value === undefined ? undefined : { value }, payload);
  });

  test("JSON may have alarms beside the value; null says nothing of them, and text is none", () => {
    assert.deepEqual(topicReading('{"value": 3, "alarms": 4}'), { value: 3, alarms: 4 });
    assert.deepEqual(topicReading('{"value": 3, "alarms": null}'), { value: 3 });
    for (const alarms of ['"4"', "[4]", "true"])
      assert.equal(topicReading(`{"value": 3, "alarms": ${alarms}}`), undefined);
  });

  test("without a topic or a broker there is nothing to follow", () => {
    const deps = { credentials: () => ({}), log: silentLog, point: "home", clock: systemClock };
    assert.equal(topicSource({ sources: [source("water", undefined)], broker: "mqtt://x" }, deps), undefined);
    assert.equal(topicSource({ sources: [source("water", "a")], broker: undefined }, deps), undefined);
  });

  test("a real broker: live values are taken, retained ones and nonsense are not", {
    skip: mosquitto.skip,
  }, async () => {
    const broker = await startBroker(mosquitto.path, { login });
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const { user: username, password } = login;
    const publisher = await connectAsync(url, { username, password });
    // It was said before, nobody knows when.
    await publisher.publishAsync("cellar/water", "1", { retain: true, qos: 1 });
    const taken: (readonly [string, SourceValue])[] = [];
    const warned: string[] = [];
    const follow = topicSource(
      { sources: [source("water", "cellar/water"), source("heat", "cellar/heat")], broker: url },
      {
        ...{ credentials: () => login, point: "home", clock: systemClock },
        log: { ...silentLog, warn: (text) => warned.push(text) },
      },
    );
    const end = follow?.((name, said) => {
      if (name === "heat") throw new Error("heat is refused");
      taken.push([name, said]);
    });
    // Until it listens, what is published is not for it.
    while (taken.length === 0) {
      await publisher.publishAsync("cellar/water", '{"value": 2.5}', { qos: 1 });
      await pause(50);
    }
    await publisher.publishAsync("cellar/water", "wet", { qos: 1 });
    await publisher.publishAsync("cellar/heat", "3", { qos: 1 });
    await publisher.publishAsync("cellar/other", "4", { qos: 1 });
    while (warned.length < 2) await pause(20);
    assert.ok(taken.every(([name, said]) => name === "water" && "value" in said && said.value === 2.5));
    assert.deepEqual(warned, [
      "device: the topic cellar/water says no number, and no JSON with value",
      "device: heat is refused",
    ]);
    assert.ok(!warned.join().includes(password));
    end?.();
    const before = taken.length;
    await publisher.publishAsync("cellar/water", "5", { qos: 1 });
    await pause(100);
    assert.equal(taken.length, before, "nothing is taken after the end");
    await publisher.endAsync();
    await broker.stop();
  });

  test("a broker that is not there is one warning, without the password", { skip: mosquitto.skip }, async () => {
    const broker = await startBroker(mosquitto.path, { login });
    await broker.stop();
    const warned: string[] = [];
    const follow = topicSource(
      { sources: [source("water", "a")], broker: `mqtt://127.0.0.1:${broker.port}` },
      {
        ...{ credentials: () => login, point: "home", clock: systemClock },
        log: { ...silentLog, warn: (text) => warned.push(text) },
      },
    );
    const end = follow?.(() => {});
    while (warned.length === 0) await pause(20);
    assert.match(warned[0] ?? "", /the broker of the sources/);
    assert.ok(!warned.join().includes(login.password));
    end?.();
  });
});
