/** Sites with their meters: what holders load, and what an import compares and writes. */

/** Sites of the shards $1, a row for each meter; a site without meters has one row without serial. */
export const readSites = `
  SELECT s.id AS site, s.name AS site_name, s.zone, s.shard, s.paused_until, m.serial, m.link, m.profile, p.id AS point,
    p.name AS point_name, p.gsrn, p.zone AS point_zone
  FROM site s LEFT JOIN meter m ON m.site_id = s.site_id LEFT JOIN metering_point p ON p.point_id = m.point_id
  WHERE s.shard = ANY($1::smallint[]) ORDER BY s.id, m.serial`;

export const readShardOfMeter = "SELECT s.shard FROM meter m JOIN site s USING (site_id) WHERE m.serial = $1";

/** One import at a time; $1 names the fleet's schema. */
export const lockImports = "SELECT pg_advisory_xact_lock(hashtext('meterport fleet import ' || $1))";

/** The sites $1. */
export const readNamedSites = "SELECT id, name, zone FROM site WHERE id = ANY($1::text[])";

/** Meters with one of the serials $1, points $2 or links $3. */
export const readNamedMeters = `
  SELECT m.serial, m.link, m.profile, s.id AS site, p.id AS point
  FROM meter m LEFT JOIN site s ON s.site_id = m.site_id LEFT JOIN metering_point p ON p.point_id = m.point_id
  WHERE m.serial = ANY($1::text[]) OR p.id = ANY($2::text[]) OR m.link = ANY($3::text[])`;

/** Points with one of the ids $1 or the numbers $2. */
export const readNamedPoints = `
  SELECT p.id, p.name, p.gsrn, p.fuse, p.plant, s.id AS site FROM metering_point p LEFT JOIN site s ON s.site_id = p.site_id
  WHERE p.id = ANY($1::text[]) OR p.gsrn = ANY($2::text[])`;

/** Ids $1, names $2, shards $3, zones $4. */
export const writeSites = `
  INSERT INTO site (id, name, shard, zone) SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::text[])
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, zone = excluded.zone`;

/** Numbers change hands without two points having one meanwhile: points $1. */
export const freeNumbers = "UPDATE metering_point SET gsrn = NULL WHERE id = ANY($1::text[])";

/** Ids $1, sites $2, names $3, numbers $4, fuses $5, plants $6. */
export const writePoints = `
  INSERT INTO metering_point (id, site_id, name, gsrn, fuse, plant)
  SELECT u.id, s.site_id, u.name, u.gsrn, u.fuse::jsonb, u.plant
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[]) AS u(id, site, name, gsrn, fuse, plant)
  JOIN site s ON s.id = u.site
  ON CONFLICT (id) DO UPDATE SET site_id = excluded.site_id, name = excluded.name, gsrn = excluded.gsrn,
    fuse = coalesce(excluded.fuse, metering_point.fuse), plant = coalesce(excluded.plant, metering_point.plant)`;

/** Links and points change hands without two meters having one meanwhile: serials $1, points $2, links $3. Other meters lose only what is taken. */
export const freeMeters = `
  WITH taken AS (SELECT point_id FROM metering_point WHERE id = ANY($2::text[]))
  UPDATE meter SET link = CASE WHEN serial = ANY($1::text[]) OR link = ANY($3::text[]) THEN NULL ELSE link END,
    point_id = CASE WHEN serial = ANY($1::text[]) OR point_id IN (SELECT * FROM taken) THEN NULL ELSE point_id END
  WHERE serial = ANY($1::text[]) OR link = ANY($3::text[]) OR point_id IN (SELECT * FROM taken)`;

/** Serials $1, sites $2, points $3, links $4, profiles $5. */
export const writeMeters = `
  INSERT INTO meter (serial, site_id, point_id, link, profile)
  SELECT u.serial, s.site_id, p.point_id, u.link, u.profile
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS u(serial, site, point, link, profile)
  JOIN site s ON s.id = u.site JOIN metering_point p ON p.id = u.point
  ON CONFLICT (serial) DO UPDATE
  SET site_id = excluded.site_id, point_id = excluded.point_id, link = excluded.link, profile = excluded.profile`;
