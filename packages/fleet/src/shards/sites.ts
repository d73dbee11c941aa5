/** The sites and meters of the shards that a process holds. */
import type { Millis } from "@meterport/protocol/ports";
import type { Row, Run } from "../books/database.ts";
import { readShardOfMeter, readSites } from "./sql/site-lists.ts";

export interface SiteMeter {
  readonly serial: string;
  /** Null if nobody said how it is reached: it is known from its readings only. */
  readonly link: string | null;
  readonly profile: string | null;
  /** The metering point that it measures. */
  readonly point: string | null;
  readonly pointName: string | null;
  readonly gsrn: string | null;
  /** The point's own if it has one, else the site's. */
  readonly zone: string;
}

/** What shares a bridge, a bus or an uplink. */
export interface Site {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly shard: number;
  /** Milliseconds since 1970; null if it was never paused. */
  readonly pausedUntil: Millis | null;
  readonly meters: readonly SiteMeter[];
}

const textOrNull = (value: unknown): string | null => (value === null ? null : String(value));

const siteIn = (row: Row): Site & { readonly meters: SiteMeter[] } => ({
  ...{ id: String(row.site), name: String(row.site_name), zone: String(row.zone), shard: Number(row.shard) },
  pausedUntil: row.paused_until === null ? null : Number(row.paused_until),
  meters: [],
});

const meterIn = (row: Row): SiteMeter => ({
  ...{ serial: String(row.serial), link: textOrNull(row.link), profile: textOrNull(row.profile) },
  ...{ point: textOrNull(row.point), pointName: textOrNull(row.point_name), gsrn: textOrNull(row.gsrn) },
  zone: textOrNull(row.point_zone) ?? String(row.zone),
});

/** Sites of these shards with their meters, by id; sites without meters are among them. */
export const sitesOf = async (run: Run, shards: readonly number[]): Promise<readonly Site[]> => {
  const sites = new Map<string, Site & { readonly meters: SiteMeter[] }>();
  for (const row of (await run(readSites, [shards])).rows) {
    const site = sites.get(String(row.site)) ?? siteIn(row);
    sites.set(site.id, site);
    if (row.serial !== null) site.meters.push(meterIn(row));
  }
  return [...sites.values()];
};

/** The shard of a meter's site; none if it has no site. */
export const shardsOfMeter = async (run: Run, serial: string): Promise<readonly number[]> =>
  (await run(readShardOfMeter, [serial])).rows.map(({ shard }) => Number(shard));
