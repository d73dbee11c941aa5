/** What the configuration says of the fleet that this daemon belongs to. */
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";

export const fleetRoles = ["read", "jobs", "api"] as const;
export type FleetRole = (typeof fleetRoles)[number];

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
}
