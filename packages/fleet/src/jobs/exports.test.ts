import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { until } from "@meterport/gateway/outputs/output-world.test-kit";
import { UsageError } from "@meterport/protocol/errors";
import { peer } from "../../../../test/support/peers.ts";
import type { DayFact } from "../books/facts.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { emptyDay, putFact } from "../books/slots.ts";
import { loadAt } from "../vee/vee.test-kit.ts";
import type { NewExportPlan } from "./desk.ts";
import {
  exportWorld,
  hour,
  localFrom,
  localSlots,
  quarter,
  rsm012,
  sunday,
  values,
  zone,
} from "./export-world.test-kit.ts";
import { addSites, book, dayMillis, isoDay } from "./job-world.test-kit.ts";
import { jobsDesk } from "./jobs-desk.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const world = (t: TestContext, more: Partial<NewExportPlan> = {}) => exportWorld(servers, t, more);

interface Series {
  readonly Period: { readonly Point: readonly { readonly quantity: { readonly value?: number } | number }[] };
}

/** The quantities of all series of a file, kWh as Wh. */
const quantitiesIn = (path: string): readonly (readonly number[])[] => {
  const { NotifyValidatedMeasureData_MarketDocument: document } = JSON.parse(readFileSync(path, "utf8"));
  return (document.Series as readonly Series[]).map(({ Period }) =>
    Period.Point.map(({ quantity }) =>
      Math.round(1_000 * Number(typeof quantity === "object" ? quantity.value : quantity)),
    ),
  );
};

test("RSM-012 of a day of 25 hours says what the meters measured, to the Wh, and a correction only what changed", {
  skip,
}, async (t) => {
  const { database, check, make, runs, handOver, target, clock, isDue, id } = await world(t);
  await check();
  // The export was made on Monday: what was due before is nobody's wish.
  assert.equal(await isDue(), true);
  await make();
  assert.equal(await isDue(), false);
  assert.deepEqual(await runs(), ["2026-10-26 v1 made", "2026-10-25 v1 made"]);
  await handOver();
  assert.deepEqual(await runs(), ["2026-10-26 v1 delivered", "2026-10-25 v1 delivered"]);
  const first = join(target, "datahub_2026-10-25_v1.json");
  const truth = Array.from({ length: localSlots }, (_, n) => loadAt(localFrom + n * quarter));
  assert.deepEqual(quantitiesIn(first), [truth, truth]);
  const manifest = JSON.parse(readFileSync(`${first}.manifest`, "utf8"));
  assert.deepEqual([manifest.version, manifest.carried.length], [1, 2]);

  // The same bytes again, after the target lost them.
  const bytes = [first, `${first}.manifest`].map((path) => readFileSync(path, "utf8"));
  rmSync(first);
  rmSync(`${first}.manifest`);
  clock.now += hour;
  await jobsDesk.runExportAgain(database.run, id, "2026-10-25", 1, clock.now);
  await handOver();
  assert.deepEqual(
    [first, `${first}.manifest`].map((path) => readFileSync(path, "utf8")),
    bytes,
  );
  const file = await jobsDesk.exportFile(database.run, id, "2026-10-25", 1, "datahub_2026-10-25_v1.json");
  const parts: Uint8Array[] = [];
  for await (const part of file?.parts ?? []) parts.push(part);
  assert.equal(Buffer.concat(parts).toString(), bytes[0]);
  assert.equal(await jobsDesk.exportFile(database.run, id, "2026-10-25", 1, "../../etc/passwd"), undefined);
  await database.run("DELETE FROM export_part WHERE day = '2026-10-26'");
  const pruned = await jobsDesk.exportFile(database.run, id, "2026-10-26", 1, "datahub_2026-10-26_v1.json");
  assert.equal(pruned, undefined, "no longer kept is not empty");

  await assert.rejects(
    jobsDesk.runExportAgain(database.run, id, "2026-10-25", 9, 0),
    /has no files of 2026-10-25 in version 9/,
  );
  await assert.rejects(
    jobsDesk.runExportAgain(database.run, id, "2026-11-30", undefined, clock.now),
    /is not over yet/,
  );

  // Nothing changed: no version, even if somebody asks.
  await jobsDesk.runExportAgain(database.run, id, "2026-10-25", undefined, clock.now);
  assert.equal(await isDue(), true);
  await make();
  assert.equal(await isDue(), false);
  const edit = {
    point: "a-2",
    obis: "1-0:1.29.0",
    author: "anna",
    reason: "a test",
    kind: "set",
    values: [5],
  } as const;
  await jobsDesk.addEdit(database.run, { ...edit, from: sunday, to: sunday + quarter }, clock.now);
  await check();
  // On the next day the export looks back by itself.
  await book(database, { days: ["a-1", "a-2"].map((point) => values(point, sunday + 2 * dayMillis)) });
  clock.now += dayMillis;
  await check();
  await make();
  await handOver();
  assert.deepEqual((await runs()).slice(0, 4), [
    ...["2026-10-27 v1 delivered", "2026-10-26 v1 delivered", "2026-10-25 v2 delivered", "2026-10-25 v1 delivered"],
  ]);
  assert.deepEqual(quantitiesIn(join(target, "datahub_2026-10-25_v2.json"))[1]?.slice(7, 10), [
    ...[truth[7], 5, truth[9]],
  ]);
});

