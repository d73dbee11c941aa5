/** What a visit at a meter can read beside what is read anyway, and how it ended. */

export const readKinds = ["registers", "profile", "events", "quality", "clock", "identity", "billing"] as const;
export type ReadKind = (typeof readKinds)[number];

/** `failed`: it may work later; `refused`, `nothing`: the meter answered that it may not be read, or that it does not have it. */
export const visitEvents = ["read", "failed", "refused", "nothing"] as const;

/** How an attempt to read ended. */
export interface Attempt {
  readonly event: (typeof visitEvents)[number];
  /** One sentence, for the report; null if it was read. */
  readonly reason: string | null;
}
