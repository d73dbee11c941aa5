/** Reads intervals, registers, events, devices and proofs. */
import type { Device } from "@meterport/engine/model/device";
import { intervalQualities, intervalSources, type StoredInterval } from "@meterport/engine/model/interval";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { Proof } from "@meterport/engine/model/proof";
import type { RegisterState } from "@meterport/engine/model/register-state";
import type {
  EventQuery,
  IntervalCoverage,
  IntervalGaps,
  IntervalQuery,
  IntervalSum,
  RegisterQuery,
  SharedProof,
  TimeRange,
} from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { deviceOf } from "../device-body.ts";
import { coverageIn, eventIn, gapsIn, intervalOf, proofIn, registerIn, sharedProofs, sumsIn } from "../fact-rows.ts";
import { storable } from "../storable-text.ts";
import { pointIs } from "./postgres-readings.ts";
import type { Run } from "./postgres-run.ts";

const channelIs = (parameter: string): string => `(SELECT key FROM channel WHERE id = ${parameter})`;
const ofChannel = `point = ${pointIs("$1")} AND channel = ${channelIs("$2")}`;

export const intervalsOf = async (
  run: Run,
  point: string,
  { channel, from, to, limit }: IntervalQuery,
): Promise<readonly StoredInterval[]> => {
  const { rows } = await run(
    `SELECT * FROM interval_value WHERE ${ofChannel} AND ending > $3 AND ending <= $4 ORDER BY ending LIMIT $5`,
    [point, channel, from, to, limit],
  );
  return rows.map((row) => intervalOf(point, channel, Number(row.ending), row));
};

const qualityCounts = intervalQualities.map((_, n) => `count(*) FILTER (WHERE quality = ${n}) AS quality_${n}`);
const sourceCounts = intervalSources.map((_, n) => `count(value) FILTER (WHERE source = ${n}) AS source_${n}`);
// The slot of an interval is that of the bound before its end; the first bound has the number 1.
const sums = `SELECT slot, sum(value) AS value, sum(seconds) FILTER (WHERE value IS NOT NULL) AS seconds,
    ${[...qualityCounts, ...sourceCounts].join(", ")}
  FROM (SELECT width_bucket(ending - 1, $3::bigint[]) AS slot, value, seconds, quality, source
    FROM interval_value WHERE ${ofChannel} AND ending > $4 AND ending <= $5) AS placed GROUP BY slot`;

export const sumsOf = async (
  run: Run,
  point: string,
  channel: string,
  bounds: readonly Millis[],
): Promise<readonly IntervalSum[]> => {
  const [first, last] = [bounds[0], bounds.at(-1)];
  if (first === undefined || last === undefined || bounds.length < 2) return [];
  const { rows } = await run(sums, [point, channel, bounds, first, last]);
  return sumsIn(bounds, rows, ({ slot }) => Number(slot) - 1);
};

const coverage = `SELECT known.id, first.ending AS first_end, first.seconds AS first_seconds, covered.seconds,
    newest.ending AS newest_end, newest.seconds AS newest_seconds
  FROM (SELECT key, id FROM point WHERE id = ANY ($1::text[])) AS known
  CROSS JOIN LATERAL (SELECT ending, seconds FROM interval_value
    WHERE point = known.key AND channel = ${channelIs("$2")} ORDER BY ending LIMIT 1) AS first
  CROSS JOIN LATERAL (SELECT sum(seconds) FILTER (WHERE value IS NOT NULL) AS seconds FROM interval_value
    WHERE point = known.key AND channel = ${channelIs("$2")} AND ending > $3 AND ending <= $4) AS covered
  LEFT JOIN LATERAL (SELECT ending, seconds FROM interval_value
    WHERE point = known.key AND channel = ${channelIs("$2")} AND value IS NOT NULL ORDER BY ending DESC LIMIT 1) AS newest ON true`;

export const coverageOf = async (
  run: Run,
  points: readonly string[],
  channel: string,
  { from, to }: TimeRange,
): Promise<readonly IntervalCoverage[]> => {
  const { rows } = await run(coverage, [points, channel, from, to]);
  return rows.map(coverageIn);
};

// The end of the range counts as a last interval, so that the gap before it is one of them.
const findGaps = `SELECT start, until, count(*) OVER () AS count, max(until - start) OVER () AS longest FROM (
    SELECT begin AS until, lag(ending, 1, $3::bigint) OVER (ORDER BY ending, begin) AS start FROM (
      SELECT ending - 1000::bigint * seconds AS begin, ending FROM interval_value
        WHERE ${ofChannel} AND ending > $3 AND ending <= $4 AND value IS NOT NULL
      UNION ALL SELECT $4::bigint, $4::bigint) AS placed) AS found
  WHERE until > start ORDER BY start LIMIT $5`;

