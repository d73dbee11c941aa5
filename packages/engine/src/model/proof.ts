/** How a value came to be: enough to check it by hand against the guide. */
import type { Millis } from "@meterport/protocol/ports";

export interface Proof {
  /** When the answer came, milliseconds since 1970. */
  readonly time: Millis;
  /** "BT64", the table that was read; null if the value was not read from a meter. */
  readonly table: string | null;
  /** Offset of the first byte in that table; null if it was read whole or not at all. */
  readonly offset: number | null;
  /** The bytes as read, lower-case hex; null if they were not kept. */
  readonly raw: string | null;
  /** "meter:3.70": the layouts that decoded them. */
  readonly profile: string | null;
  /** The meter's clock minus ours at that time, milliseconds; null if unknown. */
  readonly clockOffset: Millis | null;
  /** One sentence for people: what was done. */
  readonly note: string;
}
