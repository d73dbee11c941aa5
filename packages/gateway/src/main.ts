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
const { restartCode } = await import("./http/restart/restart-access.ts");

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
  let restart = (): void => {};
  const daemon = await startDaemon({
    ...readFlags(),
    env: process.env,
    restart: () => restart(),
    writeLog: (line) => process.stderr.write(line),
  });
  process.stdout.write(`dashboard ${daemon.url}\n`);
  void daemon.demoTable?.().then((table) => process.stdout.write(table));
  let stopping = false;
  const end = (why: string, code = 0): void => {
    if (stopping) return;
    stopping = true;
    daemon.stop(why).then(
      () => process.exit(code),
      (error: unknown) => {
        process.stderr.write(`stopping failed: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  restart = () => end("restart", restartCode);
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
