/** What holders tell of themselves, beside their claims: `hold.ts` has those. */

/** A holder that was not seen for longer may be dead: its shards are about to be taken. */
export const liveSeconds = 10;

const lives = (holder: string): string =>
  `EXISTS (SELECT FROM holder l WHERE l.holder = ${holder} AND l.seen > now() - interval '${liveSeconds} seconds')`;

/**
 * Holder $1 holds exactly the shards $2 under the attempts $3. An older attempt changes nothing, unless who told the newer one is dead: the
 * engine's jobs may have been made again, and count from 0.
 */
export const tellHeld = `
  WITH mine AS (SELECT * FROM unnest($2::smallint[], $3::int[]) AS u (shard, attempt)),
  ended AS (DELETE FROM held_shard WHERE holder = $1 AND shard NOT IN (SELECT shard FROM mine))
  INSERT INTO held_shard AS h (shard, holder, attempt) SELECT shard, $1, attempt FROM mine ORDER BY shard
  ON CONFLICT (shard) DO UPDATE SET holder = excluded.holder, attempt = excluded.attempt, since = now()
    WHERE (h.holder, h.attempt) <> (excluded.holder, excluded.attempt) AND (h.attempt <= excluded.attempt OR NOT ${lives("h.holder")})`;

/** The links of points $2 are in states $3 because of $4 since $5, says holder $1. Points that are not in the books are left out. */
export const tellLinks = `
  INSERT INTO point_state AS s (point_id, holder, state, cause, since)
    SELECT p.point_id, $1, u.state, u.cause, u.since
    FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS u (id, state, cause, since)
    JOIN metering_point p ON p.id = u.id ORDER BY p.point_id
  ON CONFLICT (point_id) DO UPDATE SET holder = excluded.holder, state = excluded.state, cause = excluded.cause, since = excluded.since
    WHERE (s.holder, s.state, s.cause, s.since) IS DISTINCT FROM (excluded.holder, excluded.state, excluded.cause, excluded.since)`;

/** The meters at points $1 remember $2 days. */
export const noteMemories = `
  UPDATE meter m SET memory_days = u.days
  FROM (SELECT p.point_id, t.days FROM unnest($1::text[], $2::smallint[]) AS t (id, days) JOIN metering_point p USING (id) ORDER BY 1) AS u
  WHERE m.point_id = u.point_id AND m.memory_days IS DISTINCT FROM u.days`;

/** What the log $1 of the meters at points $2 was read to, in marks $3. */
export const noteMarks = `
  INSERT INTO read_mark AS m (point_id, name, mark)
    SELECT p.point_id, $1, u.mark FROM unnest($2::text[], $3::text[]) AS u (id, mark) JOIN metering_point p USING (id) ORDER BY 1
  ON CONFLICT (point_id, name) DO UPDATE SET mark = excluded.mark WHERE m.mark <> excluded.mark`;

/** Marks of the log $1 of points $2. */
export const readMarks = `
  SELECT p.id, m.mark FROM metering_point p JOIN read_mark m USING (point_id) WHERE m.name = $1 AND p.id = ANY ($2::text[])`;

/** Shards with a holder that lives; join it as `held`. */
export const heldShards = `
  (SELECT h.shard, h.holder, l.address FROM held_shard h JOIN holder l USING (holder)
    WHERE l.seen > now() - interval '${liveSeconds} seconds')`;

/** As a holder of links a gateway elsewhere has the name of its token, after this. */
export const gatewayPrefix = "intake ";

/** A gateway that brings its points itself and was heard lately; join it behind the links that were told, `st`. */
export const heardGateways = `LEFT JOIN intake AS own ON st.holder = '${gatewayPrefix}' || own.name AND own.seen > now() - interval '180 seconds'`;

/** Whose word counts for a link: that of the gateway, or of who holds the shard; null if there is nobody. */
export const teller = `coalesce('${gatewayPrefix}' || own.name, held.holder)`;
