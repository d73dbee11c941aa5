/** Registers, events and meters as they are booked, for checks, exports and pages. */
import type { Millis } from "@meterport/protocol/ports";
import { iso, millis, millisOrNull, textOrNull } from "./columns.ts";
import type { Row, Run } from "./database.ts";
import { type EventFact, registerKinds } from "./facts.ts";
import { numberOf } from "./scaled.ts";
import { readEvents, readInstallations, readRegisters } from "./sql/read-facts.ts";

export interface Range {
  readonly from: Millis;
  readonly to: Millis;
  readonly limit: number;
}

export interface StoredRegister {
  readonly point: string;
  /** "energy_import_wh" */
  readonly name: string;
  /** 0 is the sum of all tiers, 1 to 8 a tier. */
  readonly tier: number;
  readonly at: Millis;
  readonly raw: number;
  /** The value is `raw × 10^-digits`. */
  readonly digits: number;
  readonly value: number;
  /** Why it was kept: "daily", "self-read" … */
  readonly reason: string;
  readonly serial: string | null;
}

const reasons = new Map(Object.entries(registerKinds).map(([reason, kind]) => [kind as string, reason]));

const registerIn = (row: Row): StoredRegister => {
  const [raw, digits] = [Number(row.raw), Number(row.digits)];
  return {
    ...{
      point: String(row.point),
      name: String(row.name),
      tier: Number(row.tier),
      at: millis(row.read_at),
      raw,
      digits,
    },
    ...{ value: numberOf(raw, digits), reason: reasons.get(String(row.kind)) ?? "", serial: textOrNull(row.serial) },
  };
};

/** States of registers from `from` until before `to`, by point, register and tier, oldest first. */
export const registersOf = async (run: Run, points: readonly string[], { from, to, limit }: Range) =>
  (await run(readRegisters, [points, iso(from), iso(to), limit])).rows.map(registerIn);

export type StoredEvent = Omit<EventFact, "stored">;

/** Events that touch a range, oldest first. */
export const eventsOf = async (
  run: Run,
  points: readonly string[],
  { from, to, limit }: Range,
): Promise<readonly StoredEvent[]> =>
  (await run(readEvents, [points, iso(from), iso(to), limit])).rows.map((row) => ({
    ...{ point: String(row.point), id: String(row.event_id), at: millis(row.at), until: millisOrNull(row.until) },
    ...{ kind: String(row.kind), code: row.code === null ? null : Number(row.code), origin: String(row.origin) },
    detail: String(row.detail),
  }));

export interface StoredInstallation {
  readonly point: string;
  readonly from: Millis;
  /** Null while it hangs there. */
  readonly to: Millis | null;
  readonly serial: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly profile: string | null;
  /** Registers by name, in their units. */
  readonly start: Readonly<Record<string, number>>;
  readonly end: Readonly<Record<string, number>> | null;
}

const parsed = (value: unknown): Record<string, unknown> => {
  const found: unknown = JSON.parse(String(value));
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
};

/** Numbers of an object; anything else in it is left out. */
const registersIn = (value: unknown): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(parsed(value)).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );

const installationIn = (row: Row): StoredInstallation => {
  const about = parsed(row.about);
  const said = (name: string): string | null => (typeof about[name] === "string" ? about[name] : null);
  return {
    ...{
      point: String(row.point),
      from: millis(row.from_at),
      to: millisOrNull(row.to_at),
      serial: textOrNull(row.serial),
    },
    ...{
      manufacturer: said("manufacturer"),
      model: said("model"),
      firmware: said("firmware"),
      profile: said("profile"),
    },
    start: registersIn(row.start_register),
    end: row.end_register === null ? null : registersIn(row.end_register),
  };
};

/** The meters that hung at these points, by point, oldest first. */
export const installationsOf = async (run: Run, points: readonly string[]): Promise<readonly StoredInstallation[]> =>
  (await run(readInstallations, [points])).rows.map(installationIn);
