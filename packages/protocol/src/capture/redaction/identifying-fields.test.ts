import assert from "node:assert/strict";
import { test } from "node:test";
import { leaves } from "../../layout/index.ts";
import { defaultDimensions, tables } from "../../tables/index.ts";
import { usualProfiles } from "../../tables/usual-profiles.ts";

/** Texts, digits and plain bytes that were looked at and tell nothing of whose meter it is. */
const harmless = [
  /^BT00\.manufacturer$/,
  /^BT01\.(manufacturer|model)$/,
  // Times and bits.
  /\.eventStorage$/,
  /^BT6[4-7]\.blocks\.\d+\.(simpleStatus|intervals\.\d+\.extendedStatus)$/,
  /^(BT74|ET79)\.historyRecords\.\d+\.argument$/,
  // Which firmware it is.
  /^ET04\.programId$/,
  // Codes on the display.
  /^ET62\.(.*\.)?\w+IdCode$/,
  /^ET75\.entries\.\d+\.displayConfiguration\.\d+\.idCode$/,
  /^ET97\.(ftzMessageContents\.\d+|securityLogIntervalAndTlsFlags)$/,
];

test("every text, number in digits and run of bytes is marked as identifying, or known to be harmless", () => {
  const open = new Set<string>();
  for (const profile of usualProfiles)
    for (const table of tables)
      for (const { path, type, meta, reserved } of leaves(table, defaultDimensions(profile), "first")) {
        const name = `${table.id}.${path}`;
        if (reserved || meta.identifies !== undefined || !/CHAR|BCD|ARRAY/.test(type)) continue;
        if (!harmless.some((known) => known.test(name))) open.add(name);
      }
  assert.deepEqual([...open], [], "mark them with `identifies`, or list them here");
});
