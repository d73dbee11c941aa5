/** What the gap scan asks beside ranks. A point without a site is of shard 0. */

/** Points of shard $1 beyond $2, with what their present meter keeps and the newest that hung there. */
export const readScanPoints = `
  SELECT p.id AS point, m.memory_days, i.from_at, i.to_at
  FROM metering_point p LEFT JOIN site s USING (site_id) LEFT JOIN meter m ON m.point_id = p.point_id
  LEFT JOIN LATERAL (SELECT from_at, to_at FROM installation WHERE point_id = p.point_id ORDER BY from_at DESC LIMIT 1) AS i ON true
  WHERE coalesce(s.shard, 0) = $1 AND p.id > $2 ORDER BY p.id LIMIT $3`;

/** Channels of intervals of points $1, with when they began as far as a scan saw it. */
export const readScanChannels = `
  SELECT p.id AS point, c.channel_id, c.name, c.step, c.phase, c.begins
  FROM metering_point p JOIN channel c USING (point_id) WHERE p.id = ANY ($1::text[]) AND c.step > 0
  ORDER BY p.id, c.name, c.channel_id`;

export const noteBegins = `
  UPDATE channel c SET begins = u.begins FROM unnest($1::int[], $2::timestamptz[]) AS u (channel_id, begins)
  WHERE c.channel_id = u.channel_id AND (c.begins IS NULL OR c.begins > u.begins)`;

/** Those of points $1 that have an open gap before day $2. */
export const readOldGaps = `
  SELECT DISTINCT p.id AS point FROM metering_point p JOIN channel c USING (point_id) JOIN gap g USING (channel_id)
  WHERE p.id = ANY ($1::text[]) AND g.day < $2::date AND position(B'1' IN g.slots) > 0`;

/** Before it the slots were dropped on purpose. */
export const readFloor = "SELECT day::text AS day FROM dropped_before WHERE of_table = 'profile_day'";
