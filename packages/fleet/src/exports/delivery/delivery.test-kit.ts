/** Folders, files and clocks for tests of delivery. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { StagedExport } from "./spool.ts";

/** A folder that is gone after the test. */
export const folderFor = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-exports-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export const created = Date.UTC(2026, 2, 30, 4);

export const staged = (name: string, parts: Iterable<string> = [`${name}\n`]): StagedExport => ({
  file: {
    name,
    mediaType: "text/csv",
    parts,
    carried: () => [{ point: "home", obis: "1-0:1.8.0", start: 0, end: 900_000, version: 3 }],
  },
  created,
  version: 3,
});
