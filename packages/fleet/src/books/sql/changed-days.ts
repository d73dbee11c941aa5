/**
 * Which days are to be checked again: those that are over and of which something was booked. It is written in the transaction that books, so none can
 * be missed; and there is one row a channel, since what comes late comes in many days at once. Days that are not over cost nothing: a day is
 * completed by what is booked after its end.
 */
export const noteChanged = `
  INSERT INTO changed_day AS q (channel_id, first_day, last_day)
    SELECT channel_id, min(day), max(day) FROM unnest($1::int[], $2::date[]) AS u (channel_id, day)
    WHERE day < (now() AT TIME ZONE 'UTC')::date GROUP BY channel_id ORDER BY channel_id
  ON CONFLICT (channel_id) DO UPDATE SET first_day = least(q.first_day, excluded.first_day),
    last_day = greatest(q.last_day, excluded.last_day), changes = q.changes + 1`;

/** Channels of intervals at the points $1 where a meter came or went on the days $2. */
export const readChannelsAt = `
  SELECT c.channel_id, u.day - date '1970-01-01' AS day FROM unnest($1::int[], $2::date[]) AS u (point_id, day) JOIN channel c USING (point_id)
  WHERE c.step > 0`;
