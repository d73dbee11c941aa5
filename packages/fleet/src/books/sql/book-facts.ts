/** The statements that book what is no slot. Each leaves a row alone that says the same already, and so comes in any order. */

/** Who booked a block first stays noted; its span grows. */
export const bookBlocks = `
  INSERT INTO block AS b (block_id, point_id, holder, attempt, what, read_at, clock_offset_ms, raw, from_at, to_at)
    SELECT block_id, point_id, $9, $10, what, read_at, clock_offset_ms, raw, from_at, to_at
    FROM unnest($1::bigint[], $2::int[], $3::jsonb[], $4::timestamptz[], $5::int[], $6::bytea[], $7::timestamptz[], $8::timestamptz[])
      AS u (block_id, point_id, what, read_at, clock_offset_ms, raw, from_at, to_at)
    ORDER BY block_id, read_at
  ON CONFLICT (block_id, read_at) DO UPDATE SET from_at = least(b.from_at, excluded.from_at), to_at = greatest(b.to_at, excluded.to_at)
    WHERE excluded.from_at < b.from_at OR excluded.to_at > b.to_at`;

/** Of two states of one moment the better kind counts, then the greater value. */
export const bookRegisters = `
  INSERT INTO register_reading AS r (channel_id, read_at, raw, kind, serial)
    SELECT channel_id, read_at, raw, kind::"char", serial
    FROM unnest($1::int[], $2::timestamptz[], $3::bigint[], $4::text[], $5::text[]) AS u (channel_id, read_at, raw, kind, serial)
    ORDER BY channel_id, read_at
  ON CONFLICT (channel_id, read_at) DO UPDATE SET raw = excluded.raw, kind = excluded.kind, serial = excluded.serial
    WHERE (excluded.kind, excluded.raw, coalesce(excluded.serial, '')) > (r.kind, r.raw, coalesce(r.serial, ''))
  RETURNING channel_id, (read_at AT TIME ZONE 'UTC')::date - date '1970-01-01' AS day`;

/** Of two with one id the one that was stored last counts. */
export const bookEvents = `
  INSERT INTO event AS e (point_id, event_id, at, until, kind, code, origin, detail, stored)
    SELECT point_id, event_id, at, until, kind, code, origin, detail, stored
    FROM unnest($1::int[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::float8[], $7::text[], $8::text[],
      $9::timestamptz[]) AS u (point_id, event_id, at, until, kind, code, origin, detail, stored)
    ORDER BY point_id, event_id
  ON CONFLICT (point_id, event_id) DO UPDATE SET at = excluded.at, until = excluded.until, kind = excluded.kind,
      code = excluded.code, origin = excluded.origin, detail = excluded.detail, stored = excluded.stored
    WHERE (excluded.stored, excluded.at, coalesce(excluded.until, 'infinity'), excluded.kind, coalesce(excluded.code, 'NaN'),
        excluded.origin, excluded.detail)
      > (e.stored, e.at, coalesce(e.until, 'infinity'), e.kind, coalesce(e.code, 'NaN'), e.origin, e.detail)`;

export const bookInstallations = `
  INSERT INTO installation AS i (point_id, from_at, to_at, meter_id, serial, about, start_register, end_register, stored)
    SELECT point_id, from_at, to_at, meter_id, serial, about, start_register, end_register, stored
    FROM unnest($1::int[], $2::timestamptz[], $3::timestamptz[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::timestamptz[]) AS u (point_id, from_at, to_at, meter_id, serial, about, start_register, end_register, stored)
    ORDER BY point_id, from_at
  ON CONFLICT (point_id, from_at) DO UPDATE SET to_at = excluded.to_at, meter_id = excluded.meter_id, serial = excluded.serial,
      about = excluded.about, start_register = excluded.start_register, end_register = excluded.end_register,
      stored = excluded.stored
    WHERE (excluded.stored, coalesce(excluded.to_at, '-infinity'), coalesce(excluded.serial, ''), excluded.about,
        excluded.start_register, coalesce(excluded.end_register, ''))
      > (i.stored, coalesce(i.to_at, '-infinity'), coalesce(i.serial, ''), i.about, i.start_register, coalesce(i.end_register, ''))
  RETURNING point_id, (from_at AT TIME ZONE 'UTC')::date - date '1970-01-01' AS from_day,
    (to_at AT TIME ZONE 'UTC')::date - date '1970-01-01' AS to_day`;

/** What is gone once stays so, and is no longer asked for. */
export const bookGone = `
  INSERT INTO gap AS g (channel_id, day, slots, gone)
    SELECT channel_id, day, gone::varbit & ~gone::varbit, gone::varbit
    FROM unnest($1::int[], $2::date[], $3::text[]) AS u (channel_id, day, gone) ORDER BY channel_id, day
  ON CONFLICT (channel_id, day) DO UPDATE SET gone = g.gone | excluded.gone, slots = g.slots & ~excluded.gone
    WHERE g.gone | excluded.gone <> g.gone OR g.slots & ~excluded.gone <> g.slots`;
