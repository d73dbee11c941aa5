import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@meterport/transports/clock";
import { peer } from "../../../../../test/support/peers.ts";
import { type Server, startPostgres } from "../../../../../test/support/postgres.ts";
import { type Ran, runCli, type World } from "../../testing/run-cli.ts";

const { skip } = peer("pg_createcluster");
const key = "0123456789abcdef";
const head = "site,zone,serial,link,point,key";
const csv = [
  head,
  `park,Europe/Vienna,7001,tcp://10.0.0.1:4059,hall,${key}`,
  "park,,7002,tcp://10.0.0.1:4060,shop,",
  "mill,UTC,7003,tcp://10.0.0.2:4059,mill,",
].join("\n");

let server: Server;
let url: string;
const written = new Map<string, string>();

/** With the files that earlier commands wrote. */
const run = (words: string, more: World = {}): Promise<Ran> => {
  const files = { ...Object.fromEntries(written), "sites.csv": csv, url: `${url}\n`, ...more.files };
  const env = { METERPORT_FLEET_DATABASE: "@url", METERPORT_FLEET_KEY: "@fleet.key", ...more.env };
  return runCli(["fleet", ...words.split(" ")], { clock: systemClock, ...more, files, written, env });
};

const json = async (words: string, more: World = {}): Promise<unknown> => {
  const { code, out, err } = await run(`${words} --json`, more);
  assert.equal(code, 0, err);
  return JSON.parse(out);
};

