import assert from "node:assert/strict";
import { after, test } from "node:test";
import { peer } from "../../../../test/support/peers.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { randomOf } from "../books/random-facts.test-kit.ts";
import { tellMemories } from "../shards/told.ts";
import { scanShard } from "./gap-scan.ts";
import { addSites, book, dayMillis, isoDay, profileDay } from "./job-world.test-kit.ts";
import { visitBook } from "./visit-book.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const now = Date.UTC(2026, 10, 29, 12);
const today = Date.UTC(2026, 10, 29);
const visits = visitBook((length) => new Uint8Array(length));

test("amnesia: rows that are lost are asked for, come back, and beyond the meter's memory are gone", {
  skip,
}, async (t) => {
  const seed = Number(process.env.METERPORT_TEST_SEED ?? Date.now() % 1e6);
  t.diagnostic(`seed ${seed}`);
  const random = randomOf(seed);
  const database = await servers.fleet();
  await addSites(database, [
    { id: "a", meters: 2 },
    { id: "b", shard: 1, meters: 1 },
  ]);
  const memory = { point: "a-2", keptFor: 29.4 * dayMillis };
  assert.equal(await tellMemories(database.run, [memory, { point: "stranger", keptFor: 0 }]), 1);
  assert.equal(await tellMemories(database.run, [memory]), 0, "nothing is written that is known");
  const points = ["a-1", "a-2", "b-1"];
  const days = Array.from({ length: 80 }, (_, n) => today - (80 - n) * dayMillis);
  const whole = (point: string) => days.map((time) => profileDay(point, time));
  const ofToday = (point: string) => profileDay(point, today, (slot) => (slot < 40 ? slot : null));
  await book(database, { days: points.flatMap((point) => [...whole(point), ofToday(point)]) });
  const clean = await scanShard(database, 0, { now, whole: true });
  assert.deepEqual(clean, { points: 2, changed: 0, open: 0, gone: 0, example: null });

  // The first day of all may be among them: a scan has seen that the channel begins there.
  const lost = { "a-1": [] as string[], "a-2": [] as string[], "b-1": [] as string[] };
  for (const [n, point] of points.entries()) {
    const some = days.filter((_, i) => i === n || random(4) === 0).map(isoDay);
    lost[point as keyof typeof lost] = some;
    await database.run(
      `DELETE FROM profile_day USING channel, metering_point WHERE profile_day.channel_id = channel.channel_id
        AND channel.point_id = metering_point.point_id AND id = $1 AND day = ANY ($2::date[])`,
      [point, some],
    );
  }
  const found = await scanShard(database, 0, { now, whole: true });
  const isKept =
    (point: string) =>
    (date: string): boolean =>
      Date.parse(date) + dayMillis > now - (point === "a-2" ? 30 : 60) * dayMillis;
  assert.equal(found.changed, lost["a-1"].length + lost["a-2"].length, `seed ${seed}`);
  assert.match(found.example ?? "", /^a-1, energy_import_wh, 2026-09-\d\d$/);

  // Shard 1 is another's.
  assert.deepEqual(await visits.dueGaps(database.run, ["b-1"], now, 1_000), []);
  const asked = await visits.dueGaps(database.run, points, now, 1_000);
  assert.deepEqual(asked.map(({ point, channel }) => `${point} ${channel}`).sort(), [
    "a-1 energy_import_wh",
    "a-2 energy_import_wh",
  ]);
  assert.deepEqual(await visits.dueGaps(database.run, points, now + 3_000_000, 1_000), [], "it was asked for lately");
  const again = await visits.dueGaps(database.run, points, now + 3_600_001, 1_000);
  assert.deepEqual(again, asked);

  const back = asked.flatMap(({ point, spans }) =>
    days
      .filter((time) => spans.some(({ after: from, until }) => from < time + dayMillis && until > time))
      .map((time) => profileDay(point, time)),
  );
  await book(database, { days: back });
  // A scan that looks at the last days alone closes old gaps too.
  await scanShard(database, 0, { now: now + 60_000, whole: false });
  assert.deepEqual(await visits.dueGaps(database.run, points, now + 2 * dayMillis, 1_000), []);
  const { rows } = await database.run(
    `SELECT p.id, g.day::text AS day FROM gap g JOIN channel USING (channel_id) JOIN metering_point p USING (point_id)
      WHERE position(B'1' IN g.gone) > 0 ORDER BY 1, 2`,
  );
  const gone = (["a-1", "a-2"] as const).flatMap((id) =>
    lost[id]
      .filter((date) => Date.parse(date) < now - (id === "a-2" ? 30 : 60) * dayMillis)
      .map((day) => ({ id, day })),
  );
  assert.deepEqual(rows, gone, `seed ${seed}`);
  assert.ok(lost["a-1"].some(isKept("a-1")), "otherwise nothing was asked for");
});

test("nothing is expected before a slot may have arrived, of a meter that went, or of a channel that its successor lacks", {
  skip,
}, async () => {
  const database = await servers.fleet();
  await addSites(database, [{ id: "a", meters: 3 }]);
  const days = [3, 2].map((n) => today - n * dayMillis);
  const reactive = { name: "reactive_energy_import_varh" };
  const hung = { to: null, serial: null, about: "{}", start: "{}", end: null, stored: today };
  await book(database, {
    days: [
      ...days.flatMap((time) => [
        profileDay("a-1", time),
        profileDay("a-2", time),
        profileDay("a-3", time, undefined, reactive),
      ]),
      profileDay("a-3", today - dayMillis),
    ],
    installations: [
      { ...hung, point: "a-2", from: days[0] as number, to: today - dayMillis },
      { ...hung, point: "a-3", from: today - dayMillis + 3_600_000, stored: today },
    ],
  });
  const scan = await scanShard(database, 0, { now, whole: true });
  const gaps = await visits.dueGaps(database.run, ["a-1", "a-2", "a-3"], now, 100);
  assert.deepEqual(gaps, [
    { point: "a-1", channel: "energy_import_wh", spans: [{ after: today - dayMillis, until: now - 6 * 3_600_000 }] },
    { point: "a-3", channel: "energy_import_wh", spans: [{ after: today, until: now - 6 * 3_600_000 }] },
    // The hour of its old meter.
    {
      ...{ point: "a-3", channel: "reactive_energy_import_varh" },
      spans: [{ after: today - dayMillis, until: today - dayMillis + 3_600_000 }],
    },
  ]);
  assert.equal(scan.gone, 0);
});