test("files wait for a target that is gone, and reach it once and in order", { skip }, async (t) => {
  const { database, check, make, runs, handOver, target, timer, id, deliver, clock } = await world(t);
  await check();
  await make();
  rmSync(target, { recursive: true });
  const delivering = handOver();
  const failures = async () => (await jobsDesk.listExportPlans(database.run))[0]?.delivery.failures ?? 0;
  // Two attempts, with a pause in between.
  for (const wanted of [1, 2])
    await until(`failure ${wanted}`, async () => {
      if ((await failures()) < wanted) await timer.advance(10_000);
      return (await failures()) >= wanted;
    });
  const [plan] = await jobsDesk.listExportPlans(database.run);
  assert.match(plan?.delivery.problem ?? "", /target does not take files \(ENOENT\)/);
  assert.deepEqual([plan?.delivery.waiting, (await runs())[0]], [2, "2026-10-26 v1 made"]);
  mkdirSync(target);
  let isDone = false;
  void delivering.then(() => {
    isDone = true;
  });
  await until("it is delivered", async () => {
    await timer.advance(30_000);
    return isDone;
  });
  assert.deepEqual(await runs(), ["2026-10-26 v1 delivered", "2026-10-25 v1 delivered"]);
  assert.deepEqual(
    readdirSync(target)
      .filter((name) => name.endsWith(".json"))
      .sort(),
    [...["datahub_2026-10-25_v1.json", "datahub_2026-10-26_v1.json"]],
  );
  assert.equal(await failures(), 0);
  assert.deepEqual(await deliver.due(database.run, 0), []);
  assert.equal(await jobsDesk.pauseExportPlan(database.run, id, true), true);
  for (const version of [undefined, 1])
    await assert.rejects(jobsDesk.runExportAgain(database.run, id, "2026-10-25", version, clock.now), /is paused/);
});

