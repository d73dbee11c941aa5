/** A dump of a virtual meter: every table that its firmware has, with both keys, and every byte named by a field. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { annotate } from "@meterport/protocol/layout/annotate";
import { encode, tableExists } from "@meterport/protocol/layout/index";
import { tables } from "@meterport/protocol/tables/index";
import { advancedKey, basicKey, openChanging } from "./support/changing-meter.ts";

/** Most of the bytes, and either key reads them. */
const loadProfiles = new Set(["BT64", "BT65", "BT66", "BT67"]);

for (const profile of [
  "meter:2.10",
  "meter:3.30",
  "meter:3.70",
  "meter:4.30",
  "meter:4.50",
  "module:1.20",
  "module:1.32",
])
  describe(`every table of ${profile}`, () => {
    for (const [name, key] of [
      ["basic", basicKey],
      ["advanced", advancedKey],
    ] as const)
      test(`is read with the ${name} key, without an unknown byte`, async () => {
        const { clock, meter, device } = await openChanging(profile, { key });
        const wanted = tables
          .filter((table) => table.access.read !== "never" && tableExists(table, device.profile))
          .filter(({ id }) => name === "basic" || !loadProfiles.has(id));
        const unknown: string[] = [];
        for (const table of wanted) {
          const value = await clock.run(meter.readPath(table, []));
          const env = await clock.run(meter.environment(table));
          const bytes = encode(table, value, env);
          const { unknown: gaps, problem } = annotate(table, bytes, env);
          if (gaps.length > 0 || problem !== undefined) unknown.push(`${table.id}: ${String(problem)}`);
        }
        assert.deepEqual(unknown, []);
        assert.ok(wanted.length >= 50, `${wanted.length} tables`);
      });
  });
