/** What checks of days read and write. Only energy in slots that VEE knows, on days that begin at midnight UTC. */

const checked = `c.phase = 0 AND c.step IN (300, 600, 900, 1800, 3600)
  AND c.name IN ('energy_import_wh', 'energy_export_wh', 'reactive_energy_import_varh', 'reactive_energy_export_varh')`;

/** Channel-days of the points $1 on the days $2. Arrays travel as texts, which are read several times as quickly. */
export const readVeeDays = `
  SELECT c.point_id, c.channel_id, c.name, c.step, c.digits, d.day::text AS day, d.raw::text AS raw,
    array_to_string(d.rank, '') AS rank, array_to_string(d.status, '') AS status
  FROM channel c JOIN profile_day d USING (channel_id)
  WHERE c.point_id = ANY ($1::int[]) AND ${checked} AND d.day = ANY ($2::date[])`;

export const readVeePoints = `
  SELECT p.point_id, p.id, coalesce(p.zone, s.zone, 'UTC') AS zone, p.fuse, p.plant,
    ARRAY(SELECT DISTINCT c.name FROM channel c WHERE c.point_id = p.point_id AND ${checked}) AS names
  FROM metering_point p LEFT JOIN site s USING (site_id) WHERE p.point_id = ANY ($1::int[])`;

/** States of the sum of all tiers. */
export const readVeeRegisters = `
  SELECT c.point_id, c.name, c.digits, r.read_at, r.raw, r.serial
  FROM channel c JOIN register_reading r USING (channel_id)
  WHERE c.point_id = ANY ($1::int[]) AND c.step = 0 AND c.tier = 0 AND r.read_at >= $2::timestamptz AND r.read_at < $3::timestamptz`;

export const readVeeInstallations = `
  SELECT point_id, from_at, to_at, serial, about, start_register, end_register FROM installation
  WHERE point_id = ANY ($1::int[]) ORDER BY point_id, from_at`;

/**
 * How far clocks were off, as far as it matters: by more than $4 ms, and what was read before such a read, since of a slot the first read after it
 * counts. Proofs may be as many as slots.
 */
export const readVeeClock = `
  SELECT point_id, read_at, clock_offset_ms FROM (
    SELECT point_id, read_at, clock_offset_ms,
      lead(clock_offset_ms) OVER (PARTITION BY point_id ORDER BY read_at, abs(clock_offset_ms) DESC) AS next
    FROM (SELECT DISTINCT point_id, read_at, clock_offset_ms FROM block
      WHERE point_id = ANY ($1::int[]) AND clock_offset_ms IS NOT NULL AND read_at >= $2::timestamptz AND read_at < $3::timestamptz
        AND from_at >= $2::timestamptz - interval '1 day') AS one) AS each
  WHERE abs(clock_offset_ms) > $4::float8 OR abs(next) > $4::float8`;

export const readVeeEdits = `
  SELECT point_id, obis, kind, from_at, to_at, value, author, reason, at FROM edit
  WHERE point_id = ANY ($1::int[]) AND from_at < $3::timestamptz AND to_at > $2::timestamptz ORDER BY at, edit_id`;

/** The newest version of each day. */
export const readChosen = `
  SELECT DISTINCT ON (point_id, obis, day) point_id, obis, day::text AS day, version, value::text AS value,
    array_to_string(code, '') AS code, rule::text AS rule, by, reason, at
  FROM chosen_day WHERE point_id = ANY ($1::int[]) AND day BETWEEN $2::date AND $3::date
  ORDER BY point_id, obis, day, version DESC`;

export const writeChosen = `
  INSERT INTO chosen_day (point_id, obis, day, version, value, code, rule, by, reason, at)
    SELECT point_id, obis, day, version, value::int[], code::"char"[], rule::smallint[], by, reason, at
    FROM unnest($1::int[], $2::text[], $3::date[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
      AS u (point_id, obis, day, version, value, code, rule, by, reason, at)
  ON CONFLICT DO NOTHING`;

/** A day that somebody has seen stays so until something else is found. */
export const writeVeeDays = `
  INSERT INTO vee_day AS v (point_id, obis, day, verdict, findings, state, version, suspect, missing, estimated, at)
    SELECT point_id, obis, day, verdict, findings::jsonb, state::"char", version, suspect, missing, estimated, at
    FROM unnest($1::int[], $2::text[], $3::date[], $4::text[], $5::text[], $6::text[], $7::int[], $8::smallint[], $9::smallint[],
      $10::smallint[], $11::timestamptz[]) AS u (point_id, obis, day, verdict, findings, state, version, suspect, missing, estimated, at)
  ON CONFLICT (point_id, obis, day) DO UPDATE SET verdict = excluded.verdict, findings = excluded.findings,
    version = excluded.version, suspect = excluded.suspect, missing = excluded.missing, estimated = excluded.estimated, at = excluded.at,
    state = CASE WHEN v.state = 's' AND excluded.state = 'o' AND v.findings IS NOT DISTINCT FROM excluded.findings
      AND v.version = excluded.version THEN v.state ELSE excluded.state END
  WHERE v.version <> excluded.version OR v.findings IS DISTINCT FROM excluded.findings`;

