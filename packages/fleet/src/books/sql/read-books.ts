/** What is read of the books. Slot n of a day, counted from 1, ends \`phase + n × step\` seconds after its midnight UTC. */

/**
 * First and last slot of a row that end after `from` and at or before `to`, which are seconds since 1970; a slice of none is empty. Whole days are
 * most of what is read, and need no slice.
 */
const slice = (from: string, to: string): string => `
  CROSS JOIN LATERAL (SELECT (d.day - date '1970-01-01')::bigint * 86400 + c.phase AS begin) AS row
  CROSS JOIN LATERAL (SELECT
    greatest(1, floor((${from} - row.begin)::float8 / c.step)::int + 1) AS lo,
    least(86400 / c.step, floor((${to} - row.begin)::float8 / c.step)::int) AS hi) AS place`;

const isWhole = "place.lo = 1 AND place.hi = 86400 / c.step";

/** Days of which a slot may end in a range: one that begins late reaches two dates further, and the first of a day ends after its midnight. */
const firstDate = (from: string): string => `(${from} AT TIME ZONE 'UTC')::date - 2`;
const lastDate = (to: string): string => `(${to} AT TIME ZONE 'UTC' - interval '1 second')::date`;
const near = (from: string, to: string): string => `d.day BETWEEN ${firstDate(from)} AND ${lastDate(to)}`;

/** How many slots of a slice have a value. A day on which all have one is seen without making a text of it. */
const values = (ranks: string): string => `
  CASE WHEN ${isWhole} AND '0' <> ALL (${ranks}) AND 'v' <> ALL (${ranks}) THEN 86400 / c.step
    ELSE length(translate(array_to_string(${ranks}[place.lo:place.hi], ''), '0v', '')) END`;

const seconds = (time: string): string => `extract(epoch FROM ${time})::bigint`;

/** Channel-days as they are. */
export const readDays = `
  SELECT p.id AS point, c.name, c.step, c.phase, c.digits, d.day::text AS day, d.raw, array_to_string(d.rank, '') AS rank,
      array_to_string(d.status, '') AS status
    FROM metering_point p JOIN channel c USING (point_id) JOIN profile_day d USING (channel_id)
    WHERE p.id = ANY ($1::text[]) AND c.step > 0 AND ($2::text IS NULL OR c.name = $2) AND ${near("$3::timestamptz", "$4::timestamptz")}
    ORDER BY p.id, c.name, c.step, c.phase, c.digits, d.day`;

/** Of each channel its first day and its newest. */
export const readCoverage = `
  SELECT p.id AS point, c.channel_id, c.name, c.step, c.phase, c.digits, f.day AS first_day, f.rank AS first_rank, n.day AS newest_day,
      n.rank AS newest_rank
    FROM metering_point p JOIN channel c USING (point_id)
    CROSS JOIN LATERAL (SELECT d.day::text AS day, array_to_string(rank, '') AS rank FROM profile_day d
      WHERE d.channel_id = c.channel_id ORDER BY d.day LIMIT 1) AS f
    CROSS JOIN LATERAL (SELECT d.day::text AS day, array_to_string(rank, '') AS rank FROM profile_day d
      WHERE d.channel_id = c.channel_id ORDER BY d.day DESC LIMIT 1) AS n
    WHERE p.id = ANY ($1::text[]) AND c.step > 0
    ORDER BY p.id, c.name, c.step, c.phase, c.digits`;

/** \`n\` counts periods from 1. OFFSET 0 has slots counted before rows are put in order: arrays are too large to carry along. */
export const readSums = `
  SELECT p.id AS point, c.step, c.phase, c.digits, b.n, sum(part.total)::text AS total, (c.step * sum(part.slots))::float8 AS seconds
    FROM metering_point p JOIN channel c USING (point_id) JOIN profile_day d USING (channel_id)
    JOIN (SELECT n::int, ${seconds("from_at")} AS from_s, ${seconds("to_at")} AS to_s, ${firstDate("from_at")} AS from_day,
        ${lastDate("to_at")} AS to_day
      FROM unnest($3::timestamptz[], $4::timestamptz[]) WITH ORDINALITY AS b (from_at, to_at, n)) AS b ON d.day BETWEEN b.from_day AND b.to_day
    ${slice("b.from_s", "b.to_s")}
    CROSS JOIN LATERAL (SELECT ${values("d.rank")} AS slots,
      (SELECT coalesce(sum(v), 0) FROM (SELECT unnest(CASE WHEN ${isWhole} THEN d.raw ELSE d.raw[place.lo:place.hi] END) AS v) AS s) AS total OFFSET 0) AS part
    WHERE p.id = ANY ($1::text[]) AND c.name = $2 AND c.step > 0 AND place.lo <= place.hi
      AND ${near("$5::timestamptz", "$6::timestamptz")}
    GROUP BY p.point_id, c.channel_id, b.n`;

