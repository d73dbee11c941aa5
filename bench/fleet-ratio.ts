/**
 * Many meters in one process, against the daemon before it was made for them: `npm run bench -- fleet-ratio FOLDER [ROUNDS]`. FOLDER is a
 * checkout of commit 386b4b02 with its packages installed. There 5,000 meters at 10 s took 12 % of a core and 1.2 GB on the machine on which
 * the aim was set: 20,000 at 60 % and 1.5 GB, five times the processor time and 1.25 times the memory. How fast a machine is, and how much of
 * it others take, changes from hour to hour, so both run in turn.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { say } from "./measure.ts";

const [folder = ".", rounds = 2] = [process.argv[2], Number(process.argv[3] ?? 2)];
const interval = 10;
const [before, now] = [5_000, 19_000] as const;
const seconds = 60;

interface Cost {
  /** Of a core, percent; of a set, milliseconds of a core. */
  readonly core: number;
  readonly set: number;
  /** MB resident. */
  readonly memory: number;
}

const run = async (bench: string, given: readonly unknown[]): Promise<Cost> => {
  const path = fileURLToPath(new URL(bench, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...given.map(String)]);
  process.stdout.write(stdout);
  const number = (unit: string): number => Number(new RegExp(`([\\d.]+) ${unit}`).exec(stdout)?.[1]);
  return { core: number("% of a core"), set: number("ms a set"), memory: number("MB resident") };
};

const data = mkdtempSync(join(tmpdir(), "meterport-fleet-ratio-"));
const costs: { readonly old: Cost; readonly made: Cost }[] = [];
try {
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1}: ${before} meters with the daemon before`);
    const room = mkdtempSync(join(data, "before-"));
    const old = await run("fleet-before.ts", [folder, before, interval, seconds, room]);
    say(`round ${round + 1}: ${now} meters`);
    costs.push({ old, made: await run("fleet-scale.ts", [now, interval, seconds, 50, join(data, `now-${round}`)]) });
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}
const ratio = (of: keyof Cost): string => {
  const sum = (which: "old" | "made"): number => costs.reduce((all, each) => all + each[which][of], 0);
  return (sum("made") / sum("old")).toFixed(2);
};
say(`${now} meters take ${ratio("core")} times the processor time of ${before} before (aim for 20,000: 5)`);
say(`one live set takes ${ratio("set")} times that of before (aim: 1.25)`);
say(`and ${ratio("memory")} times the memory (aim: 1.25)`);
