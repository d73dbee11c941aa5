/** Tokens of gateways that bring their values, and what each may bring. */
import type { Row, Run } from "../../books/database.ts";
import type { IntakeTokens } from "../api.ts";

/** A gateway that brings values. */
export interface Intake {
  readonly name: string;
  readonly points: readonly string[];
  readonly sites: readonly string[];
}

const columns = "name, points, sites, made, by, number, delivered";

export const listIntakes = async (run: Run): Promise<IntakeTokens["tokens"]> =>
  (await run(`SELECT ${columns} FROM intake ORDER BY name LIMIT 10000`)).rows.map((row) => ({
    ...{ name: String(row.name), points: row.points as string[], sites: row.sites as string[], by: String(row.by) },
    made: (row.made as Date).toISOString(),
    last_delivered: row.delivered === null ? null : (row.delivered as Date).toISOString(),
  }));

/** False if there is one of this name already. */
export const addIntake = async (run: Run, intake: Intake, hash: string, by: string): Promise<boolean> => {
  const { name, points, sites } = intake;
  const text = `INSERT INTO intake (name, hash, points, sites, by) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING`;
  return (await run(text, [name, hash, points, sites, by])).count === 1;
};

export const removeIntake = async (run: Run, name: string): Promise<boolean> =>
  (await run("DELETE FROM intake WHERE name = $1", [name])).count === 1;

const intakeIn = (row: Row): Intake => ({
  ...{ name: String(row.name), points: row.points as string[], sites: row.sites as string[] },
});

/** Whose token it is; undefined if it is nobody's. */
export const intakeOf = async (run: Run, hash: string): Promise<Intake | undefined> =>
  (await run("SELECT name, points, sites FROM intake WHERE hash = $1", [hash])).rows.map(intakeIn)[0];

/** The points that it may bring: those that its token names, and those of its sites. */
export const pointsOf = async (run: Run, { points, sites }: Intake): Promise<ReadonlySet<string>> => {
  if (sites.length === 0) return new Set(points);
  const { rows } = await run(
    "SELECT p.id FROM metering_point p JOIN site s USING (site_id) WHERE s.id = ANY ($1::text[])",
    [sites],
  );
  return new Set([...points, ...rows.map(({ id }) => String(id))]);
};

/** Whether it may bring a point. A meter behind a meter has the id of that one's point in front. */
export const mayBring = (allowed: ReadonlySet<string>, point: string): boolean => ownerOf(allowed, point) !== undefined;

/** The point that it may bring, and that this is or is behind. */
export const ownerOf = (allowed: ReadonlySet<string>, point: string): string | undefined => {
  for (let at = point; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) if (allowed.has(at)) return at;
  return undefined;
};

/** Meters that no longer hang where they were, by what their gateways told last. Nobody imported them. */
const freeMeters = `
  UPDATE meter m SET point_id = NULL FROM metering_point p CROSS JOIN LATERAL
    (SELECT meter_id FROM installation WHERE point_id = p.point_id ORDER BY from_at DESC LIMIT 1) AS newest
  WHERE p.id = ANY ($1::text[]) AND m.point_id = p.point_id AND m.site_id IS NULL AND newest.meter_id IS DISTINCT FROM m.meter_id`;

const placeMeters = `
  UPDATE meter m SET point_id = own.point_id FROM (
    SELECT DISTINCT ON (newest.meter_id) newest.meter_id, p.point_id FROM metering_point p CROSS JOIN LATERAL
      (SELECT meter_id, to_at FROM installation WHERE point_id = p.point_id ORDER BY from_at DESC LIMIT 1) AS newest
    WHERE p.id = ANY ($1::text[]) AND p.site_id IS NULL AND newest.to_at IS NULL ORDER BY newest.meter_id, p.point_id) AS own
  WHERE m.meter_id = own.meter_id AND m.site_id IS NULL AND m.point_id IS NULL
    AND NOT EXISTS (SELECT FROM meter o WHERE o.point_id = own.point_id)`;

/**
 * Notes which meters hang at the points of a gateway that nobody imported, so that campaigns find them. A meter that somebody imported, or that
 * hangs at another point already, stays where it is, whatever a gateway says.
 */
export const noteMeters = async (run: Run, points: readonly string[]): Promise<void> => {
  await run(freeMeters, [points]);
  await run(placeMeters, [points]);
};

/** The points at which meters hang, by the meters' numbers. */
export const pointsOfMeters = async (run: Run, meters: readonly number[]): Promise<ReadonlyMap<number, string>> => {
  const { rows } = await run(
    "SELECT m.meter_id, p.id FROM meter m JOIN metering_point p USING (point_id) WHERE m.meter_id = ANY ($1::int[])",
    [meters],
  );
  return new Map(rows.map(({ meter_id, id }) => [Number(meter_id), String(id)]));
};

/** Of a point and the meters behind it: their points, channels, and meters that ever hung there. */
const countNames = `
  SELECT own.id AS point, count(p.point_id)::int AS points,
    sum((SELECT count(*) FROM channel c WHERE c.point_id = p.point_id))::int AS channels,
    sum((SELECT count(*) FROM installation i WHERE i.point_id = p.point_id))::int AS meters
  FROM unnest($1::text[]) AS own (id) JOIN metering_point p ON p.id = own.id OR (p.id > own.id || '.' AND p.id < own.id || '/')
  GROUP BY own.id`;

/** Far beyond any meter with those behind it, over all its years. Each is a name that lists of the fleet carry for ever. */
const most = { points: 500, channels: 5_000, meters: 500 };

/** The point of which the books have more names than can be true; undefined if there is none. */
export const crowdedPoint = async (run: Run, points: readonly string[]): Promise<string | undefined> => {
  const { rows } = await run(countNames, [points]);
  const found = rows.find((row) => Object.entries(most).some(([what, limit]) => Number(row[what]) >= limit));
  return found === undefined ? undefined : String(found.point);
};

/** Notes that it was heard, so its word on its links counts. */
export const noteHeard = async (run: Run, name: string): Promise<void> => {
  await run("UPDATE intake SET seen = now() WHERE name = $1", [name]);
};

/** Notes how far it has come. */
export const noteDelivered = async (run: Run, name: string, number: number | null): Promise<void> => {
  await run("UPDATE intake SET delivered = now(), number = greatest(number, $2) WHERE name = $1", [name, number]);
};
