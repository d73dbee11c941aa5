/** Lists of what a fleet has, by pages: each takes the rows behind a key, so no page costs more than the first. */
import { heardGateways, heldShards, teller } from "../../shards/sql/told.ts";

/** Nobody who lives holds its shard, or its holder has not told. */
const state = `CASE WHEN ${teller} IS NULL THEN 'free' WHEN st.holder = ${teller} THEN st.state ELSE 'unknown' END`;

/** A link as its holder told it; a word of a former holder counts no more. */
const told = `
  LEFT JOIN ${heldShards} AS held ON held.shard = s.shard
  LEFT JOIN point_state st ON st.point_id = m.point_id ${heardGateways}`;

export const readCounts = `
  SELECT (SELECT count(*) FROM site)::int AS sites, (SELECT count(*) FROM site WHERE paused_until > $1::timestamptz)::int AS paused,
    (SELECT count(*) FROM metering_point)::int AS points, (SELECT count(*) FROM meter)::int AS meters,
    (SELECT count(*) FROM ${heldShards} AS held)::int AS held,
    (SELECT count(*) FROM gap WHERE position(B'1' IN slots) > 0)::int AS gaps,
    (SELECT min(day)::text FROM gap WHERE position(B'1' IN slots) > 0) AS oldest`;

/** Of meters with a link: one behind another meter, or that was taken down, has none that could be up. */
export const readStates = `
  SELECT ${state} AS state, count(*)::int AS count FROM meter m LEFT JOIN site s USING (site_id) ${told} WHERE m.link IS NOT NULL GROUP BY 1`;

/** Up to $1 points at which another meter answers than the list names. Zeros in front of a serial number count nothing. */
export const readStrangers = `
  SELECT p.id AS point, m.serial AS listed, i.serial AS found FROM meter m JOIN metering_point p USING (point_id)
    CROSS JOIN LATERAL (SELECT serial, to_at FROM installation WHERE point_id = m.point_id ORDER BY from_at DESC LIMIT 1) AS i
    WHERE m.link IS NOT NULL AND i.to_at IS NULL AND regexp_replace(i.serial, '^0+(?=\\d+$)', '') <> m.serial
    ORDER BY p.id LIMIT $1`;

/** Seconds of the channel $2 that are there on the day $1. What a point has with several decimal places counts once at most. */
export const readDaySeconds = `
  SELECT coalesce(sum(least(86400, seconds)), 0)::float8 AS seconds FROM (
    SELECT c.point_id, sum(c.step * CASE WHEN array_position(d.rank, '0') IS NULL AND array_position(d.rank, 'v') IS NULL
        THEN cardinality(d.rank) ELSE length(translate(array_to_string(d.rank, ''), '0v', '')) END) AS seconds
      FROM profile_day d JOIN channel c USING (channel_id) JOIN meter m USING (point_id)
      WHERE d.day = $1::date AND c.name = $2 AND c.step > 0 GROUP BY c.point_id) AS by_point`;

export const countMetered = "SELECT count(*)::int AS count FROM meter WHERE point_id IS NOT NULL";

/** Holders that were seen within a day, the newest first, with their shards and how many meters these have. */
export const readHolders = `
  SELECT l.holder, l.address, l.version, l.seen, extract(epoch FROM now() - l.seen)::float8 AS ago,
      coalesce(h.shards, '{}') AS shards, coalesce(h.meters, 0)::int AS meters
    FROM holder l LEFT JOIN (
      SELECT h.holder, array_agg(h.shard::int ORDER BY h.shard) AS shards, sum(n.meters) AS meters
        FROM held_shard h LEFT JOIN (SELECT s.shard, count(*) AS meters FROM meter m JOIN site s USING (site_id) GROUP BY 1) AS n USING (shard)
        GROUP BY 1) AS h USING (holder)
    ORDER BY l.seen DESC, l.holder LIMIT $1`;

export const readHeldShards = `SELECT held.shard FROM ${heldShards} AS held`;

/** A part of an id or a name, whatever the case. */
const has = (columns: readonly string[], text: string): string =>
  `(${text}::text IS NULL OR ${columns.map((column) => `position(lower(${text}) IN lower(${column})) > 0`).join(" OR ")})`;

/** Behind $1; text $2; paused $3 now ($4); at most $5; only $6. */
export const readSites = `
  SELECT s.id, s.name, s.zone, s.shard, held.holder, CASE WHEN s.paused_until > $4::timestamptz THEN s.paused_until END AS paused_until,
      (SELECT count(*) FROM meter m WHERE m.site_id = s.site_id)::int AS meters
    FROM site s LEFT JOIN ${heldShards} AS held ON held.shard = s.shard
    WHERE s.id > $1 AND ($6::text IS NULL OR s.id = $6) AND ${has(["s.id", "s.name"], "$2")}
      AND ($3::boolean IS NULL OR $3 = coalesce(s.paused_until > $4::timestamptz, false))
    ORDER BY s.id LIMIT $5`;

/** The end of the newest slot of one of which something is known, of the active import of a point. */
const newest = (point: string): string => `
  (SELECT max(date_part('epoch', n.day) + c.phase + c.step * length(rtrim(n.rank, '0')))::float8
    FROM channel c CROSS JOIN LATERAL (SELECT d.day, array_to_string(d.rank, '') AS rank FROM profile_day d
      WHERE d.channel_id = c.channel_id ORDER BY d.day DESC LIMIT 1) AS n
    WHERE c.point_id = ${point} AND c.name = 'energy_import_wh' AND c.step > 0)`;

/** Behind serial $1; text $2; site $3; states $4; at most $5. */
export const readMeters = `
  SELECT page.*, 1000 * ${newest("page.point_id")} AS newest FROM (
    SELECT m.serial, m.point_id, p.id AS point, p.name AS point_name, s.id AS site, m.profile, ${state} AS state,
        CASE WHEN st.holder = ${teller} THEN st.since END AS since, CASE WHEN st.holder = ${teller} THEN st.cause END AS cause,
        ${teller} AS holder
      FROM meter m LEFT JOIN site s USING (site_id) LEFT JOIN metering_point p ON p.point_id = m.point_id ${told}
      WHERE m.serial > $1 AND ${has(["m.serial", "p.id", "p.name"], "$2")} AND ($3::text IS NULL OR s.id = $3)
        AND ($4::text[] IS NULL OR ${state} = ANY ($4))
      ORDER BY m.serial LIMIT $5) AS page
    ORDER BY page.serial`;

export const countMeters = "SELECT count(*)::int AS count FROM meter";
export const countSites = "SELECT count(*)::int AS count FROM site";

/** Site $1 is paused until $2; null if there is none. */
export const pauseSite = "UPDATE site SET paused_until = $2::timestamptz WHERE id = $1 RETURNING shard";
