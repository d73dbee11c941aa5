import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "@meterport/protocol/mep/security/key";
import { recallPast } from "./recall.ts";
import { VirtualMeter } from "./virtual-meter.ts";

const hour = 3_600_000;

test("the past is added up from now back to the meter's origin, a quarter of a day at a time", () => {
  const key = new Secret(new Uint8Array(16).fill(1));
  const start = Date.UTC(2026, 5, 1, 12);
  const meter = new VirtualMeter({
    profile: { family: "meter", firmware: [3, 70] },
    keys: { basic: key, advanced: key },
    scenario: "quiet",
    seed: 1,
    start,
  });
  const asked: number[] = [];
  const watched = new Proxy(meter, {
    get: (target, name) => {
      if (name !== "valuesAt") return Reflect.get(target, name, target);
      return (time: number) => {
        asked.push(time);
        return target.valuesAt(time);
      };
    },
  });
  let steps = 0;
  for (const _ of recallPast(watched)) assert.equal(asked.length, ++steps, "one look back in each step");
  assert.equal(asked[0], start);
  assert.ok(asked.every((time, i) => i === 0 || (asked[i - 1] ?? 0) - time === 6 * hour));
  assert.ok((asked.at(-1) ?? 0) - meter.history.past.origin <= 6 * hour, "nothing older is left to add up");
});
