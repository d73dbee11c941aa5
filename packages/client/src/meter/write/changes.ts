/** What everything that changes a meter stands on. */
import type { AnyTable, Profile } from "@meterport/protocol/layout/index";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { Clock, Signal } from "@meterport/protocol/ports";
import type { Session } from "../../session/session.ts";
import type { Environment } from "../read/dimensions.ts";
import type { WearBudget } from "./wear-budget.ts";

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
