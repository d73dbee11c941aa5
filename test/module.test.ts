/**
 * The core on a module: a JavaScript engine as small as a microcontroller's, with limited memory and nothing from its host except
 * a clock, random bytes and a byte pipe, reads a virtual meter. docs/module.md tells what that shows and what it does not.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveReading } from "@meterport/protocol";
import { type Ran, runOnModule } from "./support/module/engine.ts";

const megabyte = 1 << 20;
const stack = 64 * 1024;

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`;
const told = ({ program, loaded, most, taken, took }: Ran): string =>
  `program ${kilobytes(program)}; heap ${kilobytes(loaded)} loaded, ${kilobytes(most)} at most, ${kilobytes(taken)} with what ` +
  `the allocator adds; ${Math.round(took / 1000)} s on the line`;

test("connects by RC4 and reads live values, within 1 MB of heap", { timeout: 120_000 }, async (t) => {
  const ran = await runOnModule({
    program: "live-program",
    profile: "meter:3.70",
    tls: false,
    memory: 1.5 * megabyte,
    stack,
  });
  t.diagnostic(told(ran));
  const { reading, failures } = ran.outcome.value as { readonly reading: LiveReading; readonly failures: number };
  assert.deepEqual([failures, reading.quality], [0, "good"]);
  assert.ok((reading.power_w ?? 0) > 0 && (reading.energy_import_wh ?? 0) > 0);
  assert.ok(ran.most < megabyte, told(ran));
});

test("reads live values, every table and a day of the load profile inside TLS, within 4 MB of heap", {
  timeout: 240_000,
}, async (t) => {
  const ran = await runOnModule({
    program: "whole-program",
    profile: "meter:4.30",
    tls: true,
    memory: 4.5 * megabyte,
    stack,
  });
  t.diagnostic(told(ran));
  const { reading, read, refused, intervals, failures } = ran.outcome.value as {
    readonly reading: LiveReading;
    readonly read: readonly string[];
    readonly refused: readonly string[];
    readonly intervals: number;
    readonly failures: number;
  };
  assert.deepEqual([reading.quality, refused, intervals, failures], ["good", [], 95, 0]);
  assert.ok(read.length > 70, `${read.length} tables`);
  assert.ok(read.includes("BT64") && read.includes("ET55"));
  assert.ok(ran.most < 4 * megabyte, told(ran));
});

test("the heap limit holds: with too little heap the program ends", { timeout: 120_000 }, async () => {
  const run = runOnModule({
    program: "live-program",
    profile: "meter:3.70",
    tls: false,
    memory: 0.9 * megabyte,
    stack,
  });
  const ended = await run.then(
    ({ outcome }) => outcome.error,
    (error: unknown) => String(error),
  );
  assert.notEqual(ended, undefined);
});