test("a file that its target refuses is shown with the reason, those behind it go on, and it can be handed over again", {
  skip,
}, async (t) => {
  const { database, check, make, runs, handOver, target, timer, id, clock } = await world(t);
  await check();
  await make();
  const first = join(target, "datahub_2026-10-25_v1.json");
  mkdirSync(first);
  let isDone = false;
  const delivering = handOver().finally(() => {
    isDone = true;
  });
  await until("all that can be is delivered", async () => {
    await timer.advance(30_000);
    return isDone;
  });
  await delivering;
  assert.deepEqual(await runs(), ["2026-10-26 v1 delivered", "2026-10-25 v1 refused"]);
  const [, refused] = await jobsDesk.exportRuns(database.run, id, { limit: 2 });
  assert.match(
    refused?.problem ?? "",
    /target does not take datahub_2026-10-25_v1\.json \(EISDIR\): look what is there/,
  );
  const [plan] = await jobsDesk.listExportPlans(database.run);
  assert.deepEqual([plan?.delivery.waiting, plan?.delivery.failures, plan?.delivery.problem], [0, 0, null]);
  rmSync(first, { recursive: true });
  await jobsDesk.runExportAgain(database.run, id, "2026-10-25", 1, clock.now);
  await handOver();
  assert.deepEqual(await runs(), ["2026-10-26 v1 delivered", "2026-10-25 v1 delivered"]);
  const [, taken] = await jobsDesk.exportRuns(database.run, id, { limit: 2 });
  assert.equal(taken?.problem, null);
});

test("a signing key that cannot be read is told where people look", { skip }, async (t) => {
  const { database, check, make, handOver, runs } = await world(t, { signingKeyFile: "/nowhere/key.pem" });
  await check();
  await make();
  await assert.rejects(handOver(), /the signing key \/nowhere\/key.pem cannot be read/);
  const [plan] = await jobsDesk.listExportPlans(database.run);
  assert.match(plan?.delivery.problem ?? "", /cannot be read: give a file with an Ed25519 key/);
  assert.equal((await runs())[0], "2026-10-26 v1 made");
});

test("what cannot be made says why, and is made when it can be", { skip }, async (t) => {
  const { database, check, make, runs, id, isDue, clock } = await world(t);
  await check();
  await database.run("UPDATE metering_point SET gsrn = NULL WHERE id = 'a-2'");
  await make();
  const [failed] = await jobsDesk.exportRuns(database.run, id, { limit: 1 });
  assert.match(failed?.problem ?? "", /point "a-2" has no GSRN of 18 digits/);
  assert.equal(await isDue(), false, "it rests for an hour");
  await database.run("UPDATE metering_point SET gsrn = '571313000000002002' WHERE id = 'a-2'");
  clock.now += hour + 1;
  await make();
  assert.deepEqual(await runs(), ["2026-10-26 v1 made", "2026-10-25 v1 made"]);
});

/** The same day in intervals of an hour. */
const hours = (point: string, time: number): DayFact => {
  const slots = emptyDay(3_600);
  for (let n = 0; n < 24; n++) {
    const raw = [0, 1, 2, 3].reduce((sum, part) => sum + loadAt(time + n * hour + part * quarter), 0);
    putFact(slots, n, { raw, rank: "9", bits: 0 });
  }
  return { channel: { ...values(point, time).channel, step: 3_600 }, day: isoDay(time), slots };
};

test("a meter with shorter intervals came: the days before are carried, and the one in which it came is of hours", {
  skip,
}, async (t) => {
  const { database, check, make, target, handOver, clock } = await world(t, { scope: { points: ["a-1"] } });
  await database.run("DELETE FROM profile_day WHERE day < '2026-10-26'");
  await book(database, { days: [-1, 0].map((n) => hours("a-1", sunday + n * dayMillis)) });
  await check();
  await make();
  await handOver();
  const sums = ["2026-10-25", "2026-10-26"].map(
    (date) => quantitiesIn(join(target, `datahub_${date}_v1.json`))[0] ?? [],
  );
  assert.deepEqual(
    sums.map(({ length }) => length),
    [25, 24],
  );
  const truth = Array.from({ length: localSlots }, (_, n) => loadAt(localFrom + n * quarter));
  const total = (some: readonly number[] = []): number => some.reduce((sum, one) => sum + one, 0);
  assert.equal(total(sums[0]), total(truth), "to the Wh");

  // An edit has the length of slots of its own day.
  const edit = { point: "a-1", obis: "1-0:1.29.0", author: "anna", reason: "a test", kind: "accept" } as const;
  const decide = (from: number, to: number) => jobsDesk.addEdit(database.run, { ...edit, from, to }, clock.now);
  await assert.rejects(decide(sunday, sunday + quarter), /at the edges of slots/);
  await decide(sunday + dayMillis, sunday + dayMillis + quarter);
});

