/** A small fleet in a real PostgreSQL for the tests of its API: sites from CSV, days that are booked, holders that live. */
import { parseMeterLink } from "@meterport/transports/link-url";
import { Books } from "../books/book.ts";
import type { Database } from "../books/database.ts";
import { type DayFact, emptyBatch } from "../books/facts.ts";
import { emptyDay, putFact } from "../books/slots.ts";
import { importSites } from "../shards/import-sites.ts";

const sitesCsv = [
  "site,site_name,zone,serial,link,point,point_name,gsrn,profile",
  "lindevej-12,Lindevej 12,Europe/Copenhagen,7001,tcp://10.0.0.1:4059,flat-1,Ground floor,,meter:3.70",
  "lindevej-12,,,7002,tcp://10.0.0.1:4060,flat-2,First floor,,",
  "park,The park,Europe/Vienna,7003,tcp://10.0.1.1:4059,hall,Hall,,",
].join("\n");

export const bringSites = (database: Database) =>
  importSites(database, { name: "sites.csv", text: sitesCsv }, { checkLink: parseMeterLink });

/** Quarters of an hour of a UTC day from slot `first` to before `end`, each of `value` Wh. */
export const quarters = (point: string, day: string, first: number, end: number, value = 100): DayFact => {
  const slots = emptyDay(900);
  for (let slot = first; slot < end; slot++) putFact(slots, slot, { raw: value, rank: "9", bits: 0 });
  return { channel: { point, name: "energy_import_wh", tier: 0, step: 900, phase: 0, digits: 0 }, day, slots };
};

export const bookDaysOf = (database: Database, days: readonly DayFact[]) =>
  new Books(database).book({ ...emptyBatch("worker-1", 1), days });

/** A water meter that the meter of a point reads: one state of its register. */
export const bookChild = (database: Database, point: string) =>
  new Books(database).book({
    ...emptyBatch("worker-1", 1),
    registers: [
      {
        channel: { point, name: "volume_m3", tier: 0, step: 0, phase: 0, digits: 3 },
        ...{ at: Date.UTC(2026, 10, 2), raw: 1_234, kind: "a", serial: "12345678" },
      },
    ],
  });

/** Notes a holder that was seen so many seconds ago. */
export const seen = (database: Database, holder: string, address: string, ago = 0) =>
  database.run(
    `INSERT INTO holder (holder, address, version, seen) VALUES ($1, $2, '0.1.0', now() - $3 * interval '1 second')
      ON CONFLICT (holder) DO UPDATE SET seen = excluded.seen, address = excluded.address`,
    [holder, address, ago],
  );
