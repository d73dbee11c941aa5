/** What is read of the books beside slots. */

export const readRegisters = `
  SELECT p.id AS point, c.name, c.tier, c.digits, r.read_at, r.raw, r.kind, r.serial
    FROM metering_point p JOIN channel c USING (point_id) JOIN register_reading r USING (channel_id)
    WHERE p.id = ANY ($1::text[]) AND c.step = 0 AND r.read_at >= $2::timestamptz AND r.read_at < $3::timestamptz
    ORDER BY p.id, c.name, c.tier, r.read_at, c.digits LIMIT $4`;

export const readEvents = `
  SELECT p.id AS point, e.event_id, e.at, e.until, e.kind, e.code, e.origin, e.detail
    FROM metering_point p JOIN event e USING (point_id)
    WHERE p.id = ANY ($1::text[]) AND e.at < $3::timestamptz AND coalesce(e.until, e.at) >= $2::timestamptz
    ORDER BY e.at, p.id, e.event_id LIMIT $4`;

export const readInstallations = `
  SELECT p.id AS point, i.from_at, i.to_at, i.serial, i.about, i.start_register, i.end_register
    FROM metering_point p JOIN installation i USING (point_id)
    WHERE p.id = ANY ($1::text[]) ORDER BY p.id, i.from_at`;
