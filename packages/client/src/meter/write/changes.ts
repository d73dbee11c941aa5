/** What everything that changes a meter stands on. */
import type { Meter } from "../meter.ts";
import type { WearBudget } from "./wear-budget.ts";

export interface ChangeOptions {
  readonly meter: Meter;
  readonly writable: boolean;
  readonly wear: WearBudget;
}
