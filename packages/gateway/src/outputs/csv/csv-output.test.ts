import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Interval } from "@meterport/engine/model/interval";
import { matchesGolden } from "../golden.test-kit.ts";
import { OutputWorld } from "../output-world.test-kit.ts";
import { sampleChanges } from "../sample-changes.test-kit.ts";
import { openCsv } from "./csv-output.ts";
import { filesIn, folderProblem } from "./day-files.ts";

const quarter = 900_000;

const within = async (work: (world: OutputWorld, folder: string) => Promise<void>): Promise<void> => {
  const world = new OutputWorld();
  const folder = mkdtempSync(join(tmpdir(), "meterport-csv-"));
  try {
    await work(world, folder);
  } finally {
    await world.done();
    rmSync(folder, { recursive: true });
  }
};

const started = (world: OutputWorld, folder: string): void =>
  world.start({ name: "csv", begins: "oldest", open: openCsv({ folder } as Parameters<typeof openCsv>[0]) });

const interval = (end: number, more: Partial<Interval> = {}): Interval => ({
  ...{ point: "home", channel: "energy_import_wh", end, seconds: 900, value: 250, source: "profile" },
  ...{ quality: "good", flags: [], register: null, ...more },
});

/** Quarters of an hour that end after `from` and at or before `to`. */
const quarters = (from: number, to: number): readonly Interval[] =>
  Array.from({ length: (to - from) / quarter }, (_, n) => interval(from + (n + 1) * quarter));

const linesOf = (...path: string[]): readonly string[] =>
  readFileSync(join(...path), "utf8")
    .trim()
    .split("\n");

test("the files of a day match their golden files", () =>
  within(async (world, folder) => {
    await world.store.write({
      intervals: sampleChanges.flatMap((entry) => (entry.kind === "interval" ? [entry.interval] : [])),
      registers: sampleChanges.flatMap((entry) => (entry.kind === "register" ? [entry.register] : [])),
      events: sampleChanges.flatMap((entry) => (entry.kind === "event" ? [entry.event] : [])),
    });
    started(world, folder);
    await world.delivered();
    const names = readdirSync(join(folder, "home")).sort();
    assert.deepEqual(names, ["2026-08-01.events.csv", "2026-08-01.intervals.csv", "2026-08-01.registers.csv"]);
    for (const name of names)
      matchesGolden(new URL(`golden/${name}`, import.meta.url), readFileSync(join(folder, "home", name), "utf8"));
    assert.equal(statSync(join(folder, "home", names[0] ?? "")).mode & 0o777, 0o640);
  }));

test("local days have 92, 96 and 100 quarters, and the last of a day ends at midnight", () =>
  within(async (world, folder) => {
    // Europe/Copenhagen: summer time begins on 2026-03-29 and ends on 2026-10-25.
    const spring = [Date.UTC(2026, 2, 27, 23), Date.UTC(2026, 2, 29, 22)] as const;
    const autumn = [Date.UTC(2026, 9, 24, 22), Date.UTC(2026, 9, 25, 23)] as const;
    await world.store.write({ intervals: [...quarters(...spring), ...quarters(...autumn)] });
    started(world, folder);
    await world.delivered();
    const rows = (day: string): number => linesOf(folder, "home", `${day}.intervals.csv`).length - 1;
    assert.deepEqual([rows("2026-03-28"), rows("2026-03-29"), rows("2026-10-25")], [96, 92, 100]);
    assert.equal(readdirSync(join(folder, "home")).length, 3);
    assert.match(linesOf(folder, "home", "2026-03-29.intervals.csv").at(-1) ?? "", /2026-03-30T00:00:00\+02:00/);
  }));

test("a value that the meter corrects later changes the file of its day", () =>
  within(async (world, folder) => {
    const end = Date.UTC(2026, 7, 1, 10);
    await world.store.write({ intervals: [interval(end, { source: "difference" })] });
    started(world, folder);
    await world.delivered();
    await world.store.write({ intervals: [interval(end, { value: 251 })] });
    await world.delivered();
    const [, row, ...others] = linesOf(folder, "home", "2026-08-01.intervals.csv");
    assert.match(row ?? "", /,251,profile,good,,,2$/);
    assert.deepEqual(others, []);
  }));

test("a file that cannot be finished leaves the one before as it was", () =>
  within(async (_, folder) => {
    const files = filesIn(folder);
    const pieces = async function* (...texts: readonly string[]) {
      for (const text of texts) {
        if (text === "fail") throw Object.assign(new Error("x"), { code: "ENOSPC" });
        yield Buffer.from(text);
      }
    };
    await files.write(["home", "a.csv"], pieces("whole"));
    await assert.rejects(
      files.write(["home", "a.csv"], pieces("half", "fail")),
      /^Error: the folder \S+ is full: free/,
    );
    assert.equal(readFileSync(join(folder, "home", "a.csv"), "utf8"), "whole");
  }));

test("a folder that is not there is told, and never made", () =>
  within(async (world, folder) => {
    const gone = join(folder, "disk", "values");
    started(world, gone);
    await world.is("failing");
    assert.match((await world.status()).problem ?? "", /^the folder \S+ does not exist: create it, or check whether/);
    assert.ok(!existsSync(join(folder, "disk")));
    writeFileSync(join(folder, "file"), "");
    await assert.rejects(filesIn(join(folder, "file")).check(), /is not a folder/);
    assert.match(
      folderProblem("/x", new Error("what")).message,
      /^the folder \/x cannot be written \(no reason is given\)/,
    );
  }));

test("days that the journal no longer knows are all written again", () =>
  within(async (world, folder) => {
    started(world, folder);
    await world.is("up");
    await world.outputs.stop();
    const day = Date.UTC(2026, 7, 1);
    const now = Date.now();
    const last = Math.floor(now / quarter) * quarter;
    await world.store.write({ intervals: [interval(last - 3 * 86_400_000), interval(last)] });
    await world.store.prune({ journalAtMost: now + day });
    await world.store.write({ intervals: [interval(last, { channel: "energy_export_wh" })] });
    started(world, folder);
    await world.delivered();
    // What ends at midnight is the last of the day before.
    const clock = { timeZone: "Europe/Copenhagen", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
    const time = new Intl.DateTimeFormat("en-GB", clock);
    const days = time.format(last) === "00:00" ? 5 : 4;
    assert.equal(readdirSync(join(folder, "home")).filter((name) => name.endsWith("intervals.csv")).length, days);
    assert.ok(world.lines.some((line) => /wrote all \d+ days again/.test(line)));
    assert.ok((await world.status()).lost > 0);
  }));

test("no id leads out of the folder", () =>
  within(async (world, folder) => {
    mkdirSync(join(folder, "in"));
    world.views.push(Object.assign(world.views[0] as object, { id: "../home" }) as never);
    world.views.splice(0, 2);
    await world.store.write({ intervals: [interval(Date.UTC(2026, 7, 1, 10), { point: "../home" })] });
    started(world, join(folder, "in"));
    await world.delivered();
    assert.deepEqual(readdirSync(folder), ["in"]);
    assert.deepEqual(readdirSync(join(folder, "in")), ["___home"]);
  }));
