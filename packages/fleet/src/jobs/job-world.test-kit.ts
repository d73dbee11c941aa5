/** A small fleet in a real PostgreSQL: sites with meters, and days of their load profiles. */
import { Books } from "../books/book.ts";
import type { Database } from "../books/database.ts";
import { type BookBatch, type DayFact, emptyBatch } from "../books/facts.ts";
import { emptyDay, putFact } from "../books/slots.ts";

export const dayMillis = 86_400_000;
export const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

export interface SiteOfTest {
  readonly id: string;
  readonly shard?: number;
  readonly zone?: string;
  readonly meters: number;
}

/** Adds sites; meter n of site "a" has the serial "a-n" and measures the point "a-n". */
export const addSites = async ({ run }: Database, sites: readonly SiteOfTest[]): Promise<void> => {
  for (const { id, shard = 0, zone = "UTC", meters } of sites) {
    await run("INSERT INTO site (id, name, shard, zone) VALUES ($1, $1, $2, $3)", [id, shard, zone]);
    await run(
      `INSERT INTO metering_point (id, name, site_id) SELECT $1 || '-' || n, 'Point ' || n, site_id
        FROM site, generate_series(1, $2::int) AS n WHERE id = $1`,
      [id, meters],
    );
    await run(
      `INSERT INTO meter (serial, site_id, point_id, link) SELECT p.id, p.site_id, p.point_id, 'tcp://' || p.id || ':4059'
        FROM metering_point p JOIN site s USING (site_id) WHERE s.id = $1 ORDER BY p.point_id`,
      [id],
    );
  }
};

/** A day as the meter remembers it: slot n has the value that is given. */
export const profileDay = (
  point: string,
  time: number,
  rawOf: (slot: number) => number | null = (slot) => slot,
  more: { readonly name?: string; readonly rank?: string } = {},
): DayFact => {
  const { name = "energy_import_wh", rank = "9" } = more;
  const slots = emptyDay(900);
  for (let slot = 0; slot < 96; slot++) {
    const raw = rawOf(slot);
    if (raw !== null) putFact(slots, slot, { raw, rank, bits: 0 });
  }
  return { channel: { point, name, tier: 0, step: 900, phase: 0, digits: 0 }, day: isoDay(time), slots };
};

export const book = async (database: Database, batch: Partial<BookBatch>): Promise<void> => {
  await new Books(database).book({ ...emptyBatch("w1", 0), ...batch });
};
