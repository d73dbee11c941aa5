#!/usr/bin/env node
/** `npm start`: the daemon as a process of its own; `meterport serve` runs the same one. */
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { UsageError } from "@meterport/protocol/errors";

const root = new URL("../../../", import.meta.url);
// In a checkout, keeps compiled code between starts, which take half of the time then. Node 20 cannot.
if (existsSync(new URL("tsconfig.base.json", root)))
  module.enableCompileCache?.(fileURLToPath(new URL(".cache/compile", root)));
const { startDaemon } = await import("./daemon.ts");

// If the reader of the log or the output has gone, the daemon keeps running.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const options = {
  config: { type: "string" },
  data: { type: "string" },
  pair: { type: "boolean" },
  demo: { type: "string" },
} as const;

const readFlags = () => {
  try {
    return parseArgs({ options }).values;
  } catch {
    throw new UsageError("arguments", "unknown argument; known: --config FILE, --data FOLDER, --pair, --demo all");
  }
};

try {
  const daemon = await startDaemon({
    ...readFlags(),
    env: process.env,
    writeLog: (line) => process.stderr.write(line),
  });
  process.stdout.write(`dashboard ${daemon.url}\n`);
  void daemon.demoTable?.().then((table) => process.stdout.write(table));
  let stopping = false;
  const end = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    daemon.stop(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`stopping failed: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => end("SIGTERM"));
  process.on("SIGINT", () => end("SIGINT"));
  process.on("SIGHUP", () => {
    if (!daemon.hangUp()) end("SIGHUP");
  });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
