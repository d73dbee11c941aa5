/** Campaigns and their targets. */

const columns = `campaign_id, name, spec, opens, closes, priority, by, state::text AS state, expanded_to`;

export const readCampaign = `SELECT ${columns} FROM campaign WHERE campaign_id = $1`;

/** Locks it, so that it is expanded, cancelled and closed by one at a time. */
export const lockCampaign = `${readCampaign} FOR UPDATE`;

/** The newest first, below number $1. */
export const readCampaigns = `
  SELECT ${columns} FROM campaign WHERE $1::int IS NULL OR campaign_id < $1 ORDER BY campaign_id DESC LIMIT $2`;

/** Those that are open at $1. */
export const readOpenCampaigns = `
  SELECT ${columns} FROM campaign WHERE state = 'o' AND opens <= $1::timestamptz AND closes > $1::timestamptz`;

export const writeCampaign = `
  INSERT INTO campaign (kind, name, spec, opens, closes, priority, by) VALUES ('reads', $1, $2::jsonb, $3, $4, $5, $6) RETURNING campaign_id`;

/** Sites $1 and points $2 that are not there. */
export const readUnknown = `
  SELECT 'site' AS what, u.id FROM unnest($1::text[]) AS u (id) LEFT JOIN site USING (id) WHERE site_id IS NULL
  UNION ALL SELECT 'point', u.id FROM unnest($2::text[]) AS u (id) LEFT JOIN metering_point USING (id) WHERE point_id IS NULL
  ORDER BY 1, 2 LIMIT 20`;

/** A meter without a site is that of a gateway which brings its values itself: of shard 0, as its point is for the gap scan. */
const shard = "coalesce(s.shard, 0::smallint) AS shard";
const zone = "coalesce(s.zone, 'UTC')";

/** Meters beyond number $1 that a scope names: sites $2 or points $3; all if both are null. */
export const readScope = `
  SELECT m.meter_id, coalesce(m.site_id, 0) AS site_id, ${shard}, ${zone} AS zone
  FROM meter m LEFT JOIN site s ON s.site_id = m.site_id LEFT JOIN metering_point p ON p.point_id = m.point_id
  WHERE m.meter_id > $1 AND (m.site_id IS NOT NULL OR m.point_id IS NOT NULL) AND ($2::text[] IS NULL OR s.id = ANY ($2)) AND ($3::text[] IS NULL OR p.id = ANY ($3))
  ORDER BY m.meter_id LIMIT $4`;

export const writeTargets = `
  INSERT INTO target (campaign_id, meter_id, shard, state, next_at, reason)
    SELECT $1, meter_id, shard, state::"char", next_at, reason
    FROM unnest($2::int[], $3::smallint[], $4::text[], $5::timestamptz[], $6::text[]) AS u (meter_id, shard, state, next_at, reason)
  ON CONFLICT DO NOTHING`;

export const noteExpanded = "UPDATE campaign SET expanded_to = $2 WHERE campaign_id = $1";

export const setState = `UPDATE campaign SET state = $2::"char" WHERE campaign_id = $1`;

export const reopen = "UPDATE campaign SET state = 'o', closes = $2 WHERE campaign_id = $1";

/** Some of what is open becomes $2, with reason $3 unless $4 says that it keeps its own. */
export const endTargets = `
  UPDATE target SET state = $2::"char", reason = CASE WHEN $4 THEN coalesce(reason, $3) ELSE $3 END
  WHERE campaign_id = $1 AND meter_id IN
    (SELECT meter_id FROM target WHERE campaign_id = $1 AND state IN ('w', 'f') ORDER BY meter_id LIMIT $5)`;

/** Targets of campaign $1 beyond meter $2 that may be tried again. */
export const readEnded = `
  SELECT t.meter_id, coalesce(m.site_id, 0) AS site_id, t.shard, ${zone} AS zone
  FROM target t JOIN meter m USING (meter_id) LEFT JOIN site s ON s.site_id = m.site_id
  WHERE t.campaign_id = $1 AND t.meter_id > $2 AND t.state IN ('r', 'x', 'c') ORDER BY t.meter_id LIMIT $3`;

export const tryAgain = `
  UPDATE target t SET state = u.state::"char", attempts = 0, next_at = u.next_at, reason = u.reason
  FROM unnest($2::int[], $3::text[], $4::timestamptz[], $5::text[]) AS u (meter_id, state, next_at, reason)
  WHERE t.campaign_id = $1 AND t.meter_id = u.meter_id AND t.state IN ('r', 'x', 'c')`;

export const countTargets =
  "SELECT state::text AS state, count(*)::int AS count FROM target WHERE campaign_id = $1 GROUP BY state";

export const countReasons = `
  SELECT state::text AS state, reason, count(*)::int AS count FROM target WHERE campaign_id = $1 AND reason IS NOT NULL
  GROUP BY state, reason ORDER BY count(*) DESC, state, reason LIMIT $2`;

export const readTargets = `
  SELECT t.meter_id, m.serial, s.id AS site, p.id AS point, t.state::text AS state, t.attempts, t.next_at, t.reason
  FROM target t JOIN meter m USING (meter_id) LEFT JOIN site s ON s.site_id = m.site_id
  LEFT JOIN metering_point p ON p.point_id = m.point_id
  WHERE t.campaign_id = $1 AND ($2::text IS NULL OR t.state = $2::"char") AND t.meter_id > $3 ORDER BY t.meter_id LIMIT $4`;

/** Zones of the sites of shards $1. */
export const readShardZones = "SELECT DISTINCT zone FROM site WHERE shard = ANY ($1::smallint[])";

