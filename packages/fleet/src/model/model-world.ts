/** The meters of a model, the sites that they share, and the shards of those. */

import { type LocalOffset, parseQuiet, type QuietWindow } from "@meterport/engine/plan/quiet";
import { phaseOf } from "@meterport/engine/plan/spread";
import type { Millis } from "@meterport/protocol/ports";
import { shardOf } from "../shards/shard-of.ts";
import type { ModelSettings } from "./model-settings.ts";
import { day, hour } from "./model-times.ts";
import type { Seeded } from "./seeded.ts";

export interface ModelWorld {
  readonly sites: number;
  /** Of each meter. */
  readonly siteOf: Int32Array;
  /** Of each site; its meters have the numbers from here to the next site's first. */
  readonly firstMeter: Int32Array;
  readonly shardOfSite: Int16Array;
  readonly sitesOfShard: readonly number[][];
  /** Where in the interval a meter is read, milliseconds. */
  readonly phase: Float64Array;
  /** Whether a site has a quiet window. */
  readonly isQuiet: Uint8Array;
  /** How long a site's bridge is dead: from, until. */
  readonly deadFrom: Float64Array;
  readonly deadUntil: Float64Array;
}

/** In winter, in the middle of Europe. */
export const localOffset: LocalOffset = () => hour;

/** A twentieth of the sites is not read then. */
export const quietWindows: readonly QuietWindow[] = parseQuiet("02:10-02:18, 14:00-14:05");
const quietShare = 0.05;

/** Most sites are a meter or two, few are a building with up to 25. */
const sizeOf = (chance: Seeded): number => 1 + Math.floor(25 * chance.next() ** 3);

const layOut = (meters: number, chance: Seeded): { siteOf: Int32Array; firstMeter: Int32Array } => {
  const siteOf = new Int32Array(meters);
  const first: number[] = [];
  for (let meter = 0; meter < meters; ) {
    const end = Math.min(meters, meter + sizeOf(chance));
    siteOf.fill(first.length, meter, end);
    first.push(meter);
    meter = end;
  }
  return { siteOf, firstMeter: Int32Array.from([...first, meters]) };
};

export const worldOf = ({ meters, readsPerDay, shards, faults }: ModelSettings, chance: Seeded): ModelWorld => {
  const { siteOf, firstMeter } = layOut(meters, chance);
  const sites = firstMeter.length - 1;
  const shardOfSite = new Int16Array(sites);
  const sitesOfShard: number[][] = Array.from({ length: shards }, () => []);
  const isQuiet = new Uint8Array(sites);
  const deadFrom = new Float64Array(sites).fill(Number.POSITIVE_INFINITY);
  const deadUntil = new Float64Array(sites).fill(Number.POSITIVE_INFINITY);
  for (let site = 0; site < sites; site++) {
    const shard = shardOf(`site-${site}`, shards);
    shardOfSite[site] = shard;
    sitesOfShard[shard]?.push(site);
    isQuiet[site] = Number(chance.next() < quietShare);
    const fate = chance.next();
    let share = 0;
    for (const dead of faults.deadSites) {
      if (fate >= share && fate < share + dead.share) {
        deadFrom[site] = dead.from;
        deadUntil[site] = dead.until ?? Number.POSITIVE_INFINITY;
      }
      share += dead.share;
    }
  }
  const every: Millis = day / readsPerDay;
  const phase = Float64Array.from({ length: meters }, (_, meter) => Math.floor(phaseOf(`meter-${meter}`, every)));
  return { sites, siteOf, firstMeter, shardOfSite, sitesOfShard, phase, isQuiet, deadFrom, deadUntil };
};
