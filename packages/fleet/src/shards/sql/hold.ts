/** Who holds shards, in the database's own time: that of pg-boss, which tests drive by hand. `JOBS` stands for its schema. */

/** A sign of life of holder $1 at address $2 with version $3; gives the database's time in seconds since 1970. */
export const sayAlive = `
  INSERT INTO holder (holder, address, version, seen) VALUES ($1, $2, $3, JOBS.job_now())
  ON CONFLICT (holder) DO UPDATE SET address = excluded.address, version = excluded.version, seen = excluded.seen
  RETURNING extract(epoch FROM seen)::float8 AS now`;

/** Holders that were seen within $1 seconds. */
export const readHolders = `
  SELECT holder, address, version, seen FROM holder WHERE seen >= JOBS.job_now() - $1 * interval '1 second' ORDER BY holder`;

/** A holder that ends is not waited for. */
export const sayEnd = "DELETE FROM holder WHERE holder = $1";

/** Rows of holders that died long ago. */
export const forgetHolders = "DELETE FROM holder WHERE seen < JOBS.job_now() - $1 * interval '1 second'";
