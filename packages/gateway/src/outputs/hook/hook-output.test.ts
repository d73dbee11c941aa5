import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { StopSignal } from "@meterport/client/session/stop-signal";
import { systemClock } from "@meterport/transports/clock";
import { stopwatch } from "../../../../../test/support/stopwatch.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { until } from "../output-world.test-kit.ts";
import { sampleChanges } from "../sample-changes.test-kit.ts";
import { linesOf } from "./hook-output.ts";
import { runProgram } from "./run-program.ts";

const within = async (script: string, work: (path: string, folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-hook-"));
  const path = join(folder, "program");
  writeFileSync(path, `#!/bin/sh\n${script.replaceAll("FOLDER", folder)}\n`);
  chmodSync(path, 0o755);
  try {
    await work(path, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const run = (path: string, more: Partial<Parameters<typeof runProgram>[0]> = {}, signal = new StopSignal()) =>
  runProgram({ command: [path], input: "", env: {}, limit: 10_000, ...more }, { clock: systemClock, signal });

test("the lines of the changes match their golden file", () =>
  matchesGolden(new URL("golden/changes.jsonl", import.meta.url), linesOf(sampleChanges)));

test("arguments reach the program as they are: no shell reads them", () =>
  within('printf "%s|" "$@" > FOLDER/out', async (path, folder) => {
    const odd = ["a b", "$(touch FOLDER/x)", ";rm -rf x", "'\"", "*"];
    await run(path, { command: [path, ...odd] });
    assert.equal(readFileSync(join(folder, "out"), "utf8"), odd.map((each) => `${each}|`).join(""));
  }));

test("the gateway's own variables, which may hold keys, are not passed on", () =>
  within("env > FOLDER/out", async (path, folder) => {
    process.env.METERPORT_KEY = "canary";
    try {
      await run(path, { env: { METERPORT_LAST: "7" } });
    } finally {
      delete process.env.METERPORT_KEY;
    }
    const text = readFileSync(join(folder, "out"), "utf8");
    assert.doesNotMatch(text, /canary/);
    assert.match(text, /^METERPORT_LAST=7$/m);
  }));

test("a program that fails is one sentence with the end of it that people need", async () => {
  await within('echo "no  disk" >&2; echo more >&2; exit 4', async (path) => {
    await assert.rejects(run(path), /^Error: the program \S+ failed: its exit code was 4: no disk more$/);
  });
  await within("kill -TERM $$", async (path) => {
    await assert.rejects(run(path), /it was ended by SIGTERM/);
  });
  await assert.rejects(run("/nowhere/at-all"), /there is no such program/);
});

test("a program that takes too long is killed with everything that it started", () =>
  within("(sleep 2; touch FOLDER/late) & sleep 60", async (path, folder) => {
    const untilKilled = stopwatch();
    await assert.rejects(run(path, { limit: 100 }), /it took longer than 0 s/);
    assert.ok(untilKilled() < 1_500);
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    assert.ok(!existsSync(join(folder, "late")));
  }));

test("a stop kills it, and a flood of words costs no memory", async () => {
  await within("touch FOLDER/began; while :; do echo flood flood flood flood >&2; done", async (path, folder) => {
    const signal = new StopSignal();
    const before = process.memoryUsage().rss;
    const running = run(path, {}, signal);
    await until("it runs", () => existsSync(join(folder, "began")));
    await new Promise((resolve) => setTimeout(resolve, 300));
    signal.raise();
    await assert.rejects(running, /it was stopped/);
    assert.ok(process.memoryUsage().rss - before < 60e6);
  });
});

test("input that the program does not read is no failure", () =>
  within("exec <&-; exit 0", (path) => run(path, { input: "x".repeat(1_000_000) })));
