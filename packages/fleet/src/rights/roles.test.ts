import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { until } from "@meterport/gateway/outputs/output-world.test-kit";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { parseMeterLink } from "@meterport/transports/link-url";
import { peer } from "../../../../test/support/peers.ts";
import { audit, readAudit } from "../audit/audit.ts";
import { Books } from "../books/book.ts";
import { Database } from "../books/database.ts";
import { emptyBatch } from "../books/facts.ts";
import { FleetServer, sleep } from "../books/fleet-database.test-kit.ts";
import { type Fleet, makeFleet, migrate } from "../books/migrate.ts";
import { dropMonths, makeMonthsAhead, monthOf, monthsIn, packMonth, pruneEvents } from "../books/partitions.ts";
import { completenessIn } from "../books/queries.ts";
import { emptyDay, putFact } from "../books/slots.ts";
import { noteMeters } from "../http/intake/intake-book.ts";
import { campaignReport, makeCampaign } from "../jobs/campaign-book.ts";
import { startJobs } from "../jobs/fleet-jobs.ts";
import { visitBook } from "../jobs/visit-book.ts";
import { KeyBook } from "../keys/key-book.ts";
import { makeFleetKey } from "../keys/rotate.ts";
import { ShardEngine } from "../shards/engine.ts";
import { importSites } from "../shards/import-sites.ts";
import { sitesOf } from "../shards/sites.ts";
import { marksOf, tellMarks, tellMemories } from "../shards/told.ts";
import { type FleetRole, fleetRoles, tableRights } from "./grants.ts";
import { makeRoles, prefixOf, type RoleLogin } from "./roles.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();

const fleet: Fleet = { id: "north", name: "North", shards: 16 };
const key = new Secret(new Uint8Array(32).fill(7));
const now = Date.UTC(2026, 10, 29);
const csv = {
  name: "sites.csv",
  text: "site,zone,serial,link,point\npark,Europe/Vienna,7001,tcp://10.0.0.1:4059,hall\n",
};
const channel = { point: "hall", name: "energy_import_wh", tier: 0, step: 900, phase: 0, digits: 0 } as const;

const open: Database[] = [];
let owner: Database;
let logins: readonly RoleLogin[];
const by = {} as Record<FleetRole, Database>;
const urls = {} as Record<FleetRole, string>;

const urlOf = async (name: string, password: string, schema: string): Promise<string> => {
  const url = new URL((await servers.server()).url);
  url.username = name;
  url.password = password;
  return `${url}?schema=${schema}`;
};

const asUser = async (name: string, password: string, schema: string): Promise<Database> => {
  const database = await Database.open(await urlOf(name, password, schema));
  open.push(database);
  return database;
};

const startEngine = (database: Database): Promise<ShardEngine> =>
  ShardEngine.start({ place: database.place, clock: systemClock, onProblem: () => {} });

const refused = async (database: Database, ...texts: readonly string[]): Promise<void> => {
  for (const text of texts)
    await assert.rejects(
      database.run(text),
      (error) => error instanceof UsageError && error.code === "store-rights",
      text,
    );
};

