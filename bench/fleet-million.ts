/**
 * A million meters in virtual time, and what they need: `npm run bench -- fleet-million [METERS] [DAYS] [READS_A_DAY] [SEED]`. It runs the model
 * twice, without failures and with them: workers that die, half an hour without a database, dead bridges, slots that the database forgets.
 */
import { FleetModel } from "@meterport/fleet/model/fleet-model";
import { reportLines } from "@meterport/fleet/model/model-report";
import { modelOf, noFaults } from "@meterport/fleet/model/model-settings";
import { basisTable, sizingTable } from "@meterport/fleet/model/sizing";
import { say } from "./measure.ts";

const [meters = 1_000_000, days = 2, readsPerDay = 6, seed = 1] = process.argv.slice(2).map(Number);
/** For each run, seconds of one core. */
const target = 60;

const run = (title: string, faults: typeof noFaults | undefined): void => {
  const before = process.cpuUsage();
  const began = performance.now();
  const model = new FleetModel(modelOf(meters, { days, readsPerDay, seed, ...(faults && { faults }) }));
  model.run();
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1e6;
  say(`## ${title}`);
  say("");
  for (const line of reportLines(model)) say(line);
  say(
    `${cpu.toFixed(1)} s of a processor (${(cpu / target).toFixed(2)} x the target), ${((performance.now() - began) / 1_000).toFixed(1)} s by the clock, ` +
      `${(model.events / cpu / 1e6).toFixed(2)} million events/s, ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
  );
  say("");
};

run("Without failures", noFaults);
run("With failures", undefined);
say("## What fleets need, read 6 times a day");
say("");
say(sizingTable());
say("");
say("## What fleets need, read each quarter of an hour");
say("");
say(sizingTable(undefined, 96));
say("");
say("## What that is computed from");
say("");
say(basisTable());
