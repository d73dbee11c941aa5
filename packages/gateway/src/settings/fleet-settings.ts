/** What the configuration says of the fleet that this daemon belongs to. */
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";

export const fleetRoles = ["read", "jobs", "api"] as const;
export type FleetRole = (typeof fleetRoles)[number];

const hour: Millis = 3_600_000;
const day: Millis = 24 * hour;

/** What the gap scan goes by. */
export interface GapSettings {
  /** How long after its end an interval may take to arrive. */
  readonly grace: Millis;
  /** How far meters remember that have not said so. */
  readonly memory: Millis;
  /** How far a whole scan looks back. */
  readonly reach: Millis;
}

/** How long things are kept; null for ever. */
export interface FleetRetention {
  /** What meters recorded, and what was chosen and judged of it. */
  readonly values: Millis | null;
  /** The bytes that prove values. */
  readonly proofs: Millis | null;
  readonly registers: Millis | null;
  readonly events: Millis | null;
  /** Targets of campaigns that are over, and files of exports that were delivered. */
  readonly work: Millis | null;
}

export interface CheckSettings {
  /** How long after its end a day may be completed. */
  readonly deadline: Millis;
  /** Days that count as Sundays, such as "2026-12-25". */
  readonly holidays: readonly string[];
  /** Settings of rules as they were written, by the rule's name: the fleet knows the rules. */
  readonly rules: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
}

export const usualGaps: GapSettings = { grace: 6 * hour, memory: 60 * day, reach: 100 * day };
export const usualRetention: FleetRetention = {
  ...{ values: null, proofs: 400 * day, registers: null, events: 1_100 * day, work: 400 * day },
};
export const usualDeadline: Millis = 10 * hour;

export interface FleetSettings {
  /** Address of the database as UTF-8, which may hold a password. */
  readonly database: Secret;
  readonly id: string;
  readonly roles: readonly FleetRole[];
  /** Where other processes reach this one; undefined for the address of its page. */
  readonly address?: string | undefined;
  /** 32 bytes that open the keys of the meters; undefined for a process that reads none. */
  readonly key?: Secret | undefined;
  /** How often the live values of each meter are read. */
  readonly live: Millis;
  /** How often its load profile and its logs are read. */
  readonly profile: Millis;
  /** These three are for the role `jobs`. */
  readonly gaps: GapSettings;
  readonly checks: CheckSettings;
  readonly retention: FleetRetention;
}
