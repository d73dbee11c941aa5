/**
 * What a holder's question costs: which of its targets are due, if 100,000 are, beside reading as many targets by their keys:
 * `npm run bench -- fleet-targets [TARGETS]`. A holder asks every five seconds.
 */
import { performance } from "node:perf_hooks";
import { Database } from "@meterport/fleet/books/database";
import { makeFleet, migrate } from "@meterport/fleet/books/migrate";
import { makeCampaign, openCampaign } from "@meterport/fleet/jobs/campaign-book";
import type { NewCampaign } from "@meterport/fleet/jobs/desk";
import { readTried } from "@meterport/fleet/jobs/sql/campaigns";
import { visitBook } from "@meterport/fleet/jobs/visit-book";
import { startPostgres } from "../test/support/postgres.ts";
import { say } from "./measure.ts";
import { serverCpu, usualServer } from "./server-cpu.ts";

const [targets = 100_000] = process.argv.slice(2, 3).map(Number);
const [shards, processes, limit, hour] = [256, 4, 500, 3_600_000];
const opens = Date.UTC(2026, 10, 29);
const now = opens + hour;
const all = Array.from({ length: shards }, (_, n) => n);
const held = Array.from({ length: shards / processes }, (_, n) => n * processes);

const server = await startPostgres({ settings: usualServer });
const database = await Database.open(server.url);
const { run } = database;
const visits = visitBook((length) => new Uint8Array(length));

/** A tenth as many sites as meters, in two zones. */
const makeSites = async (): Promise<void> => {
  const sites = Math.ceil(targets / 10);
  await run(
    `INSERT INTO site (id, name, shard, zone)
      SELECT 'site-' || n, 'Site ' || n, n % $2::int, CASE WHEN n % 5 = 0 THEN 'Europe/London' ELSE 'Europe/Copenhagen' END
      FROM generate_series(1, $1::int) AS n`,
    [sites, shards],
  );
  await run(
    `INSERT INTO metering_point (id, site_id, name) SELECT 'point-' || n, 1 + n % $2::int, 'Point ' || n FROM generate_series(1, $1::int) AS n`,
    [targets, sites],
  );
  await run(
    `INSERT INTO meter (site_id, serial, point_id, link) SELECT site_id, id, point_id, 'tcp://' || id FROM metering_point ORDER BY point_id`,
    [],
  );
};

const campaign: NewCampaign = {
  ...{ name: "Month end", scope: { all: true }, reads: ["registers"], opens, closes: opens + 5 * hour },
  ...{ windows: [], priority: 5, spread: 0 },
};

interface Cost {
  readonly millis: number;
  /** Processor time of the server. */
  readonly server: number;
  readonly rows: number;
}

const times = 20;

/** The mean of some, after the plans are made. */
const costOf = async (ask: () => Promise<{ readonly length: number }>): Promise<Cost> => {
  for (let n = 0; n < 8; n++) await ask();
  const [before, began] = [await serverCpu(database), performance.now()];
  let rows = 0;
  for (let n = 0; n < times; n++) rows = (await ask()).length;
  const millis = (performance.now() - began) / times;
  return { millis, server: (1_000 * ((await serverCpu(database)) - before)) / times, rows };
};

const told = (what: string, { millis, server: cpu, rows }: Cost): void =>
  say(`${what}: ${rows} rows in ${millis.toFixed(1)} ms by the clock, ${cpu.toFixed(1)} ms of the server's processor`);

const compare = async (what: string, shardsHeld: readonly number[]): Promise<void> => {
  const due = await visits.dueTargets(run, shardsHeld, now, limit);
  const asked = await costOf(() => visits.dueTargets(run, shardsHeld, now, limit));
  told(what, asked);
  const keys = [due.map((one) => one.campaign), due.map(({ meter }) => meter)];
  const byKey = await costOf(async () => (await run(readTried, keys)).rows);
  if (due.length > 0)
    say(
      `  ${(asked.millis / byKey.millis).toFixed(1)} times as long as as many targets by their keys (${byKey.millis.toFixed(1)} ms)`,
    );
};

try {
  await migrate(database, { sleep: (time) => new Promise((resolve) => setTimeout(resolve, time)) });
  await makeFleet(database, { id: "bench", name: "Bench", shards });
  await makeSites();
  await openCampaign(database, await makeCampaign(run, campaign, "bench", opens - hour));
  say(`${targets.toLocaleString("en")} targets due, ${held.length} of ${shards} shards held, ${limit} asked for`);
  await compare("due of one campaign, just opened, one process holds all", all);
  await run("VACUUM ANALYZE", undefined);
  await compare("the same when the tables are analysed", all);
  await compare("due of one campaign", held);
  // Half of them have failed a few times, which changes their priority.
  await run("UPDATE target SET attempts = meter_id % 4, state = 'f' WHERE meter_id % 2 = 0", []);
  await openCampaign(
    database,
    await makeCampaign(run, { ...campaign, name: "Clocks", priority: 4 }, "bench", opens - hour),
  );
  await run("VACUUM ANALYZE target", undefined);
  await compare("due of two campaigns, some after failures", held);
  await run("UPDATE target SET next_at = next_at + interval '1 day' WHERE shard = ANY ($1::smallint[])", [held]);
  await run("VACUUM ANALYZE target", undefined);
  await compare("nothing due here, all due elsewhere", held);
} finally {
  await database.close();
  await server.stop();
}
