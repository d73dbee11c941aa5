#!/usr/bin/env node
/**
 * The `meterport` command. Plain JavaScript for any Node: the installed package runs the build in `dist`, and a
 * checkout finds a Node that runs the TypeScript sources.
 */
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const fileOf = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Keeps compiled code between starts, so that a command answers without a noticeable delay. Node 20 cannot. */
const keepCompiled = (folder) => module.enableCompileCache?.(folder);

if (existsSync(fileOf("../dist/main.js"))) {
  if (Number.parseInt(process.versions.node, 10) >= 20) {
    keepCompiled();
    await import("../dist/main.js");
  } else {
    process.stderr.write(
      `meterport: Node ${process.versions.node} is too old, Meterport needs Node 20 or newer: install Node 24 and start again\n`,
    );
    process.exitCode = 2;
  }
} else if (process.features.typescript) {
  keepCompiled(fileOf("../../../.cache/compile"));
  await import("../src/main.ts");
} else {
  const { become, ensureNode, orExplain } = await import(new URL("../../../scripts/runtime.mjs", import.meta.url).href);
  orExplain(() => become(ensureNode(), [fileURLToPath(import.meta.url), ...process.argv.slice(2)]));
}
