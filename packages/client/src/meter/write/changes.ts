/** What all changes to a meter share. */
import { equalBytes } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import type { AnyTable, Profile } from "@meterport/protocol/layout/index";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { Clock, Signal } from "@meterport/protocol/ports";
import type { Session } from "../../session/session.ts";
import type { Environment } from "../read/dimensions.ts";
import type { WearBudget } from "./wear-budget.ts";
import type { TableWrite } from "./write-plan.ts";

/** The port to a meter that changes need: `Meter` implements it, so that the code behind it does not import `Meter`. */
export interface ChangeableMeter {
  readonly session: Session;
  readonly clock: Clock;
  readonly profile: Profile;
  readonly level: Level | undefined;
  /** Which of the two MEP ports of firmware 4.0 and later; 1 elsewhere. */
  readonly port: 1 | 2;
  /** Whether the link goes to its optical port. */
  readonly optical: boolean;
  /** Whether another MEP client may use it too; `undefined` if it does not say. */
  readonly several: boolean | undefined;
  /** Changes whenever the meter's dimensions may have changed. */
  readonly generation: number;
  /** What a table's layout depends on. @throws UsageError, LinkError, ResponseError, LayoutError */
  readonly environment: (table: AnyTable, options?: { readonly signal?: Signal | undefined }) => Promise<Environment>;
  /** Runs `read` again if the meter's dimensions changed meanwhile. @throws LinkError, and what `read` throws */
  readonly steadily: <T>(label: string, read: () => Promise<T>, fresh?: boolean) => Promise<T>;
  /** @throws LinkError, ResponseError, LayoutError, UsageError */
  readonly readPath: (
    table: AnyTable,
    path: readonly (string | number)[],
    options?: { readonly signal?: Signal | undefined },
  ) => Promise<unknown>;
}

export interface ChangeOptions {
  readonly meter: ChangeableMeter;
  readonly writable: boolean;
  readonly wear: WearBudget;
}

/**
 * Checks that only what the user has agreed to is sent.
 *
 * @throws UsageError (`changed`) if it would be something else by now
 */
export const checkShown = (shown: readonly TableWrite[], now: readonly TableWrite[], label: string): void => {
  const same = (one: TableWrite, other: TableWrite | undefined): boolean =>
    one.table === other?.table && one.offset === other.offset && equalBytes(one.data, other.data);
  if (shown.length === now.length && shown.every((write, i) => same(write, now[i]))) return;
  throw new UsageError(
    "changed",
    `${label}: the meter has changed since this was shown, so nothing was sent; look again`,
  );
};