const shardOfPoint = "coalesce(s.shard, 0)";

export const readChangedShards = `
  SELECT DISTINCT ${shardOfPoint}::text AS key FROM changed_day JOIN channel c USING (channel_id) JOIN metering_point p USING (point_id)
  LEFT JOIN site s USING (site_id)`;

/** Whether a channel has days between two that are not simply as they were measured: others may change what they get. */
const isOpen = (first: string, last: string): string => `
  EXISTS (SELECT FROM vee_day v WHERE v.point_id = c.point_id AND v.obis = '1-0:' || replace(c.obis, '.8.', '.29.')
    AND v.day BETWEEN ${first} AND ${last} AND v.estimated + v.missing + v.suspect > 0)`;

const midnight = (day: string): string => `(${day})::timestamp AT TIME ZONE 'UTC'`;
/** At the edges of days a minute more or less is no other day. */
const edge = "interval '1 minute'";

/** Registers of the same counter as channel c, within forty days of some others. */
const registersNear = (which: "max" | "min", from: string, to: string): string => `
  (SELECT ${which}(r.read_at) AS at FROM channel o JOIN register_reading r USING (channel_id)
    WHERE o.point_id = c.point_id AND o.name = c.name AND o.step = 0 AND o.tier = 0 AND r.read_at >= ${from} AND r.read_at < ${to})`;

/**
 * What changed of shard $1, by points: the days that changed, and with those that share registers with them. A register says something of all days
 * since the one before it, and until the one after it.
 */
export const readChanged = `
  SELECT q.channel_id, c.point_id, q.changes, (CASE WHEN c.step = 0 THEN wide.first_day ELSE q.first_day END)::text AS first_day,
    (CASE WHEN c.step = 0 THEN wide.last_day ELSE q.last_day END)::text AS last_day,
    wide.first_day::text AS wide_first, wide.last_day::text AS wide_last,
    (wide.first_day < q.first_day OR wide.last_day > q.last_day) AND ${isOpen("wide.first_day", "wide.last_day")} AS is_open
  FROM changed_day q JOIN channel c USING (channel_id) JOIN metering_point p USING (point_id) LEFT JOIN site s USING (site_id)
    CROSS JOIN LATERAL ${registersNear(
      "max",
      midnight("q.first_day - 40"),
      `${midnight("q.first_day")} + CASE WHEN c.step > 0 THEN ${edge} ELSE interval '0' END`,
    )} AS before
    CROSS JOIN LATERAL ${registersNear("min", `${midnight("q.first_day")} + ${edge}`, midnight("q.last_day + 41"))} AS next
    CROSS JOIN LATERAL ${registersNear("min", `${midnight("q.last_day + 1")} - ${edge}`, midnight("q.last_day + 41"))} AS after
    CROSS JOIN LATERAL ${registersNear("max", midnight("q.first_day - 40"), `${midnight("q.last_day + 1")} - ${edge}`)} AS last
    CROSS JOIN LATERAL (SELECT
      CASE WHEN c.step > 0 AND next.at IS NULL THEN q.first_day
        ELSE least(q.first_day, (before.at AT TIME ZONE 'UTC')::date) END AS first_day,
      CASE WHEN c.step > 0 AND last.at IS NULL THEN q.last_day
        ELSE greatest(q.last_day, (after.at AT TIME ZONE 'UTC' - ${edge})::date) END AS last_day) AS wide
  WHERE ${shardOfPoint} = $1 ORDER BY c.point_id LIMIT $2`;

/**
 * Points of shard $1 that have a register of day $2, and since the one before it a day that is not settled: the register may have come on its own day,
 * after that day was checked.
 */
export const readLateRegisters = `
  SELECT c.point_id, min(before.day)::text AS first_day FROM channel c JOIN metering_point p USING (point_id) LEFT JOIN site s USING (site_id)
    JOIN register_reading r USING (channel_id)
    CROSS JOIN LATERAL (SELECT (b.at AT TIME ZONE 'UTC')::date AS day
      FROM ${registersNear("max", `r.read_at - interval '40 days'`, "r.read_at")} AS b) AS before
  WHERE ${shardOfPoint} = $1 AND c.step = 0 AND c.tier = 0 AND r.read_at >= ${midnight("$2::date")} AND r.read_at < ${midnight("$2::date + 1")}
    AND before.day < $2::date AND ${isOpen("before.day", "$2::date - 1")}
  GROUP BY c.point_id ORDER BY c.point_id`;

