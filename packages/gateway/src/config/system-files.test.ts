import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const module = fileURLToPath(new URL("./system-files.ts", import.meta.url));

/** Writes more than a file may hold here, as on a disk that becomes full in the middle. */
const inLittleRoom = (task: string, path: string): string => {
  const script = `import { createTextFile, replaceTextFile } from ${JSON.stringify(module)};
    try { ${task}(${JSON.stringify(path)}, "x".repeat(100_000)); console.log("written"); } catch (error) { console.log(error.message); }`;
  const args = ["-c", 'ulimit -f 8; exec "$0" --input-type=module -e "$1"', process.execPath, script];
  return spawnSync("sh", args, { encoding: "utf8", timeout: 20_000 }).stdout.trim();
};

test("a write that ends in the middle leaves what was there, and nothing else", {
  skip: process.platform === "win32",
}, () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-full-"));
  const path = join(folder, "meterport.yaml");
  writeFileSync(path, "zone: UTC\n");
  assert.match(inLittleRoom("replaceTextFile", path), /^cannot write .*meterport\.yaml: EFBIG/);
  assert.equal(readFileSync(path, "utf8"), "zone: UTC\n");
  // An empty key of the data folder would make each later secret fail.
  assert.match(inLittleRoom("createTextFile", join(folder, "secrets.key")), /^cannot write .*secrets\.key: EFBIG/);
  assert.deepEqual(readdirSync(folder), ["meterport.yaml"]);
  rmSync(folder, { recursive: true });
});