test("Austria gets the files that can be made, and the run says which cannot and why", { skip }, async (t) => {
  const format = { kind: "consumption-record", sender: "AT001234", receiver: "AT005678" } as const;
  const { database, check, make, runs, handOver, target, id } = await world(t, { format });
  await database.run(`DELETE FROM profile_day d USING channel c JOIN metering_point p USING (point_id)
    WHERE d.channel_id = c.channel_id AND p.id = 'a-2' AND d.day = '2026-10-25'`);
  await check();
  await make();
  const problemOf = async () =>
    (await jobsDesk.exportRuns(database.run, id, { limit: 9 })).find(({ period }) => period === "2026-10-25")?.problem;
  assert.match((await problemOf()) ?? "", /^point "a-2", .* a value that is missing has no reading method in Austria/);
  await handOver();
  assert.deepEqual(await runs(), ["2026-10-26 v1 delivered", "2026-10-25 v1 delivered"]);
  assert.deepEqual(
    readdirSync(target).filter((name) => name.includes("2026-10-25") && name.endsWith(".xml")),
    ["datahub_2026-10-25_v1_571313000000002001.xml"],
  );
  assert.match((await problemOf()) ?? "", /^point "a-2"/, "who delivers says nothing else");
});

test("Finland gets what changed, and an unchanged day makes no file", { skip }, async (t) => {
  const format = { kind: "e66-fi", sender: "6410000000001", receiver: "6410000000002" } as const;
  const { database, check, make, id, clock } = await world(t, { format, scope: { points: ["a-1"] } });
  await check();
  await make();
  const edit = {
    point: "a-1",
    obis: "1-0:1.29.0",
    author: "anna",
    reason: "a test",
    kind: "set",
    values: [5],
  } as const;
  await jobsDesk.addEdit(database.run, { ...edit, from: sunday, to: sunday + quarter }, clock.now);
  await check();
  await jobsDesk.runExportAgain(database.run, id, "2026-10-25", undefined, clock.now);
  await make();
  const runs = await jobsDesk.exportRuns(database.run, id, { limit: 9 });
  const sizes = runs.filter(({ period }) => period === "2026-10-25").map(({ files }) => files[0]?.bytes ?? 0);
  assert.ok((sizes[0] as number) > 0 && (sizes[0] as number) < (sizes[1] as number) / 5, `${sizes}`);

  // The target refused the first, so the changes alone are not enough: what it lacks is told if somebody asks, once.
  const again = async () => {
    await jobsDesk.runExportAgain(database.run, id, "2026-10-25", undefined, clock.now);
    await make();
    const all = await jobsDesk.exportRuns(database.run, id, { limit: 9 });
    return all.filter(({ period }) => period === "2026-10-25").map(({ files }) => files[0]?.bytes ?? 0);
  };
  await database.run("UPDATE export_run SET state = 'r' WHERE day = '2026-10-25' AND version = 1");
  assert.deepEqual(await again(), [sizes[1], ...sizes]);
  assert.deepEqual(await again(), [sizes[1], ...sizes], "nothing changed since");
  // Another receiver has nothing yet, and gets it if somebody asks.
  const plan = { ...rsm012, format: { ...format, receiver: "6410000000003" }, scope: { points: ["a-1"] } };
  await jobsDesk.saveExportPlan(database.run, plan, "anna", sunday);
  assert.deepEqual(await again(), [sizes[1], sizes[1], ...sizes]);
  assert.deepEqual(await again(), [sizes[1], sizes[1], ...sizes]);
});

