import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ET13 } from "@meterport/protocol/tables/index";
import { runCli, type World, withMeter } from "../../testing/run-cli.ts";

/** The first M-Bus device's field through which a meter would reveal its key. */
const keyAt = 30;
const key = Uint8Array.from({ length: 32 }, (_, i) => 0xa0 + i);
const digits = /a8\s?a9\s?aa/i;

const world = (): World => {
  const made = withMeter();
  made.meter.memory.patch(ET13.number, keyAt, key);
  return made;
};

describe("a key that a meter reveals", () => {
  for (const words of [
    ["read", "ET13"],
    ["read", "ET13", "--json"],
    ["read", "ET13.devices.0.securityKey"],
    ["read", "ET13.devices.0.securityKey", "--json"],
    ["dump", "--json"],
  ])
    test(`is not shown by ${words.join(" ")}`, async () => {
      const { code, out, err } = await runCli([...words, "--link", "tcp://meter:1"], world());
      assert.equal(code, 0, err);
      assert.ok(out.includes("[secret]"), out.slice(0, 400));
      assert.doesNotMatch(out + err, digits);
    });

  for (const json of [[], ["--json"]])
    test(`is not shown as the old value of a write ${json.join("")}`, async () => {
      const change = `ET13.devices.0.securityKey=${"00".repeat(8)}${"11".repeat(24)}`;
      const words = ["write", change, "--dry-run", "--link", "tcp://meter:1", "--security", "rc4", ...json];
      const { code, out, err } = await runCli([...words, "--key", `hex:${"02".repeat(16)}`], world());
      assert.equal(code, 0, err);
      assert.ok(out.includes("[secret]"), out.slice(0, 400));
      assert.doesNotMatch(out + err, digits);
    });
});
