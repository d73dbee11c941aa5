/** The state of a counter at a moment. */
import type { Millis } from "@meterport/protocol/ports";
import type { Proof } from "./proof.ts";

/** Why it was kept. */
export const registerReasons = [
  "daily",
  "exchange",
  "self-read",
  "demand-reset",
  "first",
  "manual",
  /** The meter read it from another meter behind it. */
  "read",
] as const;
export type RegisterReason = (typeof registerReasons)[number];

export interface RegisterState {
  readonly point: string;
  /** "energy_import_wh" */
  readonly register: string;
  /** 0 is the sum of all tiers, 1 to 8 a tier. */
  readonly tier: number;
  /** Milliseconds since 1970. */
  readonly time: Millis;
  /** In the unit of the register. */
  readonly value: number;
  readonly reason: RegisterReason;
  /** Serial number of the meter that hung there; null if it did not say. */
  readonly serial: string | null;
  readonly proof?: Proof | undefined;
}
