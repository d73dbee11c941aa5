/** Meters of a fleet in its books, and what is booked of them compared with what they say. */

import { Secret } from "@meterport/protocol/mep/security/key";
import { systemEntropy } from "@meterport/transports/clock";
import { type CountedMeter, countedMeter, meterKey } from "../../../../test/support/counted-meter.ts";
import type { Database } from "../books/database.ts";
import { sleep } from "../books/fleet-database.test-kit.ts";
import { grouped } from "../books/grouped.ts";
import { KeyBook } from "../keys/key-book.ts";
import { makeFleetKey } from "../keys/rotate.ts";
import { shardOf } from "../shards/shard-of.ts";

/** Waits until something holds; it may cost something, so it is asked a few times a second. @throws Error that names it */
export const untilSo = async (what: string, limit: number, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const end = performance.now() + limit;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${limit} ms`);
    await sleep(250);
  }
};

export { type CountedMeter, countedMeter };

export const fleetKey = "c0ffee00".repeat(8);

/**
 * Books sites of one meter each, their keys, and the key of the fleet.
 *
 * @param basicKey of all meters, as hexadecimal digits
 */
export const bookMeters = async (
  database: Database,
  meters: readonly Pick<CountedMeter, "id" | "serial" | "url">[],
  basicKey = meterKey,
) => {
  const { run } = database;
  const fleet = { id: "test", name: "Test", shards: 16 };
  const ids = meters.map(({ id }) => id);
  const shards = ids.map((id) => shardOf(id, fleet.shards));
  await run(
    "INSERT INTO site (id, name, shard, zone) SELECT id, id, shard, 'Europe/Copenhagen' FROM unnest($1::text[], $2::smallint[]) AS u (id, shard)",
    [ids, shards],
  );
  await run(
    "INSERT INTO metering_point (id, site_id, name) SELECT id, site_id, 'Flat ' || id FROM site WHERE id = ANY ($1::text[])",
    [ids],
  );
  await run(
    "INSERT INTO meter (serial, site_id, point_id, link) SELECT u.serial, s.site_id, p.point_id, u.link FROM unnest($1::text[], $2::text[], $3::text[]) AS u (serial, id, link) JOIN site s ON s.id = u.id JOIN metering_point p ON p.id = u.id",
    [meters.map(({ serial }) => serial), ids, meters.map(({ url }) => url)],
  );
  const key = new Secret(Uint8Array.from(Buffer.from(fleetKey, "hex")));
  await makeFleetKey(database, fleet, key, systemEntropy);
  const book = await KeyBook.of(run, fleet, [key], systemEntropy);
  await book.seal(run, new Map(meters.map(({ serial }) => [serial, `hex:${basicKey}`])));
};

export interface Judged {
  /** Intervals that are booked as the meter has them. */
  readonly right: number;
  /** Between the first and the last of a meter, and not there. */
  readonly lost: number;
  readonly wrong: number;
  /** Booked in two rows that readers would add up. */
  readonly doubled: number;
}

const slotsOf = `
  FROM metering_point p JOIN channel c USING (point_id) JOIN profile_day d USING (channel_id)
  WHERE c.name = 'energy_import_wh' AND c.step = 900`;

/** How many intervals of the load profile are booked, by point. */
export const bookedOf = async (database: Database): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await database.run(
    `SELECT p.id, sum(length(translate(array_to_string(d.rank, ''), '0123456', '')))::int AS n ${slotsOf} GROUP BY 1`,
  );
  return new Map(rows.map(({ id, n }) => [String(id), Number(n)]));
};

const readSlots = `
  SELECT p.id, (extract(epoch FROM d.day::timestamp) + c.phase)::float8 AS from_at, d.raw, array_to_string(d.rank, '') AS rank ${slotsOf}
  ORDER BY p.id, from_at`;

/** Compares every booked interval of the load profile with the meter's own registers. */
export const judge = async (database: Database, meters: readonly CountedMeter[]): Promise<Judged> => {
  const days = grouped((await database.run(readSlots)).rows, ({ id }) => String(id));
  let [right, lost, wrong, doubled] = [0, 0, 0, 0];
  for (const { id, device } of meters) {
    const truthAt = (time: number): number => Math.floor(Number(device.valuesAt(time).get(0)));
    let last: number | undefined;
    for (const { from_at, raw, rank } of days.get(id) ?? [])
      for (const [slot, value] of (raw as readonly number[]).entries()) {
        if (!"789".includes(String(rank)[slot] ?? "0")) continue;
        const at = 1_000 * (Number(from_at) + 900 * (slot + 1));
        if (at === last) doubled++;
        else if (last !== undefined) lost += (at - last) / 900_000 - 1;
        last = at;
        if (value === truthAt(at) - truthAt(at - 900_000)) right++;
        else wrong++;
      }
  }
  return { right, lost, wrong, doubled };
};