/** Only what nobody changed meanwhile. */
export const forgetChanged = `
  DELETE FROM changed_day q USING unnest($1::int[], $2::int[]) AS u (channel_id, changes)
  WHERE q.channel_id = u.channel_id AND q.changes = u.changes`;

/** The rest of a long time waits for the next round. */
export const shortenChanged = `
  UPDATE changed_day q SET first_day = u.day FROM unnest($1::int[], $2::int[], $3::date[]) AS u (channel_id, changes, day)
  WHERE q.channel_id = u.channel_id AND q.changes = u.changes`;

/** Points of shard $1 beyond $2 that were measured lately and of which day $3 was not checked. */
export const readUnchecked = `
  SELECT DISTINCT p.point_id FROM metering_point p LEFT JOIN site s USING (site_id) JOIN channel c USING (point_id)
  WHERE ${shardOfPoint} = $1 AND p.point_id > $2 AND ${checked}
    AND NOT EXISTS (SELECT FROM vee_day v WHERE v.point_id = p.point_id AND v.obis = '1-0:' || c.obis AND v.day = $3::date)
    AND EXISTS (SELECT FROM profile_day d WHERE d.channel_id = c.channel_id AND d.day BETWEEN $3::date - 60 AND $3::date)
  ORDER BY p.point_id LIMIT $4`;

/** After an edit of a point's channel. */
export const noteEdited = `
  INSERT INTO changed_day AS q (channel_id, first_day, last_day)
    SELECT c.channel_id, $3::date, $4::date FROM channel c WHERE c.point_id = $1 AND '1-0:' || c.obis = $2 AND ${checked} ORDER BY 1
  ON CONFLICT (channel_id) DO UPDATE SET first_day = least(q.first_day, excluded.first_day),
    last_day = greatest(q.last_day, excluded.last_day), changes = q.changes + 1`;

/** Days that wait for a person, the newest first, from behind day $1, point $2 and code $3. */
export const readInbox = `
  SELECT v.point_id, p.id AS point, p.name, s.id AS site, v.obis, v.day::text AS day, v.verdict, v.findings, v.version, v.suspect, v.missing,
    v.estimated, v.at
  FROM vee_day v JOIN metering_point p USING (point_id) LEFT JOIN site s USING (site_id)
  WHERE v.state = 'o' AND ($1::date IS NULL OR (v.day, v.point_id, v.obis) < ($1::date, $2::int, $3::text))
    AND ($4::text IS NULL OR s.id = $4) AND ($5::text IS NULL OR p.id = $5)
  ORDER BY v.day DESC, v.point_id DESC, v.obis DESC LIMIT $6`;

export const readVeeDay = `
  SELECT p.point_id, v.verdict, v.findings, v.state::text AS state FROM metering_point p
  LEFT JOIN vee_day v ON v.point_id = p.point_id AND v.obis = $2 AND v.day = $3::date WHERE p.id = $1`;

export const readVersions = `
  SELECT version, by, reason, at FROM chosen_day WHERE point_id = $1 AND obis = $2 AND day = $3::date ORDER BY version DESC LIMIT 200`;

export const markVeeDay = `
  UPDATE vee_day SET state = 's', seen_by = $4 WHERE obis = $2 AND day = $3::date AND state = 'o' AND ($5::int IS NULL OR version = $5)
    AND point_id = (SELECT point_id FROM metering_point WHERE id = $1)`;

export const readPointNumber = "SELECT point_id FROM metering_point WHERE id = $1";

/** The length of slots on day $3, as it was checked last; of a day that was not, the shortest of the point. */
export const readStep = `
  SELECT CASE WHEN count(*) > 0 THEN coalesce((SELECT 86400 / cardinality(d.value) FROM chosen_day d
      WHERE d.point_id = $1 AND d.obis = $2 AND d.day = $3::date ORDER BY d.version DESC LIMIT 1), min(c.step)) END AS step
    FROM channel c WHERE c.point_id = $1 AND '1-0:' || c.obis = $2 AND ${checked}`;

/** Desks have clocks of their own: what is decided later is dated later than what holds so far, or it would not hold. */
export const writeEdit = `
  INSERT INTO edit (point_id, obis, kind, from_at, to_at, value, author, reason, at)
    SELECT $1::int, $2::text, $3::text, $4::timestamptz, $5::timestamptz, $6::int[], $7::text, $8::text, greatest($9::timestamptz,
      (SELECT max(at) + interval '1 millisecond' FROM edit WHERE point_id = $1 AND obis = $2))`;