export const readZones = `
  SELECT DISTINCT coalesce(p.zone, s.zone, 'UTC') AS zone FROM metering_point p LEFT JOIN site s USING (site_id)
    WHERE $1::text[] IS NULL OR p.id = ANY ($1)`;

/**
 * One row for each channel name of a point, and one for a point that has none. Ranks of a channel with several decimal places are laid over
 * each other first, so that no slot counts twice. Of a channel that has a value at the very beginning nobody asks when it began.
 */
export const readCompleteness = `
  WITH zone AS (
    SELECT zone, ${seconds("from_at")} AS from_s, ${seconds("to_at")} AS to_s
      FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) AS z (zone, from_at, to_at)),
  known AS MATERIALIZED (
    SELECT p.point_id, p.id AS point, s.id AS site, z.from_s, z.to_s
      FROM metering_point p LEFT JOIN site s USING (site_id) JOIN zone z ON z.zone = coalesce(p.zone, s.zone, 'UTC')
      WHERE $1::text[] IS NULL OR p.id = ANY ($1)),
  own AS MATERIALIZED (
    SELECT k.point_id, k.from_s, k.to_s, c.channel_id, c.name, c.step, c.phase,
        count(*) OVER (PARTITION BY k.point_id, c.name, c.step, c.phase) > 1 AS is_shared
      FROM known k JOIN channel c USING (point_id) WHERE c.step > 0),
  read AS MATERIALIZED (
    SELECT c.channel_id, sum(part.slots) AS slots, bool_or(part.starts) AS starts
      FROM own c JOIN profile_day d USING (channel_id) ${slice("c.from_s", "c.to_s")}
      CROSS JOIN LATERAL (SELECT CASE WHEN c.is_shared THEN 0 ELSE ${values("d.rank")} END AS slots,
        row.begin + c.step * (place.lo - 1) <= c.from_s AND d.rank[place.lo] <> '0' AS starts OFFSET 0) AS part
      WHERE place.lo <= place.hi AND ${near("$5::timestamptz", "$6::timestamptz")}
      GROUP BY c.channel_id),
  merged AS (
    SELECT c.point_id, c.name, c.step, c.phase, d.day, c.from_s, c.to_s, highest_rank(d.rank) AS rank
      FROM own c JOIN profile_day d USING (channel_id)
      WHERE c.is_shared AND ${near("$5::timestamptz", "$6::timestamptz")}
      GROUP BY c.point_id, c.name, c.step, c.phase, d.day, c.from_s, c.to_s),
  counted AS (
    SELECT point_id, name, sum(seconds)::float8 AS seconds FROM (
      SELECT c.point_id, c.name, c.step * read.slots AS seconds FROM own c JOIN read USING (channel_id) WHERE NOT c.is_shared
      UNION ALL
      SELECT c.point_id, c.name, c.step * ${values("c.rank")}
        FROM merged c CROSS JOIN LATERAL (SELECT c.day) AS d ${slice("c.from_s", "c.to_s")} WHERE place.lo <= place.hi) AS each
      GROUP BY point_id, name),
  lost AS (
    SELECT c.point_id, c.name, sum(c.step * bit_count(substring(g.gone FROM place.lo FOR place.hi - place.lo + 1)))::float8 AS seconds
      FROM own c JOIN gap g USING (channel_id) CROSS JOIN LATERAL (SELECT g.day) AS d ${slice("c.from_s", "c.to_s")}
      WHERE place.lo <= place.hi GROUP BY c.point_id, c.name),
  begun AS (
    SELECT c.point_id, c.name, min(CASE WHEN read.starts THEN c.from_s ELSE f.since END)::float8 AS since
      FROM own c LEFT JOIN read USING (channel_id)
      LEFT JOIN LATERAL (SELECT (d.day - date '1970-01-01')::bigint * 86400 + c.phase + c.step * (length(t.text) - length(ltrim(t.text, '0'))) AS since
        FROM profile_day d CROSS JOIN LATERAL (SELECT array_to_string(d.rank, '') AS text) AS t
        WHERE read.starts IS NOT TRUE AND d.channel_id = c.channel_id ORDER BY d.day LIMIT 1) AS f ON true
      WHERE read.starts OR f.since IS NOT NULL GROUP BY c.point_id, c.name)
  SELECT k.site, k.point, begun.name, 1000 * begun.since AS since, coalesce(counted.seconds, 0) AS seconds,
      coalesce(lost.seconds, 0) AS gone, (1000 * k.from_s)::float8 AS from_at, (1000 * k.to_s)::float8 AS to_at
    FROM known k LEFT JOIN begun USING (point_id)
    LEFT JOIN counted ON counted.point_id = k.point_id AND counted.name = begun.name
    LEFT JOIN lost ON lost.point_id = k.point_id AND lost.name = begun.name
    ORDER BY k.site, k.point, begun.name`;

