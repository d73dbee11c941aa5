/** The page is small: it has to come over a phone's link and run on an old tablet. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pageSize } from "./support/page-size.ts";
import { root } from "./support/sources.ts";

const folder = join(root, "packages", "dashboard", "dist");
const isBuilt = existsSync(join(folder, "index.html"));

const firstLimit = 150_000;
const viewLimit = 40_000;
const views = ["now", "history", "quality", "events", "meter", "link", "points", "settings", "start"];

test("the first view is below 150 kB compressed, and each view alone below 40 kB", {
  skip: isBuilt ? false : "the dashboard is not built: npm test builds it",
}, (t) => {
  const size = pageSize(folder, views, "now");
  t.diagnostic(`first view: ${(size.first / 1000).toFixed(1)} kB`);
  assert.ok(size.first > 20_000 && size.first < firstLimit, `${size.first} bytes`);
  for (const [view, bytes] of size.views) {
    t.diagnostic(`${view}: ${(bytes / 1000).toFixed(1)} kB`);
    assert.ok(bytes < viewLimit, `the view "${view}" has ${bytes} bytes`);
  }
});
