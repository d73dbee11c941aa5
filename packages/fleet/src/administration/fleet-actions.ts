/** What people do with a fleet at a terminal. Each is written into the audit log, in the same transaction if it is one. */
import { UsageError } from "@meterport/protocol/errors";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Entropy, Millis } from "@meterport/protocol/ports";
import { audit } from "../audit/audit.ts";
import type { Database } from "../books/database.ts";
import type { Fleet } from "../books/migrate.ts";
import { pause } from "../http/lists/fleet-lists.ts";
import type { NewExportPlan } from "../jobs/desk.ts";
import { saveExportPlan } from "../jobs/export-plans.ts";
import { KeyBook } from "../keys/key-book.ts";
import { beginRotation, endRotation, type Resealed, resealKeys } from "../keys/rotate.ts";
import { auditImport } from "../shards/audit-import.ts";
import { importSites, type SiteImport } from "../shards/import-sites.ts";
import { tellNews } from "../shards/news.ts";
import { plainSerial } from "../shards/site-rows.ts";
import { shardsOfMeter } from "../shards/sites.ts";

/** A fleet, and who acts. */
export interface Acting {
  readonly database: Database;
  readonly fleet: Fleet;
  readonly who: string;
  readonly entropy: Entropy;
}

export interface ImportRequest {
  readonly csv: { readonly name: string; readonly text: string };
  /** Asked for if the file has keys. */
  readonly key: () => Promise<Secret>;
  readonly checkLink: (link: string) => unknown;
  readonly move: boolean;
  readonly dryRun: boolean;
}

/** @throws UsageError with a line per problem, after which nothing has changed; PostgresError */
export const importFleet = (
  { database, fleet, who, entropy }: Acting,
  { csv, key, checkLink, move, dryRun }: ImportRequest,
): Promise<SiteImport> =>
  importSites(database, csv, {
    ...{ checkLink, move, dryRun },
    keepKeys: async (run, keys) => {
      if (keys.size > 0) await (await KeyBook.of(run, fleet, [await key()], entropy)).seal(run, keys);
    },
    afterwards: auditImport(who, csv.name),
  });

/** @param until null ends a pause @throws UsageError (`no-site`); PostgresError */
export const pauseFleetSite = ({ database, who }: Acting, site: string, until: Millis | null): Promise<void> =>
  database.transaction(async (run) => {
    if (!(await pause(run, site, until)))
      throw new UsageError(
        "no-site",
        `the fleet has no site ${JSON.stringify(site.slice(0, 63))}: meterport fleet import adds sites`,
      );
    const about = { site, ...(until === null ? {} : { until: new Date(until).toISOString() }) };
    await audit(run, { who, what: until === null ? "resume" : "pause", about });
  });

/** @throws UsageError for what is no key or no meter, and for a wrong key of the fleet; PostgresError */
export const setMeterKey = (
  { database, fleet, who, entropy }: Acting,
  key: Secret,
  serial: string,
  text: string,
): Promise<void> =>
  database.transaction(async (run) => {
    const book = await KeyBook.of(run, fleet, [key], entropy);
    const plain = plainSerial(serial);
    await book.seal(run, new Map([[plain, text]]));
    await tellNews(run, { kind: "sites", shards: await shardsOfMeter(run, plain) });
    await audit(run, { who, what: "key", about: { serial: plain } });
  });

/** Seals all keys with the next key of the fleet; goes on if that was cut off. @throws UsageError, PostgresError */
export const rotateKeys = async (
  { database, fleet, who, entropy }: Acting,
  present: Secret,
  next: Secret,
): Promise<Resealed & { readonly number: number }> => {
  const { number } = await beginRotation(database, fleet, present, next, entropy);
  const book = await KeyBook.of(database.run, fleet, [present], entropy);
  const resealed = await resealKeys(database, book);
  await audit(database.run, { who, what: "key", about: { rotatedTo: number, keys: resealed.done } });
  return { number, ...resealed };
};

/** @throws UsageError if a meter needs an older key; PostgresError */
export const finishRotation = async ({ database, fleet, who }: Acting, newest: Secret): Promise<number> => {
  const number = await endRotation(database, fleet, newest);
  await audit(database.run, { who, what: "key", about: { only: number } });
  return number;
};

/** Makes an export, or changes the one of that name; gives its number. @throws UsageError with all that is wrong; PostgresError */
export const planExport = ({ database, who }: Acting, plan: NewExportPlan, now: Millis): Promise<number> =>
  database.transaction(async (run) => {
    const id = await saveExportPlan(run, plan, who, now);
    await audit(run, { who, what: "export", about: { export: id, name: plan.name, target: plan.target.kind } });
    return id;
  });
