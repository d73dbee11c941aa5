/** Exports: what is wanted, what was made, and the bytes that were made. */

const plan = "export_id, name, spec, by, made, paused, delivery";

export const readPlans = `
  SELECT ${plan}, (SELECT count(*) FROM export_run r WHERE r.export_id = p.export_id AND r.state = 'm')::int AS waiting
  FROM export_plan p ORDER BY name`;

export const readPlan = `SELECT ${plan}, 0 AS waiting FROM export_plan WHERE export_id = $1`;

export const writePlan = `
  INSERT INTO export_plan (name, spec, by, made) VALUES ($1, $2::jsonb, $3, $4)
  ON CONFLICT (name) DO UPDATE SET spec = excluded.spec, by = excluded.by RETURNING export_id`;

export const pausePlan = "UPDATE export_plan SET paused = $2 WHERE export_id = $1";

export const noteDelivery = "UPDATE export_plan SET delivery = $2::jsonb WHERE export_id = $1";

const run = "export_id, period, version, state::text AS state, problem, at, files";

/** The newest first, from behind day $2 and version $3. */
export const readRuns = `
  SELECT ${run} FROM export_run WHERE export_id = $1 AND version > 0 AND ($2::date IS NULL OR (day, version) < ($2::date, $3::int))
  ORDER BY day DESC, version DESC LIMIT $4`;

/** Runs of plan $1 since day $2: which periods are made, and which are wanted. */
export const readKnown = `
  SELECT period, version, state::text AS state, at, wanted FROM export_run WHERE export_id = $1 AND (day >= $2::date OR wanted)`;

/** The newest version of a period that was made. */
export const readLast = `
  SELECT ${run}, carried FROM export_run WHERE export_id = $1 AND day = $2::date AND state <> 'f' ORDER BY version DESC LIMIT 1`;

/** Runs of a period that were made, the oldest first: whether the target refused them, and the changes of which version they tell. */
export const readChain = `
  SELECT version, state = 'r' AS refused, carried->'base' AS base FROM export_run
  WHERE export_id = $1 AND day = $2::date AND state <> 'f' ORDER BY version`;

export const readCarried = "SELECT carried FROM export_run WHERE export_id = $1 AND day = $2::date AND version = $3";

export const readRun = `SELECT ${run}, carried FROM export_run WHERE export_id = $1 AND day = $2::date AND version = $3`;

/** What failed, or was only wanted, gives way. */
export const clearFailed = `DELETE FROM export_run WHERE export_id = $1 AND day = $2::date AND state = 'f'`;

export const writeRun = `
  INSERT INTO export_run (export_id, day, period, version, state, problem, at, files, carried)
  VALUES ($1, $2, $3, $4, $5::"char", $6, $7, $8::jsonb, $9::jsonb)`;

export const finishRun = `
  UPDATE export_run SET state = $4::"char", files = $5::jsonb, carried = $6::jsonb, problem = $7, wanted = false
  WHERE export_id = $1 AND day = $2::date AND version = $3`;

export const noLongerWanted = "UPDATE export_run SET wanted = false WHERE export_id = $1 AND day = $2::date AND wanted";

export const wantRun = "UPDATE export_run SET wanted = true WHERE export_id = $1 AND day = $2::date";

export const wantFirst = `
  INSERT INTO export_run (export_id, day, period, version, state, problem, at, wanted) VALUES ($1, $2, $3, 0, 'f', 'wanted', $4, true)
  ON CONFLICT (export_id, day, version) DO UPDATE SET wanted = true`;

/** Without a problem of its own it still says which of its files could not be made. */
export const setRunState = `
  UPDATE export_run SET state = $4::"char", problem = coalesce($5, carried->>'left')
  WHERE export_id = $1 AND day = $2::date AND version = $3`;

export const writePart = `
  INSERT INTO export_part (export_id, day, version, name, part, bytes) VALUES ($1, $2, $3, $4, $5, $6)`;

/** What was written of a file that could not be made. */
export const forgetParts = `
  DELETE FROM export_part WHERE export_id = $1 AND day = $2::date AND version = $3 AND name IN ($4, $4 || '#carried')`;

export const readPart = `
  SELECT bytes FROM export_part WHERE export_id = $1 AND day = $2::date AND version = $3 AND name = $4 AND part = $5`;

export const hasPart = `
  SELECT FROM export_part WHERE export_id = $1 AND day = $2::date AND version = $3 AND name = $4 AND part = $5`;

export const readWaiting = `
  SELECT day::text AS day, version, at, files FROM export_run WHERE export_id = $1 AND state = 'm' ORDER BY day, version LIMIT 100`;

export const readDelivering = `
  SELECT p.export_id::text AS key FROM export_plan p
  WHERE NOT paused AND EXISTS (SELECT FROM export_run r WHERE r.export_id = p.export_id AND r.state = 'm') ORDER BY 1`;

/** Points of a scope: sites $1 or points $2; all if both are null. */
export const readExportPoints = `
  SELECT p.point_id, p.id, p.gsrn FROM metering_point p LEFT JOIN site s USING (site_id)
  WHERE ($1::text[] IS NULL OR s.id = ANY ($1)) AND ($2::text[] IS NULL OR p.id = ANY ($2)) ORDER BY p.id LIMIT $3`;

const chosen = `c.point_id, c.obis, c.day::text AS day, c.version, c.value::text AS value, array_to_string(c.code, '') AS code`;

/** The newest versions of the points $1 and codes $2 from day $3 to day $4. */
export const readNewest = `
  SELECT DISTINCT ON (c.point_id, c.obis, c.day) ${chosen} FROM chosen_day c
  WHERE c.point_id = ANY ($1::int[]) AND c.obis = ANY ($2::text[]) AND c.day BETWEEN $3::date AND $4::date
  ORDER BY c.point_id, c.obis, c.day, c.version DESC`;

/** Certain versions, by point $1, code $2, day $3 and version $4. */
export const readVersions = `
  SELECT ${chosen} FROM unnest($1::int[], $2::text[], $3::date[], $4::int[]) AS u (point_id, obis, day, version)
  JOIN chosen_day c USING (point_id, obis, day, version)`;
