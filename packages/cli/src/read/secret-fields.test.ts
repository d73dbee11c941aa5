import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ET13 } from "@meterport/protocol/tables/index";
import { runCli, type World, withMeter } from "../testing/run-cli.ts";

/** Of the first M-Bus device, where a meter would give its key away. */
const keyAt = 30;
const key = Uint8Array.from({ length: 32 }, (_, i) => 0xa0 + i);
const digits = /a8\s?a9\s?aa/i;

const world = (): World => {
  const made = withMeter();
  made.meter.memory.patch(ET13.number, keyAt, key);
  return made;
};

describe("a key that a meter gives away", () => {
  for (const words of [
    ["read", "ET13"],
    ["read", "ET13", "--json"],
    ["read", "ET13.devices.0.securityKey"],
    ["read", "ET13.devices.0.securityKey", "--json"],
    ["dump", "--json"],
  ])
    it(`is not shown by ${words.join(" ")}`, async () => {
      const { code, out, err } = await runCli([...words, "--link", "tcp://meter:1"], world());
      assert.equal(code, 0, err);
      assert.ok(out.includes("[secret]"), out.slice(0, 400));
      assert.doesNotMatch(out + err, digits);
    });
});
