/** What the SQLite store costs: bytes written for each live set, readings a second, and charts. `node bench/store.ts` */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { silentLog } from "@meterport/engine/ports/log";
import type { PointReading } from "@meterport/engine/ports/store";
import { openLocalSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";
import { openSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-threads";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { household } from "./household-sets.ts";
import { say } from "./measure.ts";

const start = Date.UTC(2026, 0, 1);

const inFolder = async <T>(run: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-bench-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

interface Written {
  /** What the process handed to the system, and what the system will write in its own pages. */
  readonly handed: number;
  readonly disk: number;
}

const written = (): Written => {
  const text = readFileSync("/proc/self/io", "utf8");
  const value = (name: string): number => Number(new RegExp(`^${name}: (\\d+)`, "m").exec(text)?.[1]);
  return { handed: value("wchar"), disk: value("write_bytes") };
};

const sets = 6 * 1_800;

/** Six hours of one meter at 2 s. `each` is how many sets one transaction has. */
const bytesOf = (each: number): Promise<Written> =>
  inFolder(async (folder) => {
    const store = openLocalSqliteStore(folder, silentLog, () => start);
    const before = written();
    for (let n = 0, checkpoint = 0; n < sets; n += each) {
      const readings = Array.from({ length: Math.floor(n + each) - Math.floor(n) }, (_, i): PointReading => {
        const at = Math.floor(n) + i;
        return { point: "home", reading: household(at, start + at * 2_000) };
      });
      await store.write({ readings });
      // The store does this by the clock, every half hour.
      if (n - checkpoint >= 900) {
        checkpoint = n;
        store.checkpoint();
      }
    }
    await store.close();
    const after = written();
    return { handed: (after.handed - before.handed) / sets, disk: (after.disk - before.disk) / sets };
  });

/** The way of version 0.1: a transaction for each reading, with its minute and its hour, and pages of 4 kB. */
const formerBytes = (): Promise<Written> =>
  inFolder(async (folder) => {
    const db = new DatabaseSync(join(folder, "old.db"));
    const keys = Object.keys(household(0, 0)).filter((key) => key !== "time" && key !== "quality");
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    db.exec(`CREATE TABLE reading (meter INTEGER, time INTEGER, quality INTEGER, ${keys.map((key) => `${key} REAL`).join(", ")},
      PRIMARY KEY (meter, time)) WITHOUT ROWID;
      CREATE TABLE bucket (meter INTEGER, width INTEGER, start INTEGER, last INTEGER, count INTEGER, sum REAL, low REAL, high REAL,
      a REAL, b REAL, c REAL, d REAL, PRIMARY KEY (meter, width, start)) WITHOUT ROWID`);
    const insert = db.prepare(`INSERT INTO reading VALUES (1, ?, 0, ${keys.map(() => "?").join(", ")})`);
    const upsert = db.prepare(`INSERT INTO bucket VALUES (1, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
      count = count + 1, sum = sum + excluded.sum, low = min(low, excluded.low), high = max(high, excluded.high),
      last = excluded.last, a = excluded.a, b = excluded.b, c = excluded.c, d = excluded.d`);
    const before = written();
    for (let n = 0; n < sets; n++) {
      const time = start + n * 2_000;
      const reading = household(n, time);
      const values = keys.map((key) => reading[key as keyof LiveReading] as number | null);
      db.exec("BEGIN IMMEDIATE");
      insert.run(time, ...values);
      for (const seconds of [60, 3_600]) {
        const power = reading.power_w;
        upsert.run(seconds, time - (time % (seconds * 1_000)), time, power, power, power, ...values.slice(-4));
      }
      db.exec("COMMIT");
    }
    db.close();
    const after = written();
    return { handed: (after.handed - before.handed) / sets, disk: (after.disk - before.disk) / sets };
  });

const bytes = (n: number): string => Math.round(n).toLocaleString("en").padStart(8);

const benchBytes = async (): Promise<void> => {
  const former = await formerBytes();
  const line = (name: string, { handed, disk }: Written): void =>
    say(
      `${name.padEnd(44)} ${bytes(handed)} bytes/set  ${(handed / former.handed).toFixed(3)} x the former way;` +
        ` ${bytes(disk)} in pages of the system`,
    );
  line("the former way, a transaction a reading", former);
  for (const [name, each] of [
    ["a commit each reading", 1],
    ["a commit every 5 s (default)", 2.5],
    ["a commit every 30 s", 15],
    ["a commit every 60 s", 30],
  ] as const)
    line(name, await bytesOf(each));
};

const benchRate = async (): Promise<void> => {
  await inFolder(async (folder) => {
    const store = await openSqliteStore(folder, silentLog, () => start);
    const [points, each, batches] = [500, 10_000, 60];
    const made = Array.from({ length: batches }, (_, batch) =>
      Array.from({ length: each }, (_, n): PointReading => {
        const at = batch * (each / points) + Math.floor(n / points);
        return { point: `m${n % points}`, reading: household(n, start + at * 10_000) };
      }),
    );
    const began = performance.now();
    const active = performance.eventLoopUtilization();
    for (const readings of made) await store.write({ readings });
    const seconds = (performance.now() - began) / 1_000;
    const { utilization } = performance.eventLoopUtilization(active);
    const rate = (batches * each) / seconds;
    say(
      `${"readings into SQLite, 500 points, batches of 10,000".padEnd(52)} ${Math.round(rate).toLocaleString("en")} readings/s` +
        `  ${Math.round(rate * 23).toLocaleString("en")} values/s; main thread ${Math.round(utilization * 100)} % busy`,
    );
    await store.close();
  });
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const benchCharts = async (days: number): Promise<void> => {
  await inFolder(async (folder) => {
    const local = openLocalSqliteStore(folder, silentLog, () => start);
    const count = days * 8_640;
    const began = performance.now();
    for (let n = 0; n < count; n += 8_640)
      await local.write({
        readings: Array.from({ length: 8_640 }, (_, i) => ({
          point: "home",
          reading: household(n + i, start + (n + i) * 10_000),
        })),
      });
    await local.close();
    const size = statSync(join(folder, "meterport.db")).size;
    say(
      `${count.toLocaleString("en")} readings of one point, ${Math.round(size / 1e6)} MB, ${Math.round(size / count)} bytes each, ` +
        `stored in ${((performance.now() - began) / 1_000).toFixed(1)} s`,
    );
    const store = await openSqliteStore(folder, silentLog, () => start);
    const chart = async (name: string, range: number, step: number): Promise<void> => {
      const times: number[] = [];
      let points = 0;
      for (let n = 0; n < 9; n++) {
        const from = start + Math.floor(((days - range / 86_400) * n) / 9) * 86_400_000;
        const at = performance.now();
        const list = await store.history("home", { from, step, count: range / step });
        times.push(performance.now() - at);
        points = list.filter(({ power_w }) => power_w !== null).length;
      }
      say(
        `${name.padEnd(52)} ${median(times).toFixed(1).padStart(6)} ms  ${points} points, worst ${Math.max(...times).toFixed(1)} ms`,
      );
    };
    await chart("a day by 2 minutes", 86_400, 120);
    await chart("a day by minutes", 86_400, 60);
    await chart("a week by quarters", 7 * 86_400, 900);
    await chart("five hours by 10 s, raw", 18_000, 10);
    await chart("a week by 465 s, raw since nothing coarser fits", 624_960, 465);
    await chart(`${days} days by hours`, days * 86_400, 3_600 * Math.ceil(days / 80));
    await store.close();
  });
};

export const benchStore = async (days = 365): Promise<void> => {
  await benchBytes();
  await benchRate();
  await benchCharts(days);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await benchStore(Number(process.argv[2] ?? 365));
