/** Where a metering point is read now. */
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Run } from "../../books/database.ts";
import { readingPoint, siteOf } from "../../books/sql/child-points.ts";
import { heldShards } from "../../shards/sql/told.ts";

/** The process that reads a point. */
export interface Place {
  readonly holder: string;
  /** "http://reader-1.example.org:8765" */
  readonly address: string;
  /** What it lets through on our word. */
  readonly pass: string;
}

/** A meter without a link is read by a gateway of its own: not by the process that holds the shard of its site. */
const readPlaces = `
  SELECT p.id, held.holder, l.pass,
    CASE WHEN NOT EXISTS (SELECT FROM meter m WHERE m.point_id = ${readingPoint("p")} AND m.link IS NULL) THEN held.address END AS address
    FROM metering_point p LEFT JOIN site s ON s.site_id = ${siteOf("p")} LEFT JOIN ${heldShards} AS held ON held.shard = s.shard
    LEFT JOIN holder l ON l.holder = held.holder
    WHERE p.id = ANY ($1::text[])`;

const isAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);

/** A page asks of one point some times a second, and shards move seldom. */
const validFor: Millis = 1_000;
const mostKept = 10_000;

/** Looks up points by their ids, meters behind a meter too. A point that the books do not have is not among the answers; null if nobody reads it now. */
export type FindPlaces = (ids: readonly string[]) => Promise<ReadonlyMap<string, Place | null>>;

/** Keeps answers for a second. @throws PostgresError */
export const placesFinder = (run: Run, clock: Pick<Clock, "now">): FindPlaces => {
  const kept = new Map<string, { readonly at: Millis; readonly place: Place | null }>();
  return async (ids) => {
    const now = clock.now();
    const found = new Map<string, Place | null>();
    for (const id of ids) {
      const known = kept.get(id);
      if (known !== undefined && now - known.at < validFor) found.set(id, known.place);
    }
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    if (kept.size > mostKept) kept.clear();
    for (const { id, holder, address, pass } of (await run(readPlaces, [missing])).rows) {
      const isHeld = typeof address === "string" && typeof pass === "string" && isAddress(address);
      const place = isHeld ? { holder: String(holder), address: address.replace(/\/+$/, ""), pass } : null;
      kept.set(String(id), { at: now, place });
      found.set(String(id), place);
    }
    return found;
  };
};