/** The proofs of a span of time. */
export const readBlocks = `
  SELECT block_id::text AS id, holder, attempt, what, read_at, clock_offset_ms, raw, from_at, to_at
    FROM block JOIN metering_point p USING (point_id) WHERE p.id = $1 AND from_at < $3::timestamptz AND to_at > $2::timestamptz
    ORDER BY from_at, read_at, block_id LIMIT $4`;

/** Meters that hang at two points at once: one serial number at two sites, or a move that nobody told. */
export const readDoubles = `
  SELECT m.serial, least(p.id, q.id) AS point, greatest(p.id, q.id) AS other
    FROM installation a JOIN installation b ON b.meter_id = a.meter_id AND b.point_id > a.point_id
      AND b.from_at < coalesce(a.to_at, 'infinity') AND a.from_at < coalesce(b.to_at, 'infinity')
    JOIN meter m ON m.meter_id = a.meter_id JOIN metering_point p ON p.point_id = a.point_id
    JOIN metering_point q ON q.point_id = b.point_id
    ORDER BY 1, 2, 3 LIMIT $1`;

/** Ranks and losses of channels by day, for the gap scan. */
export const readRanks = `
  SELECT p.id AS point, c.channel_id, c.name, c.step, c.phase, c.digits, known.day::text AS day,
      array_to_string(known.rank, '') AS rank, known.gone::text AS gone
    FROM metering_point p JOIN channel c USING (point_id)
    CROSS JOIN LATERAL (SELECT day, d.rank, g.gone
      FROM (SELECT day, rank FROM profile_day WHERE channel_id = c.channel_id AND day BETWEEN $2::date AND $3::date) AS d
      FULL JOIN (SELECT day, gone FROM gap WHERE channel_id = c.channel_id AND day BETWEEN $2::date AND $3::date) AS g
        USING (day)) AS known
    WHERE p.id = ANY ($1::text[]) AND c.step > 0`;

export const writeGaps = `
  INSERT INTO gap AS g (channel_id, day, slots, gone)
    SELECT channel_id, day, slots::varbit & ~gone::varbit, gone::varbit
    FROM unnest($1::int[], $2::date[], $3::text[], $4::text[]) AS u (channel_id, day, slots, gone) ORDER BY channel_id, day
  ON CONFLICT (channel_id, day) DO UPDATE SET gone = g.gone | excluded.gone, slots = excluded.slots & ~g.gone
    WHERE g.gone | excluded.gone <> g.gone OR excluded.slots & ~g.gone <> g.slots`;

/** Gaps that a holder should ask its meters for: those that were not asked for since \`$2\`. */
export const readGaps = `
  SELECT p.id AS point, c.channel_id, c.name, c.step, c.phase, g.day::text AS day, g.slots::text AS slots
    FROM metering_point p JOIN channel c USING (point_id) JOIN gap g USING (channel_id)
    WHERE p.id = ANY ($1::text[]) AND position(B'1' IN g.slots) > 0 AND (g.asked_at IS NULL OR g.asked_at < $2::timestamptz)
    ORDER BY g.day DESC, p.id, c.name LIMIT $3`;
