import assert from "node:assert/strict";
import { test } from "node:test";
import { leaves } from "./layout/index.ts";
import { secretFieldNames } from "./secret-fields.ts";
import { defaultDimensions } from "./tables/defaults.ts";
import { tables } from "./tables/index.ts";
import { usualProfiles } from "./tables/usual-profiles.ts";

test("fields that are called secret are known by their names, and bytes named after a key are called secret", () => {
  const secret = new Set<string>();
  for (const profile of usualProfiles)
    for (const table of tables)
      for (const { path, type, meta } of leaves(table, defaultDimensions(profile), "first")) {
        const name = path.slice(path.lastIndexOf(".") + 1);
        if (meta.secret === true) secret.add(name);
        else assert.ok(!(/key|password/i.test(name) && /ARRAY|BINARY/.test(type)), `${table.id}.${path} is a key?`);
      }
  assert.deepEqual([...secret], [...secretFieldNames]);
});
