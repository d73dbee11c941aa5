import assert from "node:assert/strict";
import { after, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { parseMeterLink } from "@meterport/transports/link-url";
import { peer } from "../../../../test/support/peers.ts";
import type { Database } from "../books/database.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { importSites, type SiteImport } from "./import-sites.ts";
import { shardOf } from "./shard-of.ts";
import { sitesOf } from "./sites.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const all = [...Array(16).keys()];
const head = "site,site_name,zone,serial,link,point,point_name,gsrn,profile";

type Options = { readonly move?: boolean; readonly dryRun?: boolean };

const bring = (database: Database, rows: readonly string[], options: Options = {}): Promise<SiteImport> =>
  importSites(
    database,
    { name: "sites.csv", text: [head, ...rows].join("\n") },
    { checkLink: parseMeterLink, ...options },
  );

const refusal = async (
  database: Database,
  rows: readonly string[],
  options: Options = {},
): Promise<readonly string[]> => {
  const before = await sitesOf(database.run, all);
  const error: unknown = await bring(database, rows, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(error instanceof UsageError, `${String(error)}`);
  assert.deepEqual(await sitesOf(database.run, all), before, "nothing half done");
  return error.message.split("\n");
};

const first = [
  "lindevej-12,Lindevej 12,Europe/Copenhagen,7001,tcp://10.0.0.1:4059,flat-1,Ground floor,571313174000000011,meter:3.70",
  "lindevej-12,,,7002,tcp://10.0.0.1:4060,flat-2,,,",
  "park,,Europe/Vienna,7003,tcp://10.0.1.1:4059,hall,,,",
];

const meter = (serial: string, link: string, point: string) => ({
  serial,
  link,
  profile: null,
  point,
  pointName: point,
});

test("meters of a file hang at their sites, and a site at its shard", { skip }, async () => {
  const database = await servers.fleet();
  assert.deepEqual(await bring(database, first, { dryRun: true }), {
    ...{ sitesAdded: 2, added: ["7001", "7002", "7003"], changed: [], moved: [], unchanged: 0, keys: 0 },
  });
  assert.deepEqual(await sitesOf(database.run, all), []);
  await bring(database, first);
  const zone = "Europe/Copenhagen";
  const [lindevej, park] = await sitesOf(database.run, all);
  assert.deepEqual(lindevej, {
    ...{ id: "lindevej-12", name: "Lindevej 12", zone, shard: shardOf("lindevej-12", 16), pausedUntil: null },
    meters: [
      {
        ...{ ...meter("7001", "tcp://10.0.0.1:4059", "flat-1"), pointName: "Ground floor", profile: "meter:3.70" },
        ...{ gsrn: "571313174000000011", zone },
      },
      { ...meter("7002", "tcp://10.0.0.1:4060", "flat-2"), gsrn: null, zone },
    ],
  });
  assert.deepEqual([park?.name, park?.meters.length], ["park", 1]);
  const others = all.filter((shard) => shard !== lindevej?.shard);
  assert.deepEqual(
    (await sitesOf(database.run, others)).map(({ id }) => id),
    ["park"],
  );
});

test("the same file again changes nothing, and fields that it leaves empty stay", { skip }, async () => {
  const database = await servers.fleet();
  await bring(database, first);
  const before = await sitesOf(database.run, all);
  assert.deepEqual(await bring(database, first), {
    sitesAdded: 0,
    added: [],
    changed: [],
    moved: [],
    unchanged: 3,
    keys: 0,
  });
  const short = "lindevej-12,,,7001,tcp://10.0.0.1:4061,flat-1,,,";
  assert.deepEqual((await bring(database, [short])).changed, ["7001"]);
  const [after] = await sitesOf(database.run, all);
  assert.deepEqual(after?.meters[0], { ...before[0]?.meters[0], link: "tcp://10.0.0.1:4061" });
});

test("the fuse and the plant of a point, by which its values are checked, and the number of an Austrian one", {
  skip,
}, async () => {
  const database = await servers.fleet();
  await bring(database, first);
  const number = `AT001234${"0".repeat(24)}7`;
  const import_ = (row: string, options: Options = {}): Promise<SiteImport> =>
    importSites(
      database,
      { name: "sites.csv", text: `site,serial,link,point,gsrn,fuse,plant\n${row}` },
      { checkLink: parseMeterLink, ...options },
    );
  const flat = "lindevej-12,7002,tcp://10.0.0.1:4060,flat-2";
  const known = async () =>
    (await database.run("SELECT gsrn, fuse, plant FROM metering_point WHERE id = 'flat-2'")).rows[0];
  assert.deepEqual((await import_(`${flat},${number},3x35,no`)).changed, ["7002"]);
  const fuse = { amps: 35, volts: 400, phases: 3 };
  assert.deepEqual(await known(), { gsrn: number, fuse, plant: false });
  assert.equal((await import_(`${flat},,3x35,no`)).unchanged, 1);
  assert.deepEqual((await import_(`${flat},,1x25,`)).changed, ["7002"]);
  assert.deepEqual(await known(), { gsrn: number, fuse: { amps: 25, volts: 230, phases: 1 }, plant: false });
  await assert.rejects(import_(`${flat},AT1,2x35,maybe`), (error: UsageError) => {
    assert.match(error.message, /gsrn must be.*fuse must be like 3x35 or 1x25.*plant must be yes or no/s);
    return true;
  });
});

test("meters that a gateway of its own brings have no link, as many as there are", { skip }, async () => {
  const database = await servers.fleet();
  await bring(database, first);
  const rows = ["cabins,,Europe/Oslo,9001,gateway,cabin-1,,,", "cabins,,,9002,gateway,cabin-2,,,"];
  assert.deepEqual((await bring(database, rows)).added, ["9001", "9002"]);
  assert.deepEqual([(await bring(database, rows)).unchanged, (await bring(database, first)).unchanged], [2, 3]);
  const links = async () =>
    (await sitesOf(database.run, all)).flatMap(({ meters }) => meters.map(({ serial, link }) => `${serial} ${link}`));
  const given = ["7001 tcp://10.0.0.1:4059", "7002 tcp://10.0.0.1:4060", "7003 tcp://10.0.1.1:4059"];
  assert.deepEqual((await links()).sort(), [...given, "9001 null", "9002 null"]);
  assert.deepEqual((await bring(database, ["lindevej-12,,,7001,gateway,flat-1,,,"])).changed, ["7001"]);
  assert.equal((await links()).includes("7001 null"), true);
});

test("all mistakes are told at once, with their lines, and nothing is half done", { skip }, async () => {
  const database = await servers.fleet();
  await bring(database, first);
  const rows = [
    "north,,Europe/Paris,8001,tcp://10.0.2.1:1,n-1,,,",
    "north,,Europe/Berlin,8002,tcp://10.0.2.1:1,n-2,,,",
    "South,,Mars/Base,80 03,tcp://10.0.2.3,S3,,571313174000000012,3.70",
    "east,,Europe/Rome,8001,tcp://10.0.2.4:1,e-1,,,",
    "west,,,8005,tcp://10.0.2.5:1,n-1,,,",
    "north,,,8006",
    "park,,,7001,tcp://10.0.2.7:1,hall-2,,,",
    "park,,,8008,tcp://10.0.0.1:4060,hall-3,,571313174000000011,",
    "north,,,8009,tcp://10.0.2.9:1,flat-2,,571313174000000011,",
  ];
  assert.deepEqual(await refusal(database, rows), [
    "sites.csv:3: link is the same as in line 2: a line has one meter",
    "sites.csv:3: zone differs from that of the same site in line 2: let them agree",
    "sites.csv:4: site must be lower-case letters, digits, - and _ only, for example garage, because it is part of addresses",
    'sites.csv:4: zone "Mars/Base" is not a time zone: write for example Europe/Copenhagen',
    "sites.csv:4: serial must be 1 to 40 letters, digits, ., _ and -",
    'sites.csv:4: link is wrong: link "tcp://10.0.2.3" is not of the form tcp://host:port',
    "sites.csv:4: point must be lower-case letters, digits, - and _ only, for example garage, because it is part of addresses",
    "sites.csv:4: gsrn must be 18 digits, the last of which is the check digit of the others, or 33 capital letters and digits that begin with a country",
    "sites.csv:4: profile must be like meter:3.70",
    "sites.csv:5: serial hangs at site north in line 2, and at east here",
    "sites.csv:6: point is the same as in line 2: a point has one meter at a time",
    "sites.csv:6: site west is new and has no zone: add it, for example Europe/Copenhagen",
    "sites.csv:7: the row has 4 fields, but the header names 9 columns",
    "sites.csv:7: link is missing: add it",
    "sites.csv:7: point is missing: add it",
    "sites.csv:8: serial hangs at site lindevej-12, and at park here: allow moves if that changed",
    "sites.csv:9: gsrn is that of point flat-1: correct it, or import that point with its own number too",
    "sites.csv:9: link is that of meter 7002: allow moves if that changed",
    "sites.csv:10: gsrn is the same as in line 9: a number belongs to one point",
    "sites.csv:10: gsrn is that of point flat-1: correct it, or import that point with its own number too",
    "sites.csv:10: point belongs to site lindevej-12, and to north here: allow moves if that changed",
    "sites.csv:10: point is that of meter 7002: allow moves if that changed",
  ]);
});

test("a meter that moved, one that was exchanged, and two that changed places need to be allowed", {
  skip,
}, async () => {
  const database = await servers.fleet();
  await bring(database, first);
  const moved = ["park,,,7001,tcp://10.0.1.1:4060,cellar,,,"];
  assert.deepEqual(await refusal(database, moved), [
    "sites.csv:2: serial hangs at site lindevej-12, and at park here: allow moves if that changed",
  ]);
  assert.deepEqual((await bring(database, moved, { move: true })).moved, [
    { serial: "7001", from: "lindevej-12", to: "park" },
  ]);
  const exchanged = ["lindevej-12,,,7009,tcp://10.0.0.1:4060,flat-2,,,"];
  assert.deepEqual(await refusal(database, exchanged), [
    "sites.csv:2: point is that of meter 7002: allow moves if that changed",
    "sites.csv:2: link is that of meter 7002: allow moves if that changed",
  ]);
  await bring(database, exchanged, { move: true });
  const swapped = ["park,,,7001,tcp://10.0.1.1:4059,hall,,,", "park,,,7003,tcp://10.0.1.1:4060,cellar,,,"];
  await bring(database, swapped);
  const sites = await sitesOf(database.run, all);
  assert.deepEqual(
    sites.flatMap(({ id, meters }) => meters.map(({ serial, link, point }) => [id, serial, link, point])),
    [
      ["lindevej-12", "7002", null, null],
      ["lindevej-12", "7009", "tcp://10.0.0.1:4060", "flat-2"],
      ["park", "7001", "tcp://10.0.1.1:4059", "hall"],
      ["park", "7003", "tcp://10.0.1.1:4060", "cellar"],
    ],
  );
});

test("a number that another point has is refused, also if moves are allowed", { skip }, async () => {
  const database = await servers.fleet();
  await bring(database, first);
  const rows = ["park,,,7004,tcp://10.0.1.1:4061,shed,,571313174000000011,"];
  assert.deepEqual(await refusal(database, rows, { move: true }), [
    "sites.csv:2: gsrn is that of point flat-1: correct it, or import that point with its own number too",
  ]);
});

test("ten thousand meters are imported in seconds", { skip, timeout: 60_000 }, async (t) => {
  const database = await servers.fleet();
  const rows = Array.from({ length: 10_000 }, (_, n) => {
    const [house, flat] = [n >> 4, n & 15];
    return `house-${house},,Europe/Copenhagen,s${n},tcp://10.1.${house >> 8}.${house & 255}:${4000 + flat},p-${n},,,`;
  });
  const began = performance.now();
  const { added, sitesAdded } = await bring(database, rows);
  const took = performance.now() - began;
  t.diagnostic(`${took.toFixed(0)} ms`);
  assert.deepEqual([added.length, sitesAdded], [10_000, 625]);
  assert.ok(took < 20_000);
});

test("keys are handed over whole with what else the import writes, and nowhere else", { skip }, async () => {
  const database = await servers.fleet();
  const key = "0123456789abcdef";
  const text = `site,zone,serial,link,point,key\npark,UTC,0001,tcp://a:1,p1,${key}\npark,,2,tcp://a:2,p2,\n`;
  const file = { name: "sites.csv", text };
  const options = { checkLink: parseMeterLink };
  await assert.rejects(importSites(database, file, options), /^UsageError: sites\.csv:2: keys are not taken here/);
  await assert.rejects(
    importSites(database, { ...file, text: text.replace(key, key.slice(1)) }, { ...options, keepKeys: async () => {} }),
    (error: Error) =>
      /^sites\.csv:2: key is wrong: the key has 15 characters/.test(error.message) && !/234567/.test(error.message),
  );
  const kept: (readonly [string, string])[] = [];
  const failing = importSites(database, file, {
    ...options,
    keepKeys: async () => {
      throw new UsageError("fleet-key", "the wrong key");
    },
  });
  await assert.rejects(failing, /the wrong key/);
  assert.deepEqual(await sitesOf(database.run, all), [], "nothing half done");
  const report = await importSites(database, file, {
    ...options,
    keepKeys: async (_run, keys) => void kept.push(...keys),
  });
  assert.deepEqual([report.keys, kept], [1, [["1", key]]]);
});
