/**
 * The daemon as it was before it read thousands of meters, for `fleet-ratio.ts`: `node bench/fleet-before.ts FOLDER METERS INTERVAL_S SECONDS DATA`.
 * FOLDER is a checkout of commit 386b4b02 with its packages installed, DATA an empty folder for its store.
 */
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { fleetKey } from "./fleet-key.ts";
import { startMeters } from "./many-meters.ts";
import { say } from "./measure.ts";

type Make<T = unknown> = (...given: readonly unknown[]) => T;
interface Source {
  readonly listen: (listener: unknown) => void;
  readonly read: (...given: readonly unknown[]) => Promise<unknown>;
}

const [folder = ".", meters = 5_000, intervalSeconds = 10, seconds = 40, data = "."] = [
  process.argv[2],
  ...process.argv.slice(3, 6).map(Number),
  process.argv[6],
] as [string, number, number, number, string];
const bridges = 50;
const interval = 1_000 * intervalSeconds;
const day = 86_400_000;

/** What a module of that checkout has by this name. */
const old = async <T>(path: string, name: string): Promise<T> => {
  const address = pathToFileURL(join(resolve(folder), "packages", path)).href;
  return ((await import(address)) as Readonly<Record<string, unknown>>)[name] as T;
};

const clock = await old<{ readonly wall: () => number }>("transports/src/clock.ts", "systemClock");
const entropy = await old("transports/src/clock.ts", "systemEntropy");
const traitsOf = await old("transports/src/link-traits.ts", "linkTraits");
const openLink = await old<Make>("transports/src/open.ts", "openLink");
const Secret = await old<new (key: Uint8Array) => unknown>("protocol/src/security/key.ts", "Secret");
const ErrorRecorder = await old<
  new (
    options: unknown,
  ) => { readonly noting: Make<object>; readonly linkChanged: unknown }
>("gateway/src/error-recorder.ts", "ErrorRecorder");
const superviseMeter = await old<Make<Source>>("gateway/src/meter-link.ts", "superviseMeter");
const openMeter = await old<Make>("gateway/src/open-meter.ts", "openMeter");
const createGateway = await old<Make<{ readonly start: () => void }>>("gateway/src/gateway.ts", "createGateway");
const openSqliteStore = await old<Make>("gateway/src/sqlite-store.ts", "openSqliteStore");

const metersSide = await startMeters(bridges);
const log = { info: () => {}, warn: () => {}, error: () => {} };
const key = new Secret(fleetKey);
const securityMemory = () => ({ get: () => undefined, set: () => {} });
const known = new Set<string>();
let [sets, failed] = [0, 0];
const all = Array.from({ length: meters }, (_, index) => {
  const [id, link] = [`m${index}`, metersSide.link(index)];
  const config = { id, name: id, link, pipe: link, optical: false, key, keyForm: "", security: "auto", clientId: 1 };
  const open: Make = (url, signal, baud) => openLink(url, signal, baud, {});
  const access = openMeter({ ...config, interval }, { clock, entropy, log, traitsOf, openLink: open, securityMemory });
  const recorder = new ErrorRecorder({ id, link, clock, shelf: { put: () => undefined } });
  const source = superviseMeter({ name: link, ...recorder.noting(access), clock, entropy });
  source.listen(recorder.linkChanged);
  const read: Source["read"] = async (...given) => {
    try {
      const reading = await source.read(...given);
      sets++;
      known.add(id);
      return reading;
    } catch (error) {
      failed++;
      throw error;
    }
  };
  const redact = async (): Promise<undefined> => undefined;
  return { id, name: id, url: link, simulated: false, interval, source: { ...source, read }, redact };
});
const store = openSqliteStore(data, { raw: 2 * day, minutes: 1_825 * day }, log, clock.wall());
const captures = { list: () => [], read: () => undefined };
const served = { version: "", dashboard: "", host: "127.0.0.1", allowedHosts: [] };
const gateway = createGateway({ meters: all, store, captures, clock, log, ...served });
const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

const began = performance.now();
gateway.start();
while (known.size < meters && performance.now() - began < 300_000) await sleep(50);
const startTook = (performance.now() - began) / 1_000;
await sleep(interval);
const [setsBefore, cpuBefore, from] = [sets, process.cpuUsage(), performance.now()];
await sleep(1_000 * seconds);
const { user, system } = process.cpuUsage(cpuBefore);
const took = performance.now() - from;
say(
  `${seconds} s: ${((user + system) / 10 / took).toFixed(1)} % of a core, ${((user + system) / 1e3 / (sets - setsBefore)).toFixed(3)} ms a set; ${(process.memoryUsage().rss / 1024 / 1024).toFixed(0)} MB resident; all of ${known.size} have a value after ${startTook.toFixed(0)} s, ${failed} failed polls`,
);
metersSide.process.disconnect();
process.exit();
