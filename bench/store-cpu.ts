/**
 * Processor time that the SQLite store takes for a set of many meters, each of which is read every 10 s, in the batches that the keeper makes.
 * `node bench/store-cpu.ts [POINTS] [MINUTES]`: minutes of data, which pass as fast as they are stored.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Device } from "@meterport/engine/model/device";
import { silentLog } from "@meterport/engine/ports/log";
import type { PointReading } from "@meterport/engine/ports/store";
import { type PackedReadings, packReadings } from "@meterport/gateway/stores/sqlite/packed-readings";
import { openLocalSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";
import { household } from "./household-sets.ts";
import { say } from "./measure.ts";

const start = Date.UTC(2026, 0, 1);
/** As the keeper's. */
const [commit, mostAtOnce] = [5_000, 5_000];
const interval = 10_000;

/** Where in the interval each point is read: the points of a batch are neither neighbours nor in order. */
const phaseOf = (n: number): number => (n * 7_919) % interval;

const device = (point: string): Device => ({
  point,
  from: start,
  to: null,
  serial: `4E4553${point}`,
  manufacturer: "NES",
  model: "83331-3I",
  firmware: "4.30",
  profile: "meter:4.30",
  start: { energy_import_wh: 12_345_678, energy_export_wh: 4_711 },
  end: null,
});

/** Milliseconds of processor time of this process. */
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

export const benchStoreCpu = async (points: number, minutes: number): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-bench-"));
  const store = openLocalSqliteStore(folder, silentLog, () => start);
  const names = Array.from({ length: points }, (_, n) => `point-${n}`);
  const order = [...names.keys()].sort((a, b) => phaseOf(a) - phaseOf(b));
  let [packing, writing, longest, sets] = [0, 0, 0, 0];
  /** Processor time of each minute. */
  const byMinute = Array.from({ length: minutes }, () => 0);
  try {
    const before = cpu();
    for (let n = 0; n < points; n += mostAtOnce)
      await store.write({ devices: names.slice(n, n + mostAtOnce).map(device) });
    say(`${"a device stored for the first time".padEnd(44)} ${((cpu() - before) / points).toFixed(4)} ms`);
    for (let time = start; time < start + minutes * 60_000; time += commit) {
      const readings: PointReading[] = [];
      for (const n of order) {
        const at = time - (time % interval) + phaseOf(n);
        if (at < time || at >= time + commit) continue;
        readings.push({ point: names[n] as string, reading: household(n + Math.floor(at / interval), at) });
      }
      for (let n = 0; n < readings.length; n += mostAtOnce) {
        const part = readings.slice(n, n + mostAtOnce);
        let began = cpu();
        const packed: PackedReadings = packReadings(part);
        packing += cpu() - began;
        began = cpu();
        await store.writePacked({}, packed);
        const taken = cpu() - began;
        writing += taken;
        longest = Math.max(longest, taken);
        const minute = Math.floor((time - start) / 60_000);
        byMinute[minute] = (byMinute[minute] ?? 0) + taken;
        sets += part.length;
      }
    }
    say(`${"packing, a set".padEnd(44)} ${(packing / sets).toFixed(4)} ms`);
    say(`${"writing, a set".padEnd(44)} ${(writing / sets).toFixed(4)} ms; the longest write ${longest.toFixed(0)} ms`);
    const each = sets / minutes;
    say(`writing, a set, by minutes: ${byMinute.map((taken) => (taken / each).toFixed(3)).join(" ")}`);
    say(
      `${Math.round(statSync(join(folder, "meterport.db")).size / 1e6)} MB, ${Math.round(process.memoryUsage.rss() / 1e6)} MB of memory`,
    );
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  await benchStoreCpu(Number(process.argv[2] ?? 19_000), Number(process.argv[3] ?? 6));
