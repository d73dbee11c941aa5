/** Channels and points by their names, and those that are not there yet. What is missing is looked for first: a conflict would use up a number. */

const keys = `unnest($1::text[], $2::text[], $3::smallint[], $4::int[], $5::int[], $6::smallint[])
  WITH ORDINALITY AS u (point, name, tier, step, phase, digits, n)`;

/** `n` counts from 1. */
export const findChannels = `
  SELECT u.n::int AS n, c.channel_id FROM ${keys}
    JOIN metering_point p ON p.id = u.point
    JOIN channel c ON c.point_id = p.point_id AND c.name = u.name AND c.tier = u.tier AND c.step = u.step
      AND c.phase = u.phase AND c.digits = u.digits`;

export const addChannels = `
  INSERT INTO channel (point_id, name, tier, step, phase, digits, obis, unit, scale)
    SELECT p.point_id, u.name, u.tier, u.step, u.phase, u.digits, u.obis, u.unit, trim_scale(power(10::numeric, -u.digits))
    FROM unnest($1::text[], $2::text[], $3::smallint[], $4::int[], $5::int[], $6::smallint[], $7::text[], $8::text[])
      AS u (point, name, tier, step, phase, digits, obis, unit)
    JOIN metering_point p ON p.id = u.point
    ORDER BY p.point_id, u.name, u.tier, u.step, u.phase, u.digits
  ON CONFLICT DO NOTHING`;

export const findPoints = "SELECT id, point_id FROM metering_point WHERE id = ANY ($1::text[])";

/** Nobody imported them, so they have no site yet. */
export const addPoints = `
  INSERT INTO metering_point (id, name) SELECT id, id FROM unnest($1::text[]) AS u (id) ORDER BY id ON CONFLICT DO NOTHING`;

export const findMeters = "SELECT serial, meter_id FROM meter WHERE serial = ANY ($1::text[])";

export const addMeters = `
  INSERT INTO meter (serial) SELECT serial FROM unnest($1::text[]) AS u (serial) ORDER BY serial ON CONFLICT DO NOTHING`;

/** Locked in their order, or two who see the same meters could wait for each other. */
export const seeMeters = `
  WITH seen AS (
    SELECT m.meter_id, u.at FROM meter m JOIN unnest($1::int[], $2::timestamptz[]) AS u (meter_id, at) USING (meter_id)
      WHERE m.first_seen IS NULL OR m.first_seen > u.at ORDER BY m.meter_id FOR UPDATE OF m)
  UPDATE meter SET first_seen = least(first_seen, seen.at) FROM seen WHERE meter.meter_id = seen.meter_id`;
