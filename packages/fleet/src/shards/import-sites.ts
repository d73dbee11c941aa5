/** Brings sites and meters of a CSV file into a fleet: all of them or, if one is wrong, none. */
import { wrongRows } from "@meterport/gateway/config/import/csv-table";
import type { Database, Row, Run } from "../books/database.ts";
import { grouped } from "../books/grouped.ts";
import { fleetIn } from "../books/migrate.ts";
import { tellNews } from "./news.ts";
import { shardOf, usualShards } from "./shard-of.ts";
import { type PointFuse, type SiteRow, type SiteRows, siteRows } from "./site-rows.ts";
import {
  freeMeters,
  freeNumbers,
  lockImports,
  readNamedMeters,
  readNamedPoints,
  readNamedSites,
  writeMeters,
  writePoints,
  writeSites,
} from "./sql/site-lists.ts";

export interface ImportOptions {
  /** Throws UsageError for a link that cannot be opened. */
  readonly checkLink: (link: string) => unknown;
  /** Meters may change their site, point or link with another meter's: they were moved or exchanged. */
  readonly move?: boolean | undefined;
  /** Keeps keys by serial, in the import's transaction. Without it a file with keys is refused. */
  readonly keepKeys?: ((run: Run, keys: ReadonlyMap<string, string>) => Promise<void>) | undefined;
  /** What else belongs to the import's transaction, once it is written. */
  readonly afterwards?: ((run: Run, report: SiteImport) => Promise<void>) | undefined;
  /** Finds out what would change, and changes nothing. */
  readonly dryRun?: boolean | undefined;
}

export interface SiteImport {
  readonly sitesAdded: number;
  readonly added: readonly string[];
  /** Serials of meters of which something else was known. */
  readonly changed: readonly string[];
  /** Those among them that hung elsewhere. */
  readonly moved: readonly { readonly serial: string; readonly from: string; readonly to: string }[];
  /** Apart from keys, which are sealed and cannot be compared. */
  readonly unchanged: number;
  readonly keys: number;
}

/** What the fleet knows of what the file names. */
interface Known {
  readonly sites: ReadonlyMap<string, Row>;
  readonly meters: ReadonlyMap<string, Row>;
  readonly atPoint: ReadonlyMap<string, Row>;
  readonly atLink: ReadonlyMap<string, Row>;
  readonly points: ReadonlyMap<string, Row>;
  readonly numbers: ReadonlyMap<string, Row>;
}

const by = (rows: readonly Row[], column: string): ReadonlyMap<string, Row> =>
  new Map(rows.flatMap((row) => (row[column] === null ? [] : [[String(row[column]), row] as const])));

const knownOf = async (run: Run, rows: readonly SiteRow[]): Promise<Known> => {
  const [serials, points, links] = [
    rows.map(({ serial }) => serial),
    rows.map(({ point }) => point),
    rows.map(({ link }) => link),
  ];
  const numbers = rows.flatMap(({ gsrn }) => gsrn ?? []);
  const sites = await run(readNamedSites, [[...new Set(rows.map(({ site }) => site))]]);
  const meters = await run(readNamedMeters, [serials, points, links]);
  const named = await run(readNamedPoints, [points, numbers]);
  return {
    ...{ sites: by(sites.rows, "id"), meters: by(meters.rows, "serial"), atPoint: by(meters.rows, "point") },
    ...{ atLink: by(meters.rows, "link"), points: by(named.rows, "id"), numbers: by(named.rows, "gsrn") },
  };
};

const sitesIn = (rows: readonly SiteRow[]): ReadonlyMap<string, readonly SiteRow[]> =>
  grouped(rows, ({ site }) => site);

const strayOf = (
  row: SiteRow,
  { meters, atPoint, atLink, points }: Known,
  inFile: ReadonlySet<string>,
): readonly string[] => {
  const advice = "allow moves if that changed";
  const now = meters.get(row.serial)?.site ?? row.site;
  const there = points.get(row.point)?.site ?? row.site;
  const taken = (other: Row | undefined, column: string): readonly string[] =>
    other === undefined || inFile.has(String(other.serial))
      ? []
      : [`${row.at}: ${column} is that of meter ${String(other.serial)}: ${advice}`];
  return [
    ...(now === row.site ? [] : [`${row.at}: serial hangs at site ${String(now)}, and at ${row.site} here: ${advice}`]),
    ...(there === row.site
      ? []
      : [`${row.at}: point belongs to site ${String(there)}, and to ${row.site} here: ${advice}`]),
    ...taken(atPoint.get(row.point), "point"),
    ...taken(atLink.get(row.link ?? ""), "link"),
  ];
};

const problemsWith = ({ rows, zoned }: SiteRows, known: Known, move: boolean): readonly string[] => {
  const inFile = new Set(rows.map(({ serial }) => serial));
  const points = new Set(rows.map(({ point }) => point));
  const zones = [...sitesIn(rows)].flatMap(([site, all]) =>
    known.sites.has(site) || zoned.has(site)
      ? []
      : [`${all[0]?.at}: site ${site} is new and has no zone: add it, for example Europe/Copenhagen`],
  );
  const numbers = rows.flatMap(({ at, gsrn, point }) => {
    const owner = gsrn === undefined ? undefined : known.numbers.get(gsrn)?.id;
    return owner === undefined || owner === point || points.has(String(owner))
      ? []
      : [`${at}: gsrn is that of point ${String(owner)}: correct it, or import that point with its own number too`];
  });
  return [...zones, ...numbers, ...(move ? [] : rows.flatMap((row) => strayOf(row, known, inFile)))];
};

