/**
 * What a worker process of a fleet costs: `npm run bench -- fleet-worker METERS SECONDS`. A real process, a real PostgreSQL, and meters over TCP in
 * a process of their own. Fewer than 10,000 meters are read more often, so that the worker does what it does for 10,000 that are read six times a
 * day with a live set each minute; memory is counted by the meter.
 */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FleetServer, sleep } from "@meterport/fleet/books/fleet-database.test-kit";
import { FleetProcess } from "@meterport/fleet/serve/fleet-daemon.test-kit";
import { bookedOf, bookMeters } from "@meterport/fleet/serve/fleet-meters.test-kit";
import { toHex } from "@meterport/protocol/bytes";
import { fleetKey } from "./fleet-key.ts";
import { say } from "./measure.ts";

const [meters = 1_000, seconds = 60] = process.argv.slice(2, 4).map(Number);
const target = 10_000;
const megabyte = 1_024 * 1_024;
/** Slots of two days of memory. */
const leastSlots = 185;
const longestFill = 3_600_000;
/** Each has a port and a connection, and a process may have 20,000 files open on many systems. */
const perMeterProcess = 5_000;

const share = Math.min(1, meters / target);
const rhythm = { live: 60 * share, profile: (14_400 * share) / 60 };
const env = {
  METERPORT_FLEET_LIVE: `${Math.max(1, Math.round(rhythm.live))}s`,
  METERPORT_FLEET_PROFILE: `${Math.max(1, Math.round(rhythm.profile))}m`,
};

const said = <T>(from: ChildProcess): Promise<T> =>
  new Promise((resolve) => from.once("message", (text) => resolve(text as T)));
const meterProcesses = Array.from({ length: Math.ceil(meters / perMeterProcess) }, (_, n) =>
  fork(fileURLToPath(new URL("fleet-meters.ts", import.meta.url)), [
    String(Math.min(perMeterProcess, meters - n * perMeterProcess)),
  ]),
);
const doors = await Promise.all(meterProcesses.map((each) => said<readonly number[]>(each)));
const connected = async (): Promise<number> => {
  const counts = meterProcesses.map((each) => {
    const answer = said<number>(each);
    each.send("how many");
    return answer;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
};

/** Seconds of a core, of user and system together, and bytes that are resident. */
const costOf = (pid: number): { readonly cpu: number; readonly resident: number } => {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, resident: 4_096 * Number(fields[21]) };
};

const servers = new FleetServer();
const database = await servers.fleet();
const url = `${(await servers.server()).url}?schema=${database.place.schema}`;
// No two meters of a fleet have one link.
const links = doors.flatMap((ports) =>
  ports.map((port, n) => `tcp://127.0.${1 + Math.floor(n / 250)}.${1 + (n % 250)}:${port}`),
);
const listed = links.map((url, n) => ({ id: `flat-${n}`, serial: `s${1_000_000 + n}`, url }));
await bookMeters(database, listed, toHex(fleetKey));
const worker = new FleetProcess("worker", url, { env });
try {
  await worker.start("read");
  const pid = worker.pid ?? 0;
  const empty = costOf(pid);
  const began = performance.now();
  const since = (): number => (performance.now() - began) / 1_000;
  let first = 0;
  for (let now = 0; now < meters && since() < 600; ) {
    await sleep(100);
    now = await connected();
    if (first === 0 && now > 0) first = since();
  }
  const all = since();
  const atConnected = costOf(pid);
  const rate = (meters / Math.max(0.1, all - first)).toFixed(0);
  say(
    `${meters} meters, one process: first link after ${first.toFixed(1)} s, all after ${all.toFixed(1)} s (${rate} a second), ${(atConnected.cpu - empty.cpu).toFixed(1)} s of a core until then`,
  );

  let whole = 0;
  while (whole < meters && 1_000 * since() < longestFill) {
    await sleep(2_000 + meters / 2);
    whole = [...(await bookedOf(database)).values()].filter((slots) => slots >= leastSlots).length;
  }
  const filled = costOf(pid);
  const each = (1_000 * (filled.cpu - empty.cpu)) / Math.max(1, whole);
  say(
    `two days of ${whole} meters are booked after ${since().toFixed(0)} s: ${each.toFixed(0)} ms of a core a meter, with all that is read of it for the first time`,
  );

  const before = costOf(pid);
  const from = performance.now();
  await sleep(1_000 * seconds);
  const took = (performance.now() - from) / 1_000;
  const after = costOf(pid);
  const cores = (after.cpu - before.cpu) / took;
  say(
    `${took.toFixed(0)} s with a live set each ${env.METERPORT_FLEET_LIVE} and a load profile each ${env.METERPORT_FLEET_PROFILE}, which is the work of ${(meters / share).toFixed(0)} meters: ${(100 * cores).toFixed(1)} % of a core, ${((100 * cores * share * 1_000) / meters).toFixed(2)} % for each 1,000 meters at one set a minute and six reads a day`,
  );
  say(
    `memory: ${(after.resident / megabyte).toFixed(0)} MB resident, ${(empty.resident / megabyte).toFixed(0)} of it before the first meter; ${((after.resident - empty.resident) / megabyte / meters).toFixed(3)} MB a meter; ${await connected()} of ${meters} links are open`,
  );
} catch (error) {
  process.stderr.write(worker.log.slice(-5_000));
  throw error;
} finally {
  await worker.remove();
  await servers.stop();
  for (const each of meterProcesses) each.disconnect();
}
process.exit();
