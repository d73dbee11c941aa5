/** What everything that changes a meter stands on. */
import { equalBytes } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import type { AnyTable, Profile } from "@meterport/protocol/layout/index";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { Clock, Signal } from "@meterport/protocol/ports";
import type { Session } from "../../session/session.ts";
import type { Environment } from "../read/dimensions.ts";
import type { WearBudget } from "./wear-budget.ts";
import type { TableWrite } from "./write-plan.ts";

/** What changing a meter takes of it: a `Meter` has it all, and whatever it calls does not know a `Meter`. */
export interface ChangeableMeter {
  readonly session: Session;
  readonly clock: Clock;
  readonly profile: Profile;
  readonly level: Level | undefined;
  /** Which of the two MEP ports of firmware 4.0 and later; 1 elsewhere. */
  readonly port: 1 | 2;
  /** Reached through its optical port. */
  readonly optical: boolean;
  /** Whether another MEP client may use it as well; `undefined` if it does not tell. */
  readonly several: boolean | undefined;
  /** Moves whenever the meter's dimensions may have changed. */
  readonly generation: number;
  /** What a table's layout depends on. @throws UsageError, LinkError, ResponseError, LayoutError */
  readonly environment: (table: AnyTable, options?: { readonly signal?: Signal }) => Promise<Environment>;
  /** Runs `read` again if the meter's dimensions moved under it. @throws LinkError, and what `read` throws */
  readonly steadily: <T>(label: string, read: () => Promise<T>, fresh?: boolean) => Promise<T>;
  /** @throws LinkError, ResponseError, LayoutError, UsageError */
  readonly readPath: (
    table: AnyTable,
    path: readonly (string | number)[],
    options?: { readonly signal?: Signal },
  ) => Promise<unknown>;
}

export interface ChangeOptions {
  readonly meter: ChangeableMeter;
  readonly writable: boolean;
  readonly wear: WearBudget;
}

/**
 * What somebody has agreed to is all that is sent.
 *
 * @throws UsageError (`changed`) where it would be something else by now
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
