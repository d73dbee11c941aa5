/** The oldest Node that runs a checkout reads every file of it: what strips the types there is older, and has other faults. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { nodeRuntime } from "./support/node-runtimes.ts";
import { codeFiles, root } from "./support/sources.ts";

const readAll = `import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { SourceTextModule } from "node:vm";
const read = (path) => {
  try {
    new SourceTextModule(stripTypeScriptTypes(readFileSync(path, "utf8")), { identifier: path });
    return [];
  } catch (error) {
    return [path + ": " + error];
  }
};
const paths = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify({ version: process.versions.node, wrong: paths.flatMap(read) }));`;

/** What is wrong with files, by paths from the root, to the oldest Node. */
const readBy = (paths: readonly string[]) => {
  const flags = ["--no-warnings", "--experimental-vm-modules", "--input-type=module", "-e", readAll];
  const { stdout, stderr } = spawnSync(nodeRuntime("22.18.0"), flags, {
    cwd: root,
    input: JSON.stringify(paths),
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  assert.equal(stderr, "");
  return JSON.parse(stdout) as { readonly version: string; readonly wrong: readonly string[] };
};

test("Node 22.18 reads every TypeScript file", () => {
  // Programs for Vite and browsers are built first.
  const paths = codeFiles().filter((path) => path.endsWith(".ts") && !/\.(svelte|d)\.ts$/.test(path));
  assert.ok(paths.length > 2_000, `${paths.length} files`);
  assert.deepEqual(readBy(paths), { version: "22.18.0", wrong: [] });
});
