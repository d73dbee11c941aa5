import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import Ajv from "ajv/dist/2020.js";
import { methods, rules } from "./rules/rules.ts";
import { defaultVeeSettings, readVeeSettings, veeSettingsSchema } from "./settings.ts";
import { veePage } from "./vee-page.ts";

const names = [...rules, ...methods].map(({ name }) => name);

describe("settings", () => {
  test("what is not given has its default", () => {
    const read = readVeeSettings({ spike: { ratio: 4 }, frozen: { on: false } });
    assert.deepEqual([read.spike.ratio, read.spike.fuseFraction, read.spike.on, read.frozen.on], [4, 0.2, true, false]);
    assert.deepEqual(Object.keys(defaultVeeSettings).sort(), [...names].sort());
  });

  test("everything that is wrong is told at once, each with its place", () => {
    const wrong = {
      spikes: {},
      spike: { ratio: "4", Ratio: 1 },
      frozen: { slots: 8.5, on: 1 },
      "zero-run": [],
      "clock-offset": { refuseFraction: Number.NaN, suspectFraction: -1 },
    };
    const complaint = (error: unknown): boolean => {
      assert.ok(error instanceof UsageError);
      const lines = error.message.split("\n");
      assert.equal(lines.length, 8, error.message);
      for (const part of [
        'there is no rule "spikes"; known: missing-slots',
        "spike.ratio must be a number of times from 1 to 100",
        'spike has no setting "Ratio"; known: on, ratio',
        "frozen.slots must be a whole number of slots from 2 to 288",
        "frozen.on must be true or false",
        "zero-run must be an object",
        "clock-offset.refuseFraction must be a number",
        "clock-offset.suspectFraction must be a number",
      ])
        assert.ok(error.message.includes(part), part);
      return true;
    };
    assert.throws(() => readVeeSettings(wrong), complaint);
    for (const nothing of [null, 5, "x", []])
      assert.throws(() => readVeeSettings(nothing), /must be an object of rules/);
  });

  test("a name of JavaScript's own objects is no setting", () => {
    assert.throws(() => readVeeSettings(JSON.parse('{"spike":{"constructor":1},"__proto__":{}}')), UsageError);
  });

  test("the schema accepts what reading accepts, and refuses what it refuses", () => {
    const validate = new Ajv.default({ strict: true }).compile(veeSettingsSchema());
    const accepted = [{}, defaultVeeSettings, { frozen: { slots: 20 } }];
    const refused = [{ spikes: {} }, { spike: { ratio: 0 } }, { frozen: { slots: 2.5 } }, { spike: { x: 1 } }, []];
    for (const one of accepted) {
      readVeeSettings(one);
      assert.ok(validate(one));
    }
    for (const one of refused) {
      assert.throws(() => readVeeSettings(one), UsageError);
      assert.ok(!validate(one), JSON.stringify(one));
    }
  });
});

test("docs/vee.md says what the rules say", () => {
  const page = readFileSync(new URL("../../../../docs/vee.md", import.meta.url), "utf8");
  assert.equal(page, veePage(), "run npm run config:accept, which writes it");
  for (const name of names) assert.ok(page.includes(`\`${name}\``), name);
});
