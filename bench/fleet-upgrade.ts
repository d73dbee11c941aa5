/**
 * A fleet is upgraded while it reads: `npm run bench -- fleet-upgrade FOLDER VERSION`. FOLDER is a checkout of an older Meterport with its packages
 * installed, VERSION the number of the tables that it makes. Its processes go on beside the new tables, and beside a process of this version; each is
 * killed once. Every interval that is booked is compared with its meter, and clients that meet at a meter are counted.
 */
import { join, resolve } from "node:path";
import { FleetServer, sleep } from "@meterport/fleet/books/fleet-database.test-kit";
import { makeFleet, migrate, migrations } from "@meterport/fleet/books/migrate";
import { FleetProcess } from "@meterport/fleet/serve/fleet-daemon.test-kit";
import {
  bookedOf,
  bookMeters,
  type CountedMeter,
  countedMeter,
  judge,
  untilSo,
} from "@meterport/fleet/serve/fleet-meters.test-kit";
import { say } from "./measure.ts";

const [folder = ".", version = migrations.length - 1] = [process.argv[2], Number(process.argv[3])];
const program = join(resolve(folder), "packages/cli/bin/meterport.mjs");
/** Slots of two days of memory. */
const leastSlots = 185;
const patience = 300_000;
/** What a holder has read may still be on its way. */
const settling = 60_000;

const servers = new FleetServer();
const database = await servers.connect();
const url = `${(await servers.server()).url}?schema=${database.place.schema}`;
const oldOnes = ["old-1", "old-2"].map((name) => new FleetProcess(name, url, { program }));
const newOnes = ["new-1", "new-2"].map((name) => new FleetProcess(name, url));
const [oldOne, oldTwo] = oldOnes as [FleetProcess, FleetProcess];
const [newOne, newTwo] = newOnes as [FleetProcess, FleetProcess];
const meters: CountedMeter[] = [];

const booked = (some: readonly CountedMeter[]): Promise<void> =>
  untilSo("the memory of all meters is booked", patience, async () => {
    const of = await bookedOf(database);
    return some.every(({ id }) => (of.get(id) ?? 0) >= leastSlots);
  });
const bringMeters = async (count: number): Promise<readonly CountedMeter[]> => {
  const fresh: CountedMeter[] = [];
  for (let n = 0; n < count; n++) fresh.push(await countedMeter(meters.length + n));
  meters.push(...fresh);
  await bookMeters(database, fresh);
  return fresh;
};
const addMeters = async (count: number): Promise<void> => booked(await bringMeters(count));
const takeover = async (victim: FleetProcess): Promise<string> => {
  const began = performance.now();
  await victim.kill();
  await sleep(1_000);
  const lost = meters.filter((meter) => meter.clients() === 0);
  await untilSo("each meter has a client again", patience, () => lost.every((meter) => meter.clients() > 0));
  return `${lost.length} meters have a client again after ${((performance.now() - began) / 1_000).toFixed(1)} s`;
};

try {
  await migrate(database, { sleep, steps: migrations.slice(0, version) });
  await makeFleet(database, { id: "test", name: "Test", shards: 16 });
  // With the key of the fleet, without which no process starts.
  const first = await bringMeters(12);
  await Promise.all(oldOnes.map((each) => each.start()));
  await booked(first);
  say(`12 meters are read by two processes of the older version, on tables of version ${version}`);
  const began = performance.now();
  await migrate(database, { sleep });
  say(
    `tables of version ${migrations.length} after ${((performance.now() - began) / 1_000).toFixed(1)} s, beside them`,
  );
  await addMeters(6);
  say("6 more are read by them on the new tables");
  await newOne.start();
  await addMeters(3);
  say("3 more are read beside a process of this version");
  say(`old-1 is killed: ${await takeover(oldOne)}`);
  await newTwo.start();
  say(`new-1 is killed: ${await takeover(newOne)}`);
  await newOne.start();
  say(`old-2 ends as a service manager ends it, with exit code ${await oldTwo.stop()}`);
  await addMeters(3);
  say("3 more are read by processes of this version alone");
  const refusal = await oldOne.start().then(
    () => "it started",
    (error: unknown) => /meterport: (.*)/.exec(String(error))?.[1] ?? String(error),
  );
  say(`old-1 is started again: ${refusal}`);
  let judged = await judge(database, meters);
  for (const end = performance.now() + settling; judged.lost > 0 && performance.now() < end; ) {
    await sleep(1_000);
    judged = await judge(database, meters);
  }
  const sum = (of: (meter: CountedMeter) => number): number => meters.reduce((total, meter) => total + of(meter), 0);
  say(
    `${judged.right} intervals right, ${judged.lost} lost, ${judged.wrong} wrong, ${judged.doubled} doubled; ${sum((meter) => meter.crossed())} of ${sum((meter) => meter.requests())} requests by two clients at once`,
  );
} catch (error) {
  process.stderr.write([...oldOnes, ...newOnes].map(({ log }) => log.slice(-5_000)).join(""));
  throw error;
} finally {
  await Promise.all([...oldOnes, ...newOnes].map((each) => each.remove()));
  await Promise.all(meters.map((meter) => meter.close()));
  await servers.stop();
}
process.exit();