export const intervalGapsOf = async (
  run: Run,
  point: string,
  { channel, from, to, limit }: IntervalQuery,
): Promise<IntervalGaps> => {
  const { rows } = await run(findGaps, [point, channel, from, to, limit]);
  return gapsIn(rows);
};

export const channelsOf = async (run: Run, point: string): Promise<readonly string[]> => {
  const { rows } = await run(
    `SELECT id FROM channel WHERE EXISTS
      (SELECT 1 FROM interval_value WHERE point = ${pointIs("$1")} AND interval_value.channel = channel.key) ORDER BY id`,
    [point],
  );
  return rows.map(({ id }) => String(id));
};

const proofWith = async (run: Run, key: unknown): Promise<Proof | null> => {
  const [row] = key === null ? [] : (await run("SELECT * FROM proof WHERE key = $1", [key])).rows;
  return row === undefined ? null : proofIn(row, row.byte_offset);
};

export const proofOf = async (run: Run, point: string, channel: string, end: Millis) => {
  const [row] = (await run(`SELECT * FROM interval_value WHERE ${ofChannel} AND ending = $3`, [point, channel, end]))
    .rows;
  if (row === undefined) return undefined;
  return { interval: intervalOf(point, channel, end, row), proof: await proofWith(run, row.proof) };
};

export const proofsOf = async (
  run: Run,
  point: string,
  channel: string,
  ends: readonly Millis[],
): Promise<readonly SharedProof[]> => {
  const { rows } = await run(
    `SELECT ending, proof FROM interval_value WHERE ${ofChannel} AND ending = ANY ($3::bigint[]) AND proof IS NOT NULL ORDER BY ending`,
    [point, channel, ends],
  );
  const shared = sharedProofs(rows.map(({ ending, proof }) => ({ end: Number(ending), key: Number(proof) })));
  if (shared.length === 0) return [];
  const found = await run("SELECT * FROM proof WHERE key = ANY ($1::bigint[])", [shared.map(({ key }) => key)]);
  const proofs = new Map(found.rows.map((row) => [Number(row.key), proofIn(row, row.byte_offset)]));
  return shared.flatMap(({ key, ends }) => {
    const proof = proofs.get(key);
    return proof === undefined ? [] : [{ proof, ends }];
  });
};

export const registersOf = async (
  run: Run,
  point: string,
  { from, to, register, tier, limit }: RegisterQuery,
): Promise<readonly RegisterState[]> => {
  const { rows } = await run(
    `SELECT * FROM register_state WHERE point = ${pointIs("$1")} AND time >= $2 AND time < $3
      AND ($4::text IS NULL OR register = $4) AND ($5::int IS NULL OR tier = $5) ORDER BY time, register, tier LIMIT $6`,
    [point, from, to, register ?? null, tier ?? null, limit],
  );
  return rows.map((row) => registerIn(point, row));
};

export const registerProofOf = async (
  run: Run,
  point: string,
  { register, tier, time }: Pick<RegisterState, "register" | "tier" | "time">,
) => {
  const [row] = (
    await run(
      `SELECT * FROM register_state WHERE point = ${pointIs("$1")} AND register = $2 AND tier = $3 AND time = $4`,
      [point, storable(register), tier, time],
    )
  ).rows;
  return row === undefined ? undefined : { state: registerIn(point, row), proof: await proofWith(run, row.proof) };
};

export const devicesOf = async (run: Run, point: string): Promise<readonly Device[]> => {
  const { rows } = await run(`SELECT start, body FROM device WHERE point = ${pointIs("$1")} ORDER BY start`, [point]);
  return rows.map((row) => deviceOf(point, Number(row.start), String(row.body)));
};

export const eventsOf = async (
  run: Run,
  point: string,
  { from, to, kinds, before, limit }: EventQuery,
): Promise<readonly PointEvent[]> => {
  const { rows } = await run(
    `SELECT * FROM happening WHERE point = ${pointIs("$1")}
      AND ($2::bigint IS NULL OR time >= $2) AND ($3::bigint IS NULL OR time < $3)
      AND ($4::text[] IS NULL OR kind = ANY ($4)) AND ($5::bigint IS NULL OR (time, id) < ($5, $6::text))
      ORDER BY time DESC, id DESC LIMIT $7`,
    [point, from ?? null, to ?? null, kinds ?? null, before?.time ?? null, before?.id ?? null, limit],
  );
  return rows.map((row) => eventIn(point, row));
};

export const memoOf = async (run: Run, point: string, name: string): Promise<string | undefined> => {
  const [row] = (await run(`SELECT text FROM memo WHERE point = ${pointIs("$1")} AND name = $2`, [point, name])).rows;
  return row === undefined ? undefined : String(row.text);
};

export const allMemosOf = async (run: Run, name: string): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await run("SELECT id, text FROM memo JOIN point ON point.key = memo.point WHERE name = $1", [name]);
  return new Map(rows.map(({ id, text }) => [String(id), String(text)]));
};
