import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { until } from "@meterport/gateway/outputs/output-world.test-kit";
import { usualRetention } from "@meterport/gateway/settings/fleet-settings";
import { systemClock } from "@meterport/transports/clock";
import { peer } from "../../../../test/support/peers.ts";
import type { Database } from "../books/database.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { migrations } from "../books/migrate.ts";
import { campaignReport, makeCampaign } from "./campaign-book.ts";
import type { Duty } from "./duty.ts";
import { type JobsOptions, type RunningJobs, startJobs } from "./fleet-jobs.ts";
import { addSites, book, dayMillis, profileDay } from "./job-world.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const begin = Date.UTC(2026, 10, 29, 12);
const hour = 3_600_000;

/** Processes with the role `jobs`. What is due goes by a clock that the test sets. */
class TestJobs {
  now = begin;
  readonly lines: string[] = [];
  readonly #running: RunningJobs[] = [];
  readonly #database: Database;

  constructor(t: TestContext, database: Database) {
    this.#database = database;
    t.after(() => Promise.all(this.#running.map((jobs) => jobs.stop())));
  }

  async start(more: readonly Duty[] = [], settings: Partial<JobsOptions> = {}): Promise<RunningJobs> {
    const { url } = await servers.server();
    const name = `jobs-${this.#running.length + 1}`;
    const jobs = await startJobs(
      {
        ...{ url: `${url}?schema=${this.#database.place.schema}`, fleet: "test", name, clock: systemClock },
        ...{
          pollSeconds: 0.5,
          firstPause: 1,
          now: async () => this.now,
        },
        log: (line) => void this.lines.push(`${name}: ${line}`),
        ...settings,
      },
      () => more,
    );
    this.#running.push(jobs);
    return jobs;
  }

  /** Has everybody look for what is due until something is so. */
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    return until(
      what,
      async () => {
        await Promise.all(this.#running.map((jobs) => jobs.look()));
        return holds();
      },
      60_000,
    );
  }

  count(pattern: RegExp): number {
    return this.lines.filter((line) => pattern.test(line)).length;
  }
}

const marks = async ({ run }: Database, job: string): Promise<number> =>
  (await run("SELECT 1 FROM job_mark WHERE job = $1", [job])).count;

test("two processes scan for gaps, open and close campaigns, make months, and do each once", { skip }, async (t) => {
  const database = await servers.fleet();
  await addSites(database, [{ id: "a", shard: 3, meters: 2 }]);
  await book(database, { days: [80, 78].map((n) => profileDay("a-1", begin - (begin % dayMillis) - n * dayMillis)) });
  const campaign = {
    name: "Month end",
    scope: { all: true },
    reads: ["registers"],
    windows: [],
    priority: 5,
    spread: 0,
  } as const;
  const id = await makeCampaign(
    database.run,
    { ...campaign, opens: begin, closes: begin + hour },
    "anna",
    begin - hour,
  );
  const world = new TestJobs(t, database);
  await Promise.all([world.start(), world.start()]);
  await world.until("all shards are scanned", async () => (await marks(database, "gap-scan-whole")) === 16);
  for (const job of ["report", "partition", "retention"])
    await world.until(`the job ${job} is done`, async () => (await marks(database, job)) === 1);
  await world.until("the campaign is open", async () => (await campaignReport(database.run, id))?.state === "open");
  await world.until("it is told", () => world.count(/campaign 1 has its targets/) === 1);
  assert.equal(
    world.count(/shard 3: \d+ intervals are in no meter's memory any more, such as a-1, energy_import_wh, 2026-09-11/),
    1,
  );
  assert.equal(world.count(/2026-11-28: 2 points/), 1);
  const { rows } = await database.run("SELECT 1 FROM pg_class WHERE relname = 'vee_day_2027_02' AND relkind = 'r'");
  assert.equal(rows.length, 1);

  world.now += hour;
  await world.until(
    "the campaign is closed",
    async () => (await campaignReport(database.run, id))?.counts.expired === 2,
  );
  await world.until("it is told", () => world.count(/campaign 1 is over; 2 of its targets were not read/) === 1);
});

test("a campaign of more meters than one transaction makes targets for is open soon, and not with the next look", {
  skip,
}, async (t) => {
  const database = await servers.fleet();
  await addSites(database, [{ id: "a", meters: 5_001 }]);
  const lines: string[] = [];
  const jobs = await startJobs({
    ...{ url: `${(await servers.server()).url}?schema=${database.place.schema}`, fleet: "test", name: "jobs-1" },
    ...{ clock: systemClock, log: (line) => void lines.push(line) },
  });
  t.after(() => jobs.stop());
  const [now, hourLater] = [Date.now(), Date.now() + hour];
  await until("the first look is over", async () => (await marks(database, "report")) === 1, 60_000);
  const wanted = {
    name: "All",
    scope: { all: true },
    reads: ["registers"],
    windows: [],
    priority: 5,
    spread: 0,
  } as const;
  const begun = performance.now();
  const id = await database.transaction((run) =>
    makeCampaign(run, { ...wanted, opens: now, closes: hourLater }, "anna", now),
  );
  assert.equal((await campaignReport(database.run, id))?.state, "planned");
  await until("it is open", async () => (await campaignReport(database.run, id))?.state === "open", 60_000);
  t.diagnostic(`open after ${Math.round(performance.now() - begun)} ms`);
  // Looks are 20 s apart, and the first one has just been.
  assert.ok(performance.now() - begun < 12_000);
  assert.equal((await campaignReport(database.run, id))?.counts.waiting, 5_001);
});

test("gaps and what is kept go by the settings", { skip }, async (t) => {
  const database = await servers.fleet();
  await addSites(database, [{ id: "a", meters: 1 }]);
  const today = begin - (begin % dayMillis);
  await book(database, { days: [50, 48].map((n) => profileDay("a-1", today - n * dayMillis)) });
  await database.run(
    `INSERT INTO event (point_id, event_id, at, kind, origin, detail, stored)
      SELECT point_id, n::text, $1::timestamptz - n * interval '1 day', 'x', 'gateway', '{}', $1 FROM metering_point, generate_series(1, 40) AS n`,
    [new Date(begin).toISOString()],
  );
  const world = new TestJobs(t, database);
  const gaps = { grace: 6 * hour, memory: 49 * dayMillis, reach: 100 * dayMillis };
  await world.start([], { gaps, retention: { ...usualRetention, events: 30 * dayMillis } });
  await world.until("all shards are scanned", async () => (await marks(database, "gap-scan-whole")) === 16);
  await world.until("old events are deleted", async () => (await marks(database, "retention")) === 1);
  // Half of the first day that is missing is within the memory of 49 days.
  assert.equal(world.count(/shard 0: 48 intervals are in no meter's memory any more, such as a-1/), 1);
  assert.equal((await database.run("SELECT 1 FROM event")).count, 30);
});

test("a job that throws is told once and tried again, in any process", { skip }, async (t) => {
  const database = await servers.fleet();
  const world = new TestJobs(t, database);
  let tries = 0;
  const duty: Duty = {
    name: "odd",
    atOnce: 1,
    due: async () => (tries < 3 ? ["7"] : []),
    perform: async () => {
      tries++;
      if (tries < 3) throw new Error("the disk is full");
    },
  };
  await world.start([duty]);
  await world.start([duty]);
  await world.until("it was done in the end", () => tries === 3);
  const told = world.lines.filter((line) => line.includes("odd 7"));
  assert.ok(told.length >= 1 && new Set(told).size === told.length, told.join("\n"));
  assert.match(told[0] ?? "", /the job odd 7 failed and is tried again later: the disk is full/);
});

test("while the database is away one sentence says so, and it goes on afterwards", { skip }, async (t) => {
  const database = await servers.fleet();
  const server = await servers.server();
  const lines: string[] = [];
  let done = 0;
  const duty: Duty = {
    ...{ name: "odd", atOnce: 1, due: async () => (done === 0 ? ["7"] : []) },
    perform: async () => void done++,
  };
  const jobs = await startJobs(
    {
      ...{ url: `${server.url}?schema=${database.place.schema}`, fleet: "test", name: "jobs-1", clock: systemClock },
      ...{ pollSeconds: 0.5, log: (line) => void lines.push(line) },
    },
    () => [duty],
  );
  t.after(() => jobs.stop());
  await until("it was done", () => done === 1);
  assert.equal(jobs.ready().problem, null);
  await server.kill();
  try {
    done = 0;
    await jobs.look();
    await jobs.look();
    assert.equal(
      lines.filter((line) => /what is due is not known: .*127\.0\.0\.1/.test(line)).length,
      1,
      lines.join("\n"),
    );
  } finally {
    await server.start();
  }
  await until(
    "it is done again",
    async () => {
      await jobs.look();
      return done === 1;
    },
    30_000,
  );
  assert.equal(lines.filter((line) => line === "what is due is known again").length, 1);
});

test("a database of another version or another fleet is refused with a sentence", { skip }, async () => {
  const database = await servers.fleet();
  const { url } = await servers.server();
  const options = {
    ...{ url: `${url}?schema=${database.place.schema}`, name: "jobs-1", log: () => {} },
    ...{ clock: { now: () => 0, wall: () => 0, at: () => () => {} } },
  };
  await assert.rejects(startJobs({ ...options, fleet: "north" }), /belongs to the fleet "Test" \(test\), not to north/);
  await database.run("INSERT INTO fleet_migration (version) VALUES ($1)", [migrations.length + 1]);
  await assert.rejects(startJobs({ ...options, fleet: "test" }), /was written by a newer Meterport/);
  await database.run("DELETE FROM fleet_migration WHERE version >= $1", [migrations.length]);
  await assert.rejects(startJobs({ ...options, fleet: "test" }), /was written by an older Meterport/);
});