/** Zones of the points $1. */
export const readPointZones = `
  SELECT DISTINCT ${zone} AS zone FROM metering_point p LEFT JOIN site s USING (site_id) WHERE p.id = ANY ($1::text[])`;

const targetColumns = `t.campaign_id, t.meter_id, m.site_id, t.attempts, t.next_at, m.serial, p.id AS point, ${zone} AS zone`;

const meters = `JOIN meter m USING (meter_id) JOIN site s ON s.site_id = m.site_id LEFT JOIN metering_point p ON p.point_id = m.point_id`;

const free = "t.state IN ('w', 'f') AND coalesce(s.paused_until, '-infinity') <= $4::timestamptz";

/**
 * Targets of shards $5 that are due at $4 and can be reached, of campaigns $1 that may read now at sites of zones $2. A campaign has a turn for each number of attempts
 * that there is: all targets of a turn have one priority, and are read in the order of their times until there are enough.
 */
export const readDue = `
  WITH RECURSIVE reading AS MATERIALIZED (
    SELECT campaign_id, min(priority) AS priority, array_agg(zone) AS zones
      FROM unnest($1::int[], $2::text[], $3::smallint[]) AS w (campaign_id, zone, priority) GROUP BY campaign_id),
  turn AS (
    SELECT campaign_id, priority, zones, (SELECT min(t.attempts) FROM target t
        WHERE t.campaign_id = r.campaign_id AND t.state IN ('w', 'f')) AS attempts FROM reading r
    UNION ALL
    SELECT campaign_id, priority, zones, (SELECT min(t.attempts) FROM target t
        WHERE t.campaign_id = r.campaign_id AND t.attempts > r.attempts AND t.state IN ('w', 'f')) FROM turn r WHERE attempts IS NOT NULL)
  SELECT due.* FROM turn CROSS JOIN LATERAL (
    SELECT ${targetColumns} FROM target t ${meters}
      WHERE t.campaign_id = turn.campaign_id AND t.attempts = turn.attempts AND t.next_at <= $4::timestamptz
        AND t.shard = ANY ($5::smallint[]) AND m.link IS NOT NULL AND ${free} AND s.zone = ANY (turn.zones)
      ORDER BY t.next_at, t.meter_id LIMIT $6) AS due
  ORDER BY greatest(0, turn.priority - due.attempts) DESC, due.next_at, due.meter_id LIMIT $6`;

/** Targets of the meters $5 whose turn has not come: a visit that is made now anyway takes them along. They are few, so they are found first. */
export const readAlong = `
  WITH t AS MATERIALIZED (
    SELECT t.campaign_id, t.meter_id, t.attempts, t.next_at, t.state, w.zone
    FROM unnest($1::int[], $2::text[], $3::smallint[]) AS w (campaign_id, zone, priority)
    CROSS JOIN unnest($5::int[]) AS v (meter_id) JOIN target t USING (campaign_id, meter_id)
    WHERE t.next_at > $4::timestamptz AND t.state IN ('w', 'f'))
  SELECT ${targetColumns} FROM t JOIN meter m USING (meter_id) LEFT JOIN site s ON s.site_id = m.site_id
    LEFT JOIN metering_point p ON p.point_id = m.point_id
  WHERE ${zone} = t.zone AND ${free} ORDER BY t.meter_id, t.campaign_id LIMIT $6`;

/** Targets of the meters at the points $5, as many as $6: they are those of one gateway, so they are found by their meters. */
export const readDueAt = `
  SELECT ${targetColumns}
  FROM unnest($1::int[], $2::text[], $3::smallint[]) AS w (campaign_id, zone, priority)
  CROSS JOIN (metering_point p JOIN meter m ON m.point_id = p.point_id LEFT JOIN site s ON s.site_id = m.site_id)
  JOIN target t ON t.campaign_id = w.campaign_id AND t.meter_id = m.meter_id
  WHERE p.id = ANY ($5::text[]) AND ${zone} = w.zone AND t.next_at <= $4::timestamptz AND ${free}
  ORDER BY greatest(0, w.priority - t.attempts) DESC, t.next_at, t.meter_id LIMIT $6`;

/** Targets by campaign $1 and meter $2. */
export const readTried = `
  SELECT t.campaign_id, t.meter_id, coalesce(m.site_id, 0) AS site_id, t.shard, t.state::text AS state, t.attempts, t.next_at, t.reason,
    coalesce(s.zone, 'UTC') AS zone
  FROM unnest($1::int[], $2::int[]) AS u (campaign_id, meter_id) JOIN target t USING (campaign_id, meter_id)
  JOIN meter m USING (meter_id) LEFT JOIN site s ON s.site_id = m.site_id`;

/** Only what is still as it was read. */
export const writeTried = `
  UPDATE target t SET state = u.state::"char", attempts = u.attempts, next_at = u.next_at, reason = u.reason
  FROM unnest($1::int[], $2::int[], $3::text[], $4::smallint[], $5::timestamptz[], $6::text[], $7::text[], $8::smallint[])
    AS u (campaign_id, meter_id, state, attempts, next_at, reason, old_state, old_attempts)
  WHERE t.campaign_id = u.campaign_id AND t.meter_id = u.meter_id AND t.state = u.old_state::"char" AND t.attempts = u.old_attempts
  RETURNING t.campaign_id, t.meter_id`;

/** A meter that moved to another site is asked by the holder of that one. */
export const moveTargets = `
  UPDATE target t SET shard = s.shard FROM meter m JOIN site s ON s.site_id = m.site_id
  WHERE t.meter_id = m.meter_id AND t.state IN ('w', 'f') AND s.shard = $1 AND t.shard <> s.shard`;
