/** Who holds shards, in the database's own time: that of pg-boss, which tests drive by hand. `JOBS` stands for its schema. */

/**
 * A sign of life of holder $1 at address $2 with version $3, with the pass $4 and the fleet's key number $5, if it has these; gives the database's time in seconds since 1970. The
 * pass is not taken from `excluded`: that needs the right to read it, which holders lack.
 */
export const sayAlive = `
  INSERT INTO holder (holder, address, version, pass, key_id, seen) VALUES ($1, $2, $3, $4::text, $5::int, JOBS.job_now())
  ON CONFLICT (holder) DO UPDATE
    SET address = excluded.address, version = excluded.version, pass = $4::text, key_id = $5::int, seen = excluded.seen
  RETURNING extract(epoch FROM seen)::float8 AS now`;

/** Holders that were seen within $1 seconds. */
export const readHolders = `
  SELECT holder, address, version, seen FROM holder WHERE seen >= JOBS.job_now() - $1 * interval '1 second' ORDER BY holder`;

/** A holder that ends is not waited for. */
export const sayEnd = "DELETE FROM holder WHERE holder = $1";

/**
 * After the database's clock was set back: times that are still to come would keep the shards of a dead holder, and the engine's supervision, until
 * they are reached. Holders that live write theirs again within seconds. Jobs of queue $1.
 */
export const mendJobs = `
  UPDATE JOBS.job SET heartbeat_on = JOBS.job_now() WHERE name = $1 AND state = 'active' AND heartbeat_on > JOBS.job_now()`;

/** The same of the engine's supervision of queue $1. */
export const mendQueue = `
  UPDATE JOBS.queue SET monitor_claim_on = NULL, monitor_on = least(monitor_on, JOBS.job_now())
  WHERE name = $1 AND greatest(monitor_claim_on, monitor_on) > JOBS.job_now()`;

/** The same of the holders' list. */
export const mendHolders = "DELETE FROM holder WHERE seen > JOBS.job_now()";

/** Rows of holders that died long ago. */
export const forgetHolders = "DELETE FROM holder WHERE seen < JOBS.job_now() - $1 * interval '1 second'";
