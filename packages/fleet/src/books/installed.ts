/** The meters that hung at points, as a worker's store has them: `journalFacts` the other way. */
import type { Device, RegisterValues } from "@meterport/engine/model/device";
import type { Row, Run } from "./database.ts";

const readInstalled = `
  SELECT p.id AS point, i.from_at, i.to_at, i.about, i.start_register, i.end_register
  FROM metering_point p JOIN installation i USING (point_id) WHERE p.id = ANY ($1::text[]) ORDER BY p.id, i.from_at`;

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

const registersIn = (text: unknown): RegisterValues => {
  const value: unknown = JSON.parse(String(text));
  return typeof value === "object" && value !== null ? (value as RegisterValues) : {};
};

/** Undefined for a row that nobody can read. */
const deviceIn = (row: Row): Device | undefined => {
  try {
    const about = JSON.parse(String(row.about)) as Readonly<Record<string, unknown>>;
    const carried = about.carried as RegisterValues | undefined;
    return {
      ...{ point: String(row.point), from: Number(row.from_at), to: row.to_at === null ? null : Number(row.to_at) },
      ...{ serial: textOf(about.serial), manufacturer: textOf(about.manufacturer), model: textOf(about.model) },
      ...{ firmware: textOf(about.firmware), profile: textOf(about.profile), start: registersIn(row.start_register) },
      end: row.end_register === null ? null : registersIn(row.end_register),
      ...(carried === undefined ? {} : { carried }),
    };
  } catch {
    return undefined;
  }
};

/** Those of these points, each point's oldest first. */
export const devicesOf = async (run: Run, points: readonly string[]): Promise<readonly Device[]> =>
  (await run(readInstalled, [points])).rows.flatMap((row) => deviceIn(row) ?? []);
