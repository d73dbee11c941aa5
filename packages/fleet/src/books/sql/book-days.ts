/**
 * The one statement that books slots: each by the law of `slots.ts`, whose `putFact` is the same in TypeScript. A row in which no slot
 * changes is not touched; that one is the same as before is seen first, since it is the quickest to see. Give the rows in the order of their
 * keys, so that two who book the same wait for each other and never in a circle. The slots of all rows lie in one array, and so do the texts of their
 * ranks and statuses: `at`, `rank` and `status` say where those of a row begin.
 */

/** Old and new raw value, rank and status of each slot. As a list of columns they are given one by one; as a function they would be stored first. */
const slots = `(SELECT unnest(d.raw) AS v, unnest(d.rank) AS k, unnest(d.status) AS t,
      unnest(excluded.raw) AS nv, unnest(excluded.rank) AS nk, unnest(excluded.status) AS nt) AS s`;

/** 32 is the bit \`disagrees\`. */
const marked = (status: string): string => `(${status}::int | 32)::"char"`;

/** How many rows changed, and which of those are of days that are over: channels and days since 1970 as texts, which are quicker to read than rows. */
export const bookDays = `
  WITH booked AS (INSERT INTO profile_day AS d (channel_id, day, raw, rank, status)
    SELECT channel_id, day, ($7::int[])[at + 1 : at + count], ($8::"char"[])[rank + 1 : rank + count], ($8::"char"[])[status + 1 : status + count]
    FROM unnest($1::int[], $2::date[], $3::int[], $4::int[], $5::int[], $6::int[]) AS u (channel_id, day, at, count, rank, status)
  ON CONFLICT (channel_id, day) DO UPDATE SET (raw, rank, status) = (
    SELECT
      array_agg(CASE WHEN nk > k OR nk = k AND nv > v THEN nv ELSE v END),
      array_agg(greatest(k, nk)),
      array_agg(CASE
        WHEN nk < k THEN t
        WHEN nk > k THEN nt
        WHEN nv > v THEN ${marked("nt")}
        WHEN nv < v THEN ${marked("t")}
        WHEN nt = t THEN t
        ELSE (t::int | nt::int)::"char" END)
    FROM ${slots})
  WHERE (d.rank <> excluded.rank OR d.raw <> excluded.raw OR d.status <> excluded.status) AND EXISTS (
    SELECT FROM ${slots}
    WHERE nk > k OR nk = k AND (nv > v OR nv < v AND t::int & 32 = 0 OR nv = v AND t <> nt AND t::int | nt::int <> t::int))
  RETURNING channel_id, day)
  SELECT count(*)::int AS count, string_agg(channel_id::text, ',') FILTER (WHERE is_over) AS channels,
    string_agg((day - date '1970-01-01')::text, ',') FILTER (WHERE is_over) AS days
  FROM booked CROSS JOIN LATERAL (SELECT day < (now() AT TIME ZONE 'UTC')::date AS is_over) AS o`;