/** A fuse that can be compared. */
const fuseText = (fuse: unknown): string | undefined => {
  if (typeof fuse !== "object" || fuse === null) return undefined;
  const { amps, volts, phases } = fuse as Partial<PointFuse>;
  return `${phases}x${amps} A, ${volts} V`;
};

const isSame = (row: SiteRow, { meters, points, sites }: Known): boolean => {
  const [meter, point, site] = [meters.get(row.serial), points.get(row.point), sites.get(row.site)];
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [row.site, meter?.site],
    [row.point, meter?.point],
    [row.link, meter?.link],
    [row.profile, meter?.profile],
    [row.pointName, point?.name],
    [row.gsrn, point?.gsrn],
    [fuseText(row.fuse), fuseText(point?.fuse)],
    [row.plant, point?.plant],
    [row.site, point?.site],
    [row.siteName, site?.name],
    [row.zone, site?.zone],
  ];
  return pairs.every(([given, there]) => given === undefined || given === there);
};

const compared = (rows: readonly SiteRow[], known: Known): SiteImport => {
  const added = rows.filter(({ serial }) => !known.meters.has(serial));
  const old = rows.filter(({ serial }) => known.meters.has(serial));
  const changed = old.filter((row) => !isSame(row, known));
  return {
    sitesAdded: [...sitesIn(rows).keys()].filter((site) => !known.sites.has(site)).length,
    added: added.map(({ serial }) => serial),
    changed: changed.map(({ serial }) => serial),
    moved: changed.flatMap(({ serial, site }) => {
      const from = known.meters.get(serial)?.site;
      return typeof from === "string" && from !== site ? [{ serial, from, to: site }] : [];
    }),
    unchanged: old.length - changed.length,
    keys: rows.filter(({ key }) => key !== undefined).length,
  };
};

/** Sites that the file names, and those that lose something to them. */
const concerned = (rows: readonly SiteRow[], { meters, atPoint, atLink }: Known): readonly string[] =>
  rows.flatMap(({ site, serial, point, link }) => [
    site,
    ...[meters.get(serial), atPoint.get(point), atLink.get(link ?? "")].flatMap((row) =>
      typeof row?.site === "string" ? [row.site] : [],
    ),
  ]);

/** What is left empty stays as it is. */
const write = async (run: Run, rows: readonly SiteRow[], known: Known): Promise<void> => {
  const shards = (await fleetIn(run))?.shards ?? usualShards;
  const sites = [...sitesIn(rows)].map(([id, all]) => {
    const given = (key: "siteName" | "zone"): string | undefined => all.find((row) => row[key] !== undefined)?.[key];
    const there = known.sites.get(id);
    return { id, name: given("siteName") ?? there?.name ?? id, zone: given("zone") ?? there?.zone };
  });
  await run(writeSites, [
    ...[sites.map(({ id }) => id), sites.map(({ name }) => name), sites.map(({ id }) => shardOf(id, shards))],
    sites.map(({ zone }) => zone),
  ]);
  const points = rows.map(({ point }) => point);
  const at = rows.map(({ site }) => site);
  await run(freeNumbers, [points]);
  await run(writePoints, [
    ...[points, at, rows.map(({ point, pointName }) => pointName ?? known.points.get(point)?.name ?? point)],
    rows.map(({ point, gsrn }) => gsrn ?? known.points.get(point)?.gsrn ?? null),
    ...[
      rows.map(({ fuse }) => (fuse === undefined ? null : JSON.stringify(fuse))),
      rows.map(({ plant }) => plant ?? null),
    ],
  ]);
  await run(freeMeters, [rows.map(({ serial }) => serial), points, rows.map(({ link }) => link)]);
  await run(writeMeters, [
    ...[rows.map(({ serial }) => serial), at, points, rows.map(({ link }) => link)],
    rows.map(({ serial, profile }) => profile ?? known.meters.get(serial)?.profile ?? null),
  ]);
  await tellNews(run, { kind: "sites", shards: concerned(rows, known).map((site) => shardOf(site, shards)) });
};

const keysIn = (rows: readonly SiteRow[]): ReadonlyMap<string, string> =>
  new Map(rows.flatMap(({ serial, key }) => (key === undefined ? [] : [[serial, key()] as const])));

const keyProblems = ({ rows }: SiteRows, mayKeep: boolean): readonly string[] => {
  const first = mayKeep ? undefined : rows.find(({ key }) => key !== undefined);
  return first === undefined
    ? []
    : [`${first.at}: keys are not taken here: remove the column key, and bring them in with meterport fleet import`];
};

/**
 * Imports meters with their sites and points.
 *
 * @param csv its name is for sentences
 * @throws UsageError with a line per problem of the file, by itself and against what the fleet has; then nothing changed. PostgresError
 */
export const importSites = async (
  database: Database,
  csv: { readonly name: string; readonly text: string },
  { checkLink, keepKeys, afterwards, move = false, dryRun = false }: ImportOptions,
): Promise<SiteImport> => {
  const read = siteRows(csv.name, csv.text, checkLink);
  const { rows, problems } = read;
  return database.transaction(async (run) => {
    await run(lockImports, [database.place.schema]);
    const known = await knownOf(run, rows);
    const all = [...problems, ...keyProblems(read, keepKeys !== undefined), ...problemsWith(read, known, move)];
    if (all.length > 0) throw wrongRows(all);
    const report = compared(rows, known);
    if (dryRun) return report;
    await write(run, rows, known);
    await keepKeys?.(run, keysIn(rows));
    await afterwards?.(run, report);
    return report;
  });
};