describe("meterport fleet", { skip: skip === undefined ? false : skip }, () => {
  before(async () => {
    server = await startPostgres();
    url = `${server.url}?schema=north`;
  });
  after(() => server.stop());

  test("refuses what it does not understand before it connects", async () => {
    for (const [words, complaint] of [
      ["key", /takes one of these words: set, check, rotate/],
      ["key burn", /takes one of these words/],
      ["pause", /needs a word: meterport fleet pause SITE/],
      ["status now", /takes no more words/],
      ["status --until 3h", /--until is for meterport fleet pause: leave it out/],
      ["key rotate", /needs --new-key-file FILE, and at the end --finish/],
      ["init --shards 0", /--shards must be a whole number from 1 to 4096/],
      ["pause park --until 2020-01-01", /--until is over already/],
      ["audit verify --noted 3", /--noted must be what audit verify printed/],
    ] as const) {
      const { code, out, err } = await run(words, {
        env: { METERPORT_FLEET_DATABASE: "postgres://nobody@127.0.0.1:1/x" },
      });
      assert.deepEqual([code, out], [2, ""], words);
      assert.match(err, complaint, words);
    }
    const nowhere = await run("status", { env: { METERPORT_FLEET_DATABASE: "", METERPORT_FLEET_KEY: "" } });
    assert.match(nowhere.err, /which fleet\? give --database postgres:/);
    const away = await run("status", { env: { METERPORT_FLEET_DATABASE: "postgres://nobody:hush@127.0.0.1:1/x" } });
    assert.deepEqual([away.code, away.out], [1, ""]);
    assert.match(away.err, /^meterport: the database postgres:\/\/nobody@127\.0\.0\.1:1\/x cannot be reached/);
    assert.match((await run("status")).err, /has no fleet in the schema north: run meterport fleet init/);
  });

  test("makes a fleet with its key and its logins, once", async () => {
    const { code, out, err } = await run("init North --shards 16 --roles");
    assert.equal(code, 0, err);
    assert.match(err, /^meterport: fleet\.key is new and opens the keys of all meters: keep a copy/m);
    assert.match(err, /the login north_api is new; its address is in north_api\.database, and nowhere else/);
    assert.match(out, /^fleet:\n {2}id: north-07070707\n {2}database: '@north_read\.database'\n {2}key: '@fleet\.key'/);
    assert.match(written.get("fleet.key") ?? "", /^[0-9a-f]{64}\n$/);
    const login = new URL((written.get("north_jobs.database") ?? "").trim());
    assert.deepEqual([login.username, login.search], ["north_jobs", "?schema=north"]);
    assert.equal((await run("audit verify", { files: { url: String(login) } })).code, 2, "jobs sees no audit log");
    assert.doesNotMatch(out + err, new RegExp(login.password));
    const again = await json("init");
    assert.deepEqual(again, {
      ...{ id: "north-07070707", name: "North", shards: 16, made: false, key_file: "fleet.key" },
      version: (again as { readonly version: number }).version,
      logins: ["read", "jobs", "api"].map((role) => ({ role, login: `north_${role}`, file: null })),
    });
    // Restored on another server: the addresses of the old logins lie there still.
    for (const role of ["read", "jobs", "api"]) server.sql(`DROP OWNED BY north_${role}; DROP ROLE north_${role}`);
    const before = new Map(written);
    const other = await run("init --roles");
    assert.match(other.err, /no login north_read, .* north_read\.database, which exists: move that file away and run/);
    assert.equal(server.sql("SELECT count(*) FROM pg_roles WHERE rolname = 'north_read'"), "0");
    assert.deepEqual(written, before);
    for (const role of ["read", "jobs", "api"]) written.delete(`north_${role}.database`);
    assert.equal((await run("init")).code, 0);
    assert.ok(written.has("north_api.database"));
    assert.match((await run("init --shards 8")).err, /has 16 shards, not 8/);
    written.set("other.key", "00".repeat(32));
    const wrong = await run("init --key-file other.key");
    assert.match(wrong.err, /is not that of the fleet "North"/);
  });

  test("imports all of a file or nothing, and shows no key", async () => {
    const bad = `${csv}\nmill,,7004,tcp://10.0.0.2:4059,mill2,short\n`;
    const refused = await run("import sites.csv", { files: { "sites.csv": bad } });
    assert.deepEqual([refused.code, refused.out], [2, ""]);
    assert.match(refused.err, /sites\.csv:5: key is wrong: the key has 5 characters/);
    assert.match(
      (await run("import sites.csv", { env: { METERPORT_FLEET_KEY: "" } })).err,
      /the fleet's key is needed: give --key-file/,
    );
    const dry = await run("import sites.csv --dry-run");
    assert.equal(
      dry.out,
      "3 meters to add at 2 new sites, 0 to change, 0 unchanged, 1 key to seal; nothing was changed\n",
    );
    const done = await run("import sites.csv");
    assert.equal(done.out, "3 meters added at 2 new sites, 0 changed, 0 unchanged, 1 key sealed\n");
    const moved = { "sites.csv": `${head}\nmill,,7001,tcp://10.0.0.1:4059,hall,\n` };
    assert.match(
      (await run("import sites.csv", { files: moved })).err,
      /serial hangs at site park, and at mill here: allow moves/,
    );
    assert.match(
      (await run("import sites.csv --move --dry-run", { files: moved })).out,
      /^move 7001 from park to mill\n/,
    );
    assert.doesNotMatch(server.sql("SELECT string_agg(m::text, ' ') FROM north.meter_key m"), new RegExp(key));
  });

  test("plans an export, changes it, and tells all that is wrong with one", async () => {
    const plan = {
      ...{ name: "park-daily", scope: { sites: ["park"] }, zone: "Europe/Vienna", format: { kind: "csv-long" } },
      schedule: { every: "day", minute: 300, correctionsBack: 7 },
      target: { kind: "folder", folder: "/srv/exports" },
    };
    const planned = (more: object) =>
      run("export plan.json", { files: { "plan.json": JSON.stringify({ ...plan, ...more }) } });
    const done = await planned({});
    assert.equal(
      done.out,
      "export 1, park-daily, is planned; a process with the role jobs makes its files\n",
      done.err,
    );
    assert.match((await planned({ zone: "UTC" })).out, /^export 1,/);
    assert.equal(server.sql("SELECT count(*) || ' ' || min(spec->>'zone') FROM north.export_plan"), "1 UTC");
    assert.equal(
      server.sql("SELECT about::json->>'name' FROM north.audit WHERE what = 'export' LIMIT 1"),
      "park-daily",
    );
    const wrong = await planned({ zone: 7, target: { kind: "folder", folder: "/srv", password: "hush" } });
    assert.deepEqual([wrong.code, wrong.out], [2, ""]);
    assert.match(wrong.err, /plan\.json: zone: /);
    assert.match(wrong.err, /plan\.json: target: .*password/);
    assert.doesNotMatch(wrong.err, /hush/);
    assert.match((await planned({ scope: { sites: ["moon"] } })).err, /moon/);
    assert.match((await run("export plan.json", { files: { "plan.json": "{" } })).err, /plan\.json is no JSON/);
    assert.match((await run("export")).err, /needs a word: meterport fleet export FILE\.json/);
  });

  test("sets, checks and rotates keys; none is printed", async () => {
    const ran: Ran[] = [];
    const kept = async (words: string, more: World = {}): Promise<Ran> => {
      ran.push(await run(words, more));
      return ran.at(-1) as Ran;
    };
    const check = await kept("key check");
    assert.deepEqual([check.code, check.out], [1, "1 key of meters open with key 1 of the fleet\n"]);
    assert.match(check.err, /2 meters have no key: 7002, 7003/);
    assert.match((await kept("key set 7002", { secrets: [key] })).out, /the key of meter 7002 is sealed/);
    assert.equal((await kept("key set 7003 --from -", { stdin: `${key}\n` })).code, 0);
    assert.match((await kept("key set 7003")).err, /no key was typed/);
    assert.match((await kept("key set 9", { secrets: [key] })).err, /the fleet has no meter 9: import it first/);
    assert.match((await kept("key set 7003", { secrets: ["0123456789x"] })).err, /the key has 11 characters/);
    assert.equal((await kept("key check")).code, 0);

    const rotated = await kept("key rotate --new-key-file next.key", { files: {} });
    // Its entropy gives the same key again, which is refused.
    assert.match(rotated.err, /the new key is the same as the present one/);
    written.set("next.key", `${"ab".repeat(32)}\n`);
    assert.equal(
      (await kept("key rotate --new-key-file next.key")).out,
      "3 keys of meters sealed with key 2 of the fleet\n",
    );
    assert.equal((await kept("key check")).code, 0, "the old key opens them too");
    assert.match((await kept("key rotate --finish")).err, /is not the newest of the fleet, number 2/);
    assert.equal(
      (await kept("key rotate --finish --key-file next.key")).out,
      "only key 2 of the fleet opens anything now\n",
    );
    assert.match((await kept("key check")).err, /is not that of the fleet "North"/);
    assert.equal((await kept("key check --key-file next.key")).code, 0);
    for (const { out, err } of ran) assert.doesNotMatch(out + err, /0123456789|abababab|07070707070707/);
  });

  test("pauses a site and reads it again, and the log of it all is a chain", async () => {
    assert.deepEqual(await json("pause park"), { site: "park", paused: true, until: null });
    const { until } = (await json("pause mill --until 3h")) as { readonly until: string };
    assert.ok(Math.abs(Date.parse(until) - Date.now() - 3 * 3_600_000) < 60_000);
    assert.match((await run("status")).out, /3 meters, 3 points, 2 sites, 2 of them paused/);
    await json("resume park");
    assert.match((await run("pause nowhere")).err, /the fleet has no site "nowhere"/);
    const verdict = await run("audit verify");
    assert.deepEqual([verdict.code, verdict.err], [0, ""]);
    const [, noted] =
      /^(\d+ entries are as written); the last one is (\d+:[0-9a-f]{64})$/m.exec(verdict.out)?.slice(1) ?? [];
    assert.equal((await run(`audit verify --noted ${noted}`)).code, 0);
    server.sql("UPDATE north.audit SET who = 'eve' WHERE number = 2");
    const changed = await run("audit verify");
    assert.deepEqual([changed.code, changed.out.slice(0, 21)], [1, "1 entry is as written"]);
    assert.match(changed.err, /entry 2 is not what was written/);
    const rows = server.sql("SELECT what || ' ' || about FROM north.audit ORDER BY number").split("\n");
    assert.ok(
      rows.includes('import {"file":"sites.csv","sites":2,"added":3,"changed":0,"moved":0,"keys":1}'),
      rows.join("\n"),
    );
    assert.ok(rows.includes('resume {"site":"park"}'));
  });

  test("says who reads, what waits and what is missing", async () => {
    const nobody = await run("status");
    assert.equal(nobody.code, 1);
    assert.match(nobody.out, /^North \(north-07070707\): 3 meters, 3 points, 2 sites/);
    assert.match(nobody.out, /^nobody reads: start processes with the role read$/m);
    server.sql(`INSERT INTO north.holder (holder, address, version, seen) VALUES ('a', 'http://a:1', '1', now() + interval '1 h'),
      ('b', 'http://b:1', '1', now() + interval '1 h'), ('c', 'http://c:1', '1', now() - interval '1 h')`);
    server.sql(
      "INSERT INTO north.held_shard (shard, holder, attempt) SELECT n, CASE WHEN n < 9 THEN 'a' ELSE 'b' END, 1 FROM generate_series(0, 15) n",
    );
    const answers: World["answers"] = {
      "http://a:1/ready": {
        status: 200,
        body: {
          ready: true,
          problem: null,
          parts: [{ name: "outbox", ready: true, problem: null, figures: { behind: 12, delivered_s: null } }],
        },
      },
      "http://b:1/ready": { status: 503, body: { ready: false, problem: "the database is away" } },
    };
    const { code, out } = await run("status", { answers, columns: 200 });
    assert.equal(code, 1);
    assert.match(out, /^shards {5}16 of 16 are held$/m);
    assert.match(out, /^a +http:\/\/a:1 +1 +up +9 +\d +12$/m);
    assert.match(out, /^b .* the database is away$/m);
    assert.match(out, /^c .* 60 min .* it ended, or its machine is away$/m);
    server.sql("DELETE FROM north.held_shard WHERE shard IN (3, 4, 5, 9)");
    const document = JSON.parse((await run("status --json", { answers })).out);
    assert.deepEqual(
      [document.free, document.problems, document.processes[0].ready],
      [[3, 4, 5, 9], ["nobody holds shards 3-5, 9"], true],
    );
    // A meter was carried to where the list has another; at the other point zeros stand in front.
    server.sql(`INSERT INTO north.installation (point_id, from_at, serial, about, start_register, stored)
      SELECT point_id, now(), CASE id WHEN 'shop' THEN '7003' ELSE '007003' END, '{}', '{}', now()
        FROM north.metering_point WHERE id IN ('shop', 'mill')`);
    const sentence =
      /^at shop another meter answers \(7003\) than the list names \(7002\): look which one hangs there/m;
    assert.match((await run("status", { answers })).out, sentence);
  });
});
