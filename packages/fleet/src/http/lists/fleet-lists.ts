/** Lists of what a fleet has, in the words of the API. */
import type { Millis } from "@meterport/protocol/ports";
import type { Row, Run } from "../../books/database.ts";
import { tellNews } from "../../shards/news.ts";
import { liveSeconds } from "../../shards/sql/told.ts";
import {
  type FleetAnswer,
  type FleetHolder,
  type FleetLinkState,
  type FleetMeter,
  type FleetSite,
  fleetLinkStates,
  type HolderHealth,
  type HoldersAnswer,
} from "../api.ts";
import {
  countMetered,
  countMeters,
  countSites,
  pauseSite,
  readCounts,
  readDaySeconds,
  readHeldShards,
  readHolders,
  readMeters,
  readSites,
  readStates,
} from "./lists-sql.ts";

const iso = (time: Millis): string => new Date(time).toISOString();
const isoOf = (value: unknown): string => (value as Date).toISOString();
const isoOrNull = (value: unknown): string | null => (value === null ? null : isoOf(value));
const textOrNull = (value: unknown): string | null => (value === null ? null : String(value));

/** The channel by which completeness is judged. */
export const mainChannel = "energy_import_wh";

type Counts = Omit<FleetAnswer, "id" | "name" | "shards" | "yesterday" | "states">;

/** Counts of everything; takes a while in a fleet of a million. */
export const countsOf = async (run: Run, shards: number, now: Millis): Promise<Counts> => {
  const [row] = (await run(readCounts, [iso(now)])).rows as [Row];
  const { rows: holders } = await run(readHolders, [mostHolders]);
  return {
    ...{ sites: Number(row.sites), sites_paused: Number(row.paused), points: Number(row.points) },
    ...{ meters: Number(row.meters), shards_free: Math.max(0, shards - Number(row.held)) },
    holders: holders.filter(({ ago }) => healthOf(Number(ago)) === "up").length,
    ...{ open_gaps: Number(row.gaps), oldest_gap: textOrNull(row.oldest) },
  };
};

const isState = (text: string): text is FleetLinkState => (fleetLinkStates as readonly string[]).includes(text);
const stateIn = (value: unknown): FleetLinkState =>
  isState(String(value)) ? (String(value) as FleetLinkState) : "unknown";

/** How many meters are in which state. */
export const statesOf = async (run: Run): Promise<FleetAnswer["states"]> => {
  const counts = Object.fromEntries(fleetLinkStates.map((state) => [state, 0])) as Record<FleetLinkState, number>;
  for (const { state, count } of (await run(readStates)).rows) counts[stateIn(state)] += Number(count);
  return counts;
};

const day: Millis = 86_400_000;

/** How much of yesterday, in UTC, is there of all points with a meter. */
export const yesterdayOf = async (run: Run, now: Millis): Promise<FleetAnswer["yesterday"]> => {
  const yesterday = iso(now - day).slice(0, 10);
  const metered = Number((await run(countMetered)).rows[0]?.count);
  const seconds = Number((await run(readDaySeconds, [yesterday, mainChannel])).rows[0]?.seconds);
  return { day: yesterday, percent: percentOf(seconds, 86_400 * metered), counted: iso(now) };
};

/** 0 to 100, rounded down to hundredths, so that 100 is whole; null if nothing is expected. */
export const percentOf = (present: number, expected: number): number | null =>
  expected > 0 ? Math.min(100, Math.floor((10_000 * present) / expected) / 100) : null;

/** More processes than that are not listed. */
const mostHolders = 1_000;
/** Without a word for longer, it is dead. */
const lateSeconds = 60;

const healthOf = (ago: number): HolderHealth => (ago <= liveSeconds ? "up" : ago <= lateSeconds ? "late" : "gone");

const holderIn = (row: Row): FleetHolder => {
  const health = healthOf(Number(row.ago));
  return {
    ...{ holder: String(row.holder), address: String(row.address), version: String(row.version) },
    ...{ seen: isoOf(row.seen), health, shards: row.shards as readonly number[], meters: Number(row.meters) },
  };
};

export const holdersOf = async (run: Run, shards: number): Promise<HoldersAnswer> => {
  const { rows } = await run(readHolders, [mostHolders]);
  const held = new Set((await run(readHeldShards)).rows.map(({ shard }) => Number(shard)));
  return {
    holders: rows.map(holderIn),
    free: Array.from({ length: shards }, (_, shard) => shard).filter((shard) => !held.has(shard)),
  };
};

/** Rows behind a key. */
export interface Part {
  /** Empty for the first. */
  readonly after: string;
  readonly limit: number;
  /** A part of an id or a name. */
  readonly q?: string | undefined;
}

const siteIn = (row: Row): FleetSite => ({
  ...{ id: String(row.id), name: String(row.name), zone: String(row.zone), shard: Number(row.shard) },
  ...{ holder: textOrNull(row.holder), paused_until: isoOrNull(row.paused_until), meters: Number(row.meters) },
});

export interface SitesQuery extends Part {
  readonly paused?: boolean | undefined;
  /** The one of this id. */
  readonly only?: string | undefined;
  readonly now: Millis;
}

export const listSites = async (
  run: Run,
  { after, limit, q, paused, only, now }: SitesQuery,
): Promise<readonly FleetSite[]> =>
  (await run(readSites, [after, q ?? null, paused ?? null, iso(now), limit, only ?? null])).rows.map(siteIn);

const meterIn = (row: Row): FleetMeter => ({
  ...{ serial: String(row.serial), point: textOrNull(row.point), point_name: textOrNull(row.point_name) },
  ...{ site: textOrNull(row.site), profile: textOrNull(row.profile), state: stateIn(row.state) },
  ...{ since: isoOrNull(row.since), cause: textOrNull(row.cause), holder: textOrNull(row.holder) },
  newest: row.newest === null ? null : iso(Number(row.newest)),
});

export const listMeters = async (
  run: Run,
  options: Part & { readonly site?: string | undefined; readonly states?: readonly FleetLinkState[] | undefined },
): Promise<readonly FleetMeter[]> => {
  const { after, limit, q, site, states } = options;
  return (await run(readMeters, [after, q ?? null, site ?? null, states ?? null, limit])).rows.map(meterIn);
};

export const metersIn = async (run: Run): Promise<number> => Number((await run(countMeters)).rows[0]?.count);
export const sitesIn = async (run: Run): Promise<number> => Number((await run(countSites)).rows[0]?.count);

/** Leaves a site alone until a moment, or no longer. False if there is none of this id. */
export const pause = async (run: Run, site: string, until: Millis | null): Promise<boolean> => {
  const { rows } = await run(pauseSite, [site, until === null ? null : iso(until)]);
  await tellNews(run, { kind: "sites", shards: rows.map(({ shard }) => Number(shard)) });
  return rows.length === 1;
};
