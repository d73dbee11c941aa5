/** The part of the store that the API uses. */
import type { Store } from "@meterport/engine/ports/store";

/** What the API asks of the store: it writes nothing. */
export type ApiStore = Pick<
  Store,
  | "history"
  | "series"
  | "readings"
  | "intervals"
  | "intervalSums"
  | "intervalCoverage"
  | "intervalGaps"
  | "channels"
  | "intervalProof"
  | "registers"
  | "registerProof"
  | "devices"
  | "events"
  | "journal"
  | "cursors"
  | "status"
>;
