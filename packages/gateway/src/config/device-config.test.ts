import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { deviceConfig } from "./device-config.ts";
import { type DeviceInput, deviceSchema } from "./device-schema.ts";

const input = (more: Partial<DeviceInput> = {}): DeviceInput => ({
  ...{ rights: ["register"], manufacturer: "010203", unique: "4d01" },
  ...more,
});
const water = { name: "water", quantity: "volume", unit: "m³", max_age: 7_200_000 };

describe("device of a meter in the configuration", () => {
  test("text from a file becomes settings, with what was not said", () => {
    const parsed = deviceSchema.parse({
      ...{ rights: ["register", "answer"], manufacturer: "010203", unique: "4d01", post: "third-party" },
      sources: [{ name: "water", quantity: "volume", unit: "m³", max_age: "2h", topic: "cellar/water" }],
      broker: "mqtt://127.0.0.1:1883",
      watch: [{ source: "8", delta: "0.5" }],
    });
    const settings = deviceConfig(parsed);
    assert.deepEqual(settings.rights, ["register", "answer"]);
    assert.deepEqual([...settings.identification.subarray(0, 8)], [0x81, 2, 3, 5, 0, 2, 0x4d, 1]);
    assert.deepEqual(settings.sources, [
      { name: "water", quantity: "volume", unit: "m³", maxAge: 7_200_000, topic: "cellar/water" },
    ]);
    assert.deepEqual([settings.mostFileBytes, settings.display], [1_048_576, []]);
    assert.deepEqual(settings.watch, [{ source: 8, delta: 0.5 }]);
    assert.deepEqual(Object.keys(settings.forms), ["scheduled-read-and-alarms", "clear-delta-alert"]);
  });

  test("own forms win over the known ones, and a right named twice counts once", () => {
    const { forms, rights } = deviceConfig(
      input({
        ...{ rights: ["register", "register", "answer"], post: "third-party" },
        forms: [{ message: "scheduled-read-and-alarms", type: 9, fields: ["data"] }],
      }),
    );
    assert.deepEqual(
      [forms["scheduled-read-and-alarms"], rights],
      [{ type: 9, fields: ["data"] }, ["register", "answer"]],
    );
  });

  test("parts that contradict each other are one sentence", () => {
    const form = { message: "on-demand" as const, type: 12, fields: [] };
    const wrong: readonly (readonly [Partial<DeviceInput>, RegExp])[] = [
      ...(["replace", "answer", "files", "watch"] as const).map((right): readonly [Partial<DeviceInput>, RegExp] => [
        { rights: [right], post: "third-party" },
        /add the right register/,
      ]),
      [{ rights: ["register", "answer"] }, /needs the form of the answers/],
      [{ post: "third-party", forms: [form] }, /two messages have the same type number/],
      [{ sources: [water, water] }, /two sources have the same name/],
      [{ sources: [{ ...water, topic: "a/b" }] }, /no broker is named/],
      [{ sources: [{ ...water, unit: "m3" }] }, /M-Bus has no "volume" in "m3"/],
      [{ rights: ["register", "watch"], watch: [{ source: 8, delta: 1 }] }, /add clear-delta-alert to forms/],
      [{ manufacturer: "810203" }, /first is below 0x80/],
      [{ program: "00".repeat(20), unique: "00".repeat(5) }, /only 24 fit/],
    ];
    for (const [more, sentence] of wrong)
      assert.throws(
        () => deviceConfig(input(more)),
        (error) => error instanceof UsageError && sentence.test(error.message),
        String(sentence),
      );
  });

  test("the schema refuses what no device can have", () => {
    const good = { rights: ["display"], manufacturer: "010203", unique: "01" };
    assert.ok(deviceSchema.safeParse(good).success);
    for (const more of [
      { rights: ["everything"] },
      { manufacturer: "0102" },
      { unique: "xy" },
      { class: "256" },
      { broker: "http://x" },
      { most_file_bytes: "0" },
      { display: [{ place: "0", key: "power" }] },
      { watch: [{ source: "8", delta: "0" }] },
      { watch: [{ source: "8", delta: "-1" }] },
      { sources: [{ name: "Water Meter", quantity: "volume", max_age: "1h" }] },
      { unknown: "1" },
    ])
      assert.equal(deviceSchema.safeParse({ ...good, ...more }).success, false, JSON.stringify(more));
  });
});