describe("the logins of a fleet's roles", { skip: skip === undefined ? false : skip }, () => {
  before(async () => {
    const server = await servers.server();
    // Not a superuser, as a utility's own administrator gives it.
    server.sql("CREATE ROLE utility LOGIN CREATEROLE PASSWORD 'secret'");
    server.sql("GRANT CREATE ON DATABASE postgres TO utility");
    owner = await asUser("utility", "secret", "north");
    await migrate(owner, { sleep });
    await makeFleet(owner, fleet);
    await makeFleetKey(owner, fleet, key, systemEntropy);
    const engine = await startEngine(owner);
    await engine.stop();
    logins = await makeRoles(owner, fleet, "north", systemEntropy);
    for (const { role, login, password = "" } of logins) {
      urls[role] = await urlOf(login, password, "north");
      by[role] = await asUser(login, password, "north");
    }
    await importSites(owner, csv, { checkLink: parseMeterLink });
    const book = await KeyBook.of(owner.run, fleet, [key], systemEntropy);
    await book.seal(owner.run, new Map([["7001", "0123456789abcdef"]]));
  });
  after(async () => {
    await Promise.all(open.map((database) => database.close()));
    await servers.stop();
  });

  test("each table of the schema says what each role may do with it", async () => {
    const { rows } = await owner.run(
      "SELECT relname FROM pg_class WHERE relnamespace = 'north'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition",
    );
    assert.deepEqual(
      rows.map(({ relname }) => String(relname)).filter((name) => !(name in tableRights)),
      [],
    );
  });

  test("read holds shards, opens keys and books, and can do nothing else", async () => {
    const { read } = by;
    const engine = await startEngine(read);
    await engine.offer(16);
    const claims = await engine.take(4);
    assert.equal(claims.length, 4);
    assert.equal((await engine.keep(claims)).size, 4);
    await engine.sayAlive({ holder: "a", address: "http://a", version: "1" });
    assert.equal((await engine.holders()).length, 1);
    await engine.free(claims);
    await engine.stop();
    assert.equal((await sitesOf(read.run, [...Array(16).keys()])).length, 1);
    const book = await KeyBook.of(read.run, fleet, [key], systemEntropy);
    assert.equal((await book.open(read.run, ["7001"])).keys.size, 1);
    const slots = emptyDay(channel.step);
    putFact(slots, 3, { raw: 17, rank: "9", bits: 0 });
    const batch = { ...emptyBatch("worker", 1), days: [{ channel, day: "2026-09-28", slots }] };
    assert.equal((await new Books(read).book(batch)).days, 1);
    assert.equal(await tellMemories(read.run, [{ point: "hall", keptFor: 5_184_000_000 }]), 1);
    await tellMarks(read.run, "event-log", [{ point: "hall", mark: "to 17" }]);
    assert.deepEqual(await marksOf(read.run, "event-log", ["hall"]), [{ point: "hall", mark: "to 17" }]);
    await refused(
      read,
      "SELECT audit_append('anna', 'read', 'null')",
      "SELECT * FROM audit",
      "INSERT INTO audit SELECT * FROM audit",
      "UPDATE meter_key SET sealed = ''",
      "DELETE FROM fleet_key",
      "UPDATE site SET paused_until = now()",
      "DELETE FROM profile_day",
      "DELETE FROM meter",
      "SELECT * FROM fleet_key FOR UPDATE",
      "INSERT INTO chosen_day SELECT * FROM chosen_day",
      "TRUNCATE profile_day",
      "DROP TABLE profile_day_2026_09",
      "CREATE TABLE own (a int)",
      "CREATE ROLE friend",
      "SET ROLE north_months",
    );
  });

  test("jobs works on days, makes and drops months, and sees no key", async () => {
    const { jobs } = by;
    const lines: string[] = [];
    const folder = mkdtempSync(join(tmpdir(), "meterport-exports-"));
    const running = await startJobs({
      ...{ url: urls.jobs, fleet: "north", name: "jobs-1", clock: systemClock, log: (line) => void lines.push(line) },
      ...{ pollSeconds: 0.5, firstPause: 1, chance: () => 0, folder },
    });
    const done = "SELECT job FROM job_mark WHERE job IN ('gap-scan', 'partition', 'retention', 'report')";
    await until("each job was done once", async () => (await jobs.run(`${done} GROUP BY job`)).count === 4, 30_000);
    await running.stop();
    rmSync(folder, { recursive: true });
    assert.deepEqual(
      lines.filter((line) => /does not permit/.test(line)),
      [],
    );
    await makeMonthsAhead(jobs, now);
    assert.ok((await monthsIn(jobs.run)).of.get("block")?.has(monthOf(now)));
    assert.equal(await packMonth(jobs, "profile_day", monthOf(now)), true);
    assert.deepEqual(await dropMonths(jobs, "profile_day", { before: Date.UTC(2026, 9, 1) }), ["profile_day_2026_09"]);
    assert.equal(await pruneEvents(jobs, now), 0);
    await jobs.run("INSERT INTO target SELECT * FROM target");
    await refused(
      jobs,
      "SELECT audit_append('anna', 'export', 'null')",
      "SELECT * FROM meter_key",
      "SELECT * FROM fleet_key",
      "SELECT * FROM audit",
      "UPDATE profile_day SET raw = '{}'",
      "DELETE FROM profile_day",
      "DELETE FROM site",
      "DROP TABLE profile_day",
      "ALTER TABLE chosen_day ADD COLUMN own int",
      "CREATE TABLE own (a int)",
    );
  });

  test("api imports, asks and writes down what people did, and never sees a key", async () => {
    const { api } = by;
    const moved = { ...csv, text: `${csv.text}park,,7002,tcp://10.0.0.2:4059,flat\n` };
    assert.deepEqual((await importSites(api, moved, { checkLink: parseMeterLink })).added, ["7002"]);
    await api.run("UPDATE site SET paused_until = now()");
    const read = { name: "Read", scope: { points: ["hall"] }, reads: ["registers"], windows: [], spread: 0 } as const;
    const wanted = { ...read, opens: now, closes: now + 900_000, priority: 9 };
    const id = await api.transaction((run) => makeCampaign(run, wanted, "anna", now));
    assert.equal((await campaignReport(api.run, id))?.state, "open", "no job is needed for it");
    assert.equal((await completenessIn(api.run, { month: 11, year: 2026, now, grace: 0 })).length, 2);
    // What gateways elsewhere bring, and are asked for.
    await api.run("UPDATE site SET paused_until = NULL");
    await noteMeters(api.run, ["hall"]);
    const visits = visitBook(systemEntropy);
    const [due] = await visits.dueAt(api.run, ["hall"], now + 1, 10);
    assert.deepEqual([due?.campaign, due?.point], [id, "hall"]);
    const attempt = { event: "read", reason: null } as const;
    await visits.settle(api.run, [{ campaign: id, meter: due?.meter ?? 0, attempt, attempts: 0 }], now + 2);
    assert.equal((await campaignReport(api.run, id))?.counts.done, 1);
    await audit(api.run, { who: "anna", what: "import" });
    assert.deepEqual(
      (await readAudit(api.run, 1)).map(({ who, what }) => [who, what]),
      [["anna", "import"]],
    );
    await refused(
      api,
      "SELECT * FROM meter_key",
      "SELECT sealed FROM meter_key",
      "SELECT * FROM fleet_key",
      "UPDATE audit SET who = 'eve'",
      "DELETE FROM audit",
      "INSERT INTO audit SELECT * FROM audit",
      "DELETE FROM site",
      "UPDATE holder SET address = 'http://eve'",
      "UPDATE export_plan SET spec = '{}'",
      "INSERT INTO export_plan (name, spec, by, made) VALUES ('eve', '{}', 'eve', now())",
      "INSERT INTO north_jobs.job SELECT * FROM north_jobs.job",
      "SET ROLE north_months",
      "CREATE TABLE own (a int)",
    );
  });

  test("the same again changes nothing, and new tables get their rights", async () => {
    assert.equal(await prefixOf(owner.run, fleet), "north");
    // As a later migration does.
    await owner.run("ALTER TABLE profile_day ADD COLUMN later int");
    await owner.run("REVOKE ALL ON site FROM north_api");
    await owner.run("GRANT EXECUTE ON FUNCTION audit_append TO north_read");
    const again = await makeRoles(owner, fleet, "north", systemEntropy);
    assert.deepEqual(
      again.map(({ role, password }) => [role, password]),
      fleetRoles.map((role) => [role, undefined]),
    );
    assert.equal((await by.api.run("SELECT 1 FROM site")).count, 1);
    await refused(by.read, "SELECT audit_append('anna', 'read', 'null')");
  });

  test("logins of another fleet are left alone", async () => {
    const south = await asUser("utility", "secret", "south");
    await migrate(south, { sleep });
    await makeFleet(south, { ...fleet, id: "south", name: "South" });
    await assert.rejects(
      makeRoles(south, { ...fleet, id: "south", name: "South" }, "north", systemEntropy),
      /has a login north_months that is not of the fleet "South" \(south\): give its logins other names with --roles NAME/,
    );
    await assert.rejects(makeRoles(south, fleet, 'a"; --', systemEntropy), /lower-case letters, digits and _/);
    assert.equal(await prefixOf(south.run, { ...fleet, id: "south" }), undefined);
  });
});
