/**
 * Many meters in one process: `npm run bench -- fleet-scale METERS [INTERVAL_S] [SECONDS] [BRIDGES] [FOLDER]`. This process runs what
 * the daemon runs for each meter; the meters answer over TCP on the loopback from another process. With a folder it is the whole
 * gateway with its store there, without a server; a second run in the same folder starts with points that are known. Without, only the
 * links and the loops run. Nothing is back-filled.
 */
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { Turns } from "@meterport/client/supervision/turns";
import { limitsForFuse } from "@meterport/engine/guard/guard";
import { phaseOf } from "@meterport/engine/plan/spread";
import { PointLoop } from "@meterport/engine/points/point-loop";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import { ErrorRecorder } from "@meterport/gateway/captures/error-recorder";
import type { MeterConfig } from "@meterport/gateway/config/config";
import { linkGroup } from "@meterport/gateway/meters/link-group";
import { superviseMeter } from "@meterport/gateway/meters/meter-link";
import { openMeter } from "@meterport/gateway/meters/open-meter";
import { collectForManyMeters } from "@meterport/gateway/operation/garbage-collection";
import { createGateway } from "@meterport/gateway/operation/gateway";
import { openSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-threads";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Signal } from "@meterport/protocol/ports";
import { systemClock as clock, systemEntropy as entropy } from "@meterport/transports/clock";
import { linkTraits } from "@meterport/transports/link-traits";
import { openLink } from "@meterport/transports/open";
import { fleetKey } from "./fleet-key.ts";
import { startMeters, threadTimes } from "./many-meters.ts";
import { say } from "./measure.ts";

const [meters = 1_000, intervalSeconds = 10, seconds = 60, bridges = 50] = process.argv.slice(2, 6).map(Number);
const folder = process.argv[6];
const interval = 1_000 * intervalSeconds;
/** A set that comes later than this after the tick for it is late. */
const lateAfter = 1_000;
const megabyte = 1024 * 1024;

const metersSide = await startMeters(bridges);

collectForManyMeters();
const collect = (): void => (globalThis as { gc?: () => void }).gc?.();
collect();
const rssBefore = process.memoryUsage().rss;

interface Seen {
  first: number | undefined;
  last: number;
  sets: number;
}

let late = 0;
const seen: Seen[] = [];
const troubles = new Map<string, number>();
const shelf = { put: () => undefined };
const note = (text: string): void => {
  const kind = text.replace(/^\S+: /, "").replace(/\d+/g, "N");
  troubles.set(kind, (troubles.get(kind) ?? 0) + 1);
};
const log = { info: () => {}, warn: note, error: note };
const started = performance.now();
const key = new Secret(fleetKey);
const turns = new Turns({ clock });
let failed = 0;
const points = Array.from({ length: meters }, (_, index) => {
  const id = `m${index}`;
  const link = metersSide.link(index);
  const config: MeterConfig = {
    id,
    name: `Meter ${index}`,
    link,
    optical: false,
    pipe: link,
    key,
    keyForm: "",
    security: "auto",
    clientId: 1,
    interval,
  };
  const memory = { get: () => undefined, set: () => {} };
  const access = openMeter(config, {
    clock,
    entropy,
    log,
    traitsOf: linkTraits,
    openLink,
    securityMemory: () => memory,
  });
  const recorder = new ErrorRecorder({ id, link, clock, shelf, links: meters });
  const turn = (signal: Signal) => turns.take(linkGroup(link), signal);
  const source = superviseMeter({ name: link, ...recorder.noting(access), clock, entropy, turn });
  source.listen(recorder.linkChanged);
  const mine: Seen = { first: undefined, last: 0, sets: 0 };
  seen.push(mine);
  const came = (): void => {
    const now = performance.now();
    if (mine.first !== undefined && now - mine.last > (mine.sets === 1 ? 1.25 : 1) * interval + lateAfter) late++;
    mine.first ??= now;
    mine.last = now;
    mine.sets++;
  };
  const read: MeterSource["read"] = async (limit, keys) => {
    try {
      const reading = await source.read(limit, keys);
      came();
      return reading;
    } catch (error) {
      failed++;
      throw error;
    }
  };
  return { id, name: config.name, url: link, simulated: false, interval, source: { ...source, read } };
});

/** The links and loops alone. */
const loopsAlone = (): (() => void) => {
  const limits = limitsForFuse(undefined);
  const loops = points.map((point) => {
    const phase = phaseOf(point.id, interval);
    return new PointLoop({ ...point, phase, limits, clock, log });
  });
  return () => {
    for (const loop of loops) loop.start();
  };
};

const wholeGateway = async (data: string): Promise<() => void> => {
  const store = await openSqliteStore(data, log, clock.wall);
  const gateway = await createGateway({
    // The memories of the meters would make their process the bottleneck.
    meters: points.map((point) => ({ ...point, backFill: false, redact: async () => undefined })),
    ...{
      store,
      retention: { raw: 86_400_000, minutes: 86_400_000 },
      captures: { list: () => [], read: () => undefined },
    },
    ...{ clock, log, version: "", dashboard: "", host: "127.0.0.1", allowedHosts: [] },
  });
  return gateway.start;
};

const start = folder === undefined ? loopsAlone() : await wholeGateway(folder);
const failures = (): number => failed;
const retries = (): number => points.reduce((sum, { source }) => sum + source.status().counters.retries, 0);
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`;
const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const holds = monitorEventLoopDelay({ resolution: 10 });
holds.enable();
const cpuAtStart = process.cpuUsage();
const began = performance.now();
start();
const startTook = performance.now() - began;
while (seen.some(({ first }) => first === undefined) && performance.now() - began < 300_000) await sleep(50);
const firsts = seen.flatMap(({ first }) => (first === undefined ? [] : [first - began])).toSorted((a, b) => a - b);
const at = (share: number): string =>
  `${((firsts[Math.ceil(share * firsts.length) - 1] ?? Number.NaN) / 1000).toFixed(1)} s`;
const cpuForStart = process.cpuUsage(cpuAtStart);
const openFiles = /Max open files\s+(\d+)/.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
say(`${meters} meters behind ${bridges} bridges, one set each ${intervalSeconds} s; ${openFiles} open files allowed`);
say(
  `start: made in ${(began - started).toFixed(0)} ms, started in ${startTook.toFixed(0)} ms; first values: ${at(0.001)} first, ${at(0.5)} half, ${at(1)} all of ${firsts.length}`,
);
say(
  `  ${failures()} failed polls, ${retries()} retries; ${((cpuForStart.user + cpuForStart.system) / 1e6).toFixed(1)} s of a core; longest hold ${(holds.max / 1e6).toFixed(0)} ms`,
);
// The captures of a link are full after five minutes; this is the steady state otherwise.
await sleep(Math.max(0, interval - (performance.now() - began)));
const [failedBefore, setsBefore, lateBefore] = [failures(), seen.reduce((sum, { sets }) => sum + sets, 0), late];
holds.reset();
const threadsBefore = threadTimes();
const cpuBefore = process.cpuUsage();
const measuredFrom = performance.now();
await sleep(1000 * seconds);
const took = performance.now() - measuredFrom;
const cpu = process.cpuUsage(cpuBefore);
const threads = [...threadTimes()].map(([name, time]) => ({ name, time: time - (threadsBefore.get(name) ?? 0) }));
const sets = seen.reduce((sum, each) => sum + each.sets, 0) - setsBefore;
const expected = (meters * took) / interval;
const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
say(
  `${seconds} s: ${((cpu.user + cpu.system) / 10 / took).toFixed(1)} % of a core, ${((cpu.user + cpu.system) / 1e3 / sets).toFixed(3)} ms a set, of that ${(cpu.system / 1e3 / sets).toFixed(3)} of the system; ${sets} sets of ${expected.toFixed(0)}, ${late - lateBefore} late (${percent(sets - late + lateBefore, expected)} on time), ${failures() - failedBefore} failed polls; longest hold ${(holds.max / 1e6).toFixed(0)} ms, 99.9 %: ${(holds.percentile(99.9) / 1e6).toFixed(0)} ms`,
);
const busy = threads.filter(({ time }) => time > 0).toSorted((a, b) => b.time - a.time);
const share = ({ name, time }: { name: string; time: number }): string => `${name} ${((1e3 * time) / sets).toFixed(3)}`;
if (busy.length > 0) say(`  ms a set by thread: ${busy.map(share).join(", ")}`);
say(
  `memory: ${(rss / megabyte).toFixed(0)} MB resident, ${((rss - rssBefore) / megabyte / meters).toFixed(4)} MB a meter (heap ${(heapUsed / megabyte).toFixed(0)}, external ${(external / megabyte).toFixed(0)}, of that buffers ${(arrayBuffers / megabyte).toFixed(0)})`,
);
collect();
const after = process.memoryUsage();
if ("gc" in globalThis)
  say(
    `after a collection: ${(after.rss / megabyte).toFixed(0)} MB resident, heap ${(after.heapUsed / megabyte / meters).toFixed(4)} MB a meter`,
  );
for (const [kind, count] of [...troubles].toSorted((a, b) => b[1] - a[1]).slice(0, 8)) say(`  ${count} x ${kind}`);
if (process.env.HEAP_SNAPSHOT !== undefined) (await import("node:v8")).writeHeapSnapshot(process.env.HEAP_SNAPSHOT);
metersSide.process.disconnect();
process.exit();
