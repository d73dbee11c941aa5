import assert from "node:assert/strict";
import { after, test } from "node:test";
import { peer } from "../../../../../test/support/peers.ts";
import { FleetServer } from "../../books/fleet-database.test-kit.ts";
import { makeMonthsAhead } from "../../books/partitions.ts";
import { bookChild, bookDaysOf, bringSites, quarters } from "../fleet-world.test-kit.ts";
import { bookedValues } from "../values/booked-values.ts";
import { completenessMap, reportByPoint, reportBySite } from "./completeness-lists.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const now = Date.UTC(2026, 10, 4);
const asked = { month: "2026-11", after: "", now, grace: 0 };

test("the map, the reports and the values of a point tell the same", { skip }, async () => {
  const database = await servers.fleet();
  const { run } = database;
  await bringSites(database);
  await bookDaysOf(database, [
    quarters("flat-1", "2026-10-31", 92, 96),
    ...["2026-11-01", "2026-11-02", "2026-11-03"].map((day) => quarters("flat-1", day, 0, 96)),
    ...[quarters("flat-2", "2026-11-02", 0, 96), quarters("flat-2", "2026-11-03", 0, 44)],
  ]);
  // Nobody expects intervals of it.
  await bookChild(database, "flat-1.12345678");
  const map = await completenessMap(run, { ...asked, limit: 9, channel: "energy_import_wh" });
  assert.deepEqual(
    map.map(({ point, percent }) => [point, ...percent.slice(0, 5)]),
    [
      // The local 4th has one hour before midnight UTC.
      ["flat-1", 100, 100, 100, 100, null],
      ["flat-2", null, 100, 50, 0, null],
      ["hall", null, null, null, null, null],
    ],
  );
  const points = await reportByPoint(run, { ...asked, limit: 2 });
  assert.deepEqual(
    points.rows.map(({ point, expected_s, present_s, percent }) => [point, expected_s, present_s, percent]),
    [
      ["flat-1", 3 * 86_400 + 3_600, 3 * 86_400 + 3_600, 100],
      ["flat-2", 2 * 86_400, 140 * 900, 72.91],
    ],
  );
  assert.equal(points.last, "flat-2");
  const rest = await reportByPoint(run, { ...asked, limit: 2, after: "flat-2" });
  assert.deepEqual([rest.rows.map(({ point, channel }) => [point, channel]), rest.last], [[["hall", null]], null]);
  const sites = await reportBySite(run, { ...asked, limit: 9 });
  assert.deepEqual(
    sites.rows.map(({ site, channel, points, percent }) => [site, channel, points, percent]),
    [
      ["lindevej-12", "energy_import_wh", 2, 89.25],
      ["park", null, 1, 0],
    ],
  );

  const query = { point: "flat-2", channel: "energy_import_wh", day: "2026-11-02", days: 2 };
  const values = await bookedValues(run, query);
  assert.deepEqual(
    values?.days.map(({ day, from, sum, slots, version }) => [day, from, sum, slots.length, version]),
    [
      ["2026-11-02", "2026-11-01T23:00:00.000Z", 9_200, 92, null],
      ["2026-11-03", "2026-11-02T23:00:00.000Z", 4_800, 48, null],
    ],
  );
  await makeMonthsAhead(database, now);
  await run(
    `INSERT INTO chosen_day (point_id, obis, day, version, value, code, rule, by, at)
      SELECT point_id, '1-0:1.29.0', '2026-11-03', v, array_fill(40 + v, ARRAY[96]), array_fill('e'::"char", ARRAY[96]),
        array_fill(0::smallint, ARRAY[96]), 'anna', now() FROM metering_point, (VALUES (1), (2)) AS u (v) WHERE id = 'flat-2'`,
  );
  const [, chosen] = (await bookedValues(run, query))?.days ?? [];
  assert.equal(chosen?.version, 2);
  assert.deepEqual(chosen?.slots[4], {
    ...{ end: "2026-11-03T00:15:00.000Z", seconds: 900, value: 100, source: "profile", quality: "good", notes: [] },
    ...{ chosen: 42, code: "edited" },
  });
  assert.deepEqual([chosen?.slots[3]?.chosen, chosen?.slots[3]?.code], [null, null], "of the day before");
  await run("UPDATE chosen_day SET value = array_fill(160, ARRAY[24]), code = array_fill('m'::\"char\", ARRAY[24])");
  const [, hourly] = (await bookedValues(run, query))?.days ?? [];
  assert.deepEqual(
    [hourly?.slots[7]?.chosen, hourly?.version],
    [null, 2],
    "an hour is not chosen for its last quarter",
  );
  assert.equal(await bookedValues(run, { ...query, point: "nobody" }), undefined);
});
