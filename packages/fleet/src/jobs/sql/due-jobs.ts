/** Which jobs are due, by what the fleet's tables say: a job that was lost is due again. */

/** Shards below $2 whose job $1 was not done since $3. */
export const readDueShards = `
  SELECT n::text AS key FROM generate_series(0, $2::int - 1) AS n LEFT JOIN job_mark ON job = $1 AND key = n::text
  WHERE done_at IS NULL OR done_at < $3::timestamptz ORDER BY done_at NULLS FIRST, n`;

/** Whether job $1 was not done since $2. */
export const readDueOnce = `
  SELECT '' AS key WHERE NOT EXISTS (SELECT FROM job_mark WHERE job = $1 AND key = '' AND done_at >= $2::timestamptz)`;

export const readMark = "SELECT done_at FROM job_mark WHERE job = $1 AND key = $2";

export const writeMark = `
  INSERT INTO job_mark AS m (job, key, done_at) VALUES ($1, $2, $3)
  ON CONFLICT (job, key) DO UPDATE SET done_at = greatest(m.done_at, excluded.done_at)`;

/** Planned campaigns that open at $1 or before. */
export const readOpening = `
  SELECT campaign_id::text AS key FROM campaign WHERE state = 'p' AND opens <= $1::timestamptz AND closes > $1::timestamptz
  ORDER BY opens LIMIT 100`;

/** Campaigns that are over at $1. */
export const readClosing = `
  SELECT campaign_id::text AS key FROM campaign WHERE state IN ('p', 'o') AND closes <= $1::timestamptz ORDER BY closes LIMIT 100`;

export const readDatabaseTime = "SELECT (1000 * extract(epoch FROM now()))::float8 AS now";
