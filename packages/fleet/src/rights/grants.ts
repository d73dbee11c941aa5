/** What the database permits to each role of a fleet, table by table. */
import { type MonthlyTable, monthlyTables } from "../books/partitions.ts";

/** Roles of processes. Each has a login of its own. */
export const fleetRoles = ["read", "jobs", "api"] as const;
export type FleetRole = (typeof fleetRoles)[number];

const look = "SELECT";
const add = "SELECT, INSERT";
const note = "SELECT, INSERT, UPDATE";
const keep = "SELECT, INSERT, UPDATE, DELETE";
const change = "SELECT, UPDATE";

export interface TableRights extends Readonly<Partial<Record<FleetRole, string>>> {
  /** Columns that a role may write and not see. */
  readonly hidden?: Readonly<Partial<Record<FleetRole, readonly string[]>>>;
}

/** What anybody in the fleet may look at, and nobody but its owner changes. */
const known: TableRights = { read: look, jobs: look, api: look };
/** Facts are booked by those who read meters, and by those who take them from daemons elsewhere. */
const fact: TableRights = { read: note, jobs: look, api: note };

/** Each table of the schema; a test finds those that are missing. A role that a table does not name may do nothing with it. */
export const tableRights: Readonly<Record<string, TableRights>> = {
  fleet: known,
  fleet_migration: known,
  dropped_before: { ...known, jobs: note },
  // The key of a meter is opened by those who read it.
  fleet_key: { read: look },
  meter_key: { read: look },
  audit: { api: look },

  site: { read: look, jobs: look, api: note },
  meter: { read: note, jobs: change, api: note },
  metering_point: { read: note, jobs: look, api: note },
  installation: fact,
  channel: { ...fact, jobs: change },
  profile_day: fact,
  block: fact,
  register_reading: fact,
  event: { ...fact, jobs: "SELECT, DELETE" },
  gap: { read: note, jobs: keep, api: note },
  changed_day: { read: keep, jobs: keep, api: keep },

  campaign: { read: look, jobs: change, api: note },
  target: { read: change, jobs: keep, api: note },
  chosen_day: { jobs: add, api: look },
  vee_day: { jobs: keep, api: change },
  edit: { jobs: look, api: add },
  // A plan names files of secrets and where they are sent: who can be reached from outside may not write one.
  export_plan: { jobs: change, api: look },
  export_run: { jobs: keep, api: note },
  export_part: { jobs: keep, api: look },
  job_mark: { read: look, jobs: keep, api: look },

  // A holder's pass lets others ask it; only those who pass requests on may know it.
  holder: { read: keep, jobs: look, api: look, hidden: { read: ["pass"], jobs: ["pass"] } },
  held_shard: { read: keep, jobs: look, api: look },
  // The API tells for gateways elsewhere.
  point_state: { read: keep, jobs: look, api: note },
  read_mark: { read: note },
  // Hashes of tokens, which nobody else need see.
  intake: { api: keep },
};

/** Functions that do something with the rights of their owner, and who may call them. */
export const functionRights: Readonly<Record<string, readonly FleetRole[]>> = {
  // Who did it is a word of the caller: the API knows who signed in. No other process does what people ask for.
  audit_append: ["api"],
  make_month: fleetRoles,
};

/** What each role may do with the tables of the job engine. Pages look at them; what they want done is in tables of the fleet. */
export const engineRights: Readonly<Record<FleetRole, string>> = { read: keep, jobs: keep, api: look };

/** Tables of which months are made and dropped. */
export const ownedByMonths: readonly MonthlyTable[] = monthlyTables;
