/** What a process of a fleet is made of besides reading: each brought by the room that knows it. */

import type { Readiness } from "@meterport/gateway/http/companion-api";
import type { Companion } from "@meterport/gateway/operation/companion";
import type { ParsedKey } from "@meterport/protocol/mep/security/key";
import type { Database, Run } from "../books/database.ts";
import type { Fleet } from "../books/migrate.ts";

/** Opens the keys of meters; `KeyBook` is one. */
export interface MeterKeys {
  /** Number of the fleet's key that this process was given, not of one that follows from it while keys are rotated. */
  readonly given: number;
  /** Keys by serial, and why others do not open. A meter that is in neither has none. */
  readonly open: (
    run: Run,
    serials: readonly string[],
  ) => Promise<{
    readonly keys: ReadonlyMap<string, { readonly at: (port: "mep" | "optical") => ParsedKey }>;
    readonly problems: ReadonlyMap<string, string>;
  }>;
}

/** A role that runs beside the reading. */
export interface RunningRole {
  readonly stop: () => Promise<void>;
  readonly ready: () => Readiness;
}

/** Starts the role `jobs`. @throws UsageError, PostgresError */
export type StartJobs = (own: { readonly url: string; readonly name: string }) => Promise<RunningRole>;

/** Adds the routes of the role `api`. */
export type AddRoutes = (
  ...own: [...Parameters<NonNullable<Companion["routes"]>>, { readonly database: Database; readonly fleet: Fleet }]
) => void;