test("a house of many flats has a statement for each tenant", { skip }, async (t) => {
  const flats = Array.from({ length: 14 }, (_, n) => `b-${n + 1}`);
  const tenants = flats.map((flat) => ({ id: `tenant-${flat}`, name: flat, points: [flat] }));
  const format = { kind: "statement", form: "csv", zone, tenants } as const;
  const { database, check, id, clock, make } = await world(t);
  await addSites(database, [{ id: "b", shard: 3, zone, meters: flats.length }]);
  const first = Date.UTC(2026, 8, 30);
  await book(database, { days: flats.map((flat) => values(flat, first)) });
  clock.now = Date.UTC(2026, 9, 2);
  await check();
  const plan: NewExportPlan = {
    ...{ ...rsm012, format, scope: { sites: ["b"] }, schedule: { every: "month", minute: 300 } },
    channels: ["import", "export"].flatMap((way) => [`energy_${way}_wh`, `reactive_energy_${way}_varh`]),
  };
  const save = (changes: object) => jobsDesk.saveExportPlan(database.run, { ...plan, ...changes }, "anna", sunday);
  const twice = { ...format, zone: "UTC", tenants: [...tenants, { ...tenants[0], points: ["nowhere"] }] };
  await assert.rejects(
    save({ format: twice }),
    /zone of its export.*\nTwo tenants have the same id.*\nThere is no point "nowhere"/s,
  );
  assert.equal(await save({}), id);
  await jobsDesk.runExportAgain(database.run, id, "2026-09", undefined, clock.now);
  await make();
  const [made] = await jobsDesk.exportRuns(database.run, id, { limit: 1 });
  assert.deepEqual(
    made?.files.map(({ name }) => name),
    flats.map((flat) => `datahub_2026-09_v1_tenant-${flat}.csv`),
  );
  const file = await jobsDesk.exportFile(database.run, id, "2026-09", 1, made?.files[0]?.name ?? "");
  const parts: Uint8Array[] = [];
  for await (const part of file?.parts ?? []) parts.push(part);
  const sum = Array.from({ length: 88 }, (_, n) => loadAt(first + n * quarter)).reduce((all, one) => all + one, 0);
  const wanted = `;2026-09;${zone};${(sum / 1_000).toFixed(3)};kWh;`;
  assert.ok(Buffer.concat(parts).toString().includes(wanted), wanted);
});

test("a plan that cannot be is refused with all that is wrong, and secrets are not kept", { skip }, async (t) => {
  const { database } = await world(t);
  const wrong = {
    ...rsm012,
    name: "../x",
    zone: "Nowhere",
    channels: ["volume_m3"],
    scope: { sites: ["none"] },
    format: { ...rsm012.format, sender: "a grid company" },
  } as const;
  await assert.rejects(
    jobsDesk.saveExportPlan(
      database.run,
      { ...wrong, target: { kind: "https", url: "http://mdm.example/in" } },
      "anna",
      0,
    ),
    (error: UsageError) => error instanceof UsageError && error.message.split("\n").length === 6,
  );
  for (const channels of [undefined, ["energy_import_wh", "energy_export_wh"], ["reactive_energy_import_varh"]])
    await assert.rejects(
      jobsDesk.saveExportPlan(
        database.run,
        { ...rsm012, target: { kind: "folder", folder: "/x" }, channels },
        "anna",
        0,
      ),
      /number of a point is of one direction: name one channel/,
    );
  const target = { kind: "https", url: "https://mdm.example/in", token: "s3cret", tokenFile: "/run/token" } as const;
  await jobsDesk.saveExportPlan(database.run, { ...rsm012, name: "mdm", target }, "anna", 0);
  const { rows } = await database.run("SELECT spec::text FROM export_plan WHERE name = 'mdm'");
  assert.doesNotMatch(JSON.stringify(rows), /s3cret/);
  assert.match(JSON.stringify(rows), /run\/token/);
});
