#!/usr/bin/env node
/** The `meterport` command. Plain JavaScript for any Node from 20 on: it finds a Node that runs the TypeScript sources. */
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const runtime = new URL("../../../scripts/runtime.mjs", import.meta.url);
const isCheckout = existsSync(runtime);

if (process.features.typescript) {
  // Compiled code is kept between starts: a command should answer before one notices.
  module.enableCompileCache(
    isCheckout ? fileURLToPath(new URL("../../../.cache/compile", import.meta.url)) : undefined,
  );
  await import("../src/main.ts");
} else if (isCheckout) {
  const { become, ensureNode, orExplain } = await import(runtime.href);
  orExplain(() => become(ensureNode(), [fileURLToPath(import.meta.url), ...process.argv.slice(2)]));
} else {
  process.stderr.write(
    `meterport: this is Node ${process.versions.node}, and Meterport needs 22.18 or newer: install Node 24 and start again\n`,
  );
  process.exitCode = 2;
}
