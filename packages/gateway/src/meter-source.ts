/** The narrow port behind which the link to a meter stands: the poll loop knows nothing of frames or transports. */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { MeterIdentity } from "./api.ts";

/** One open link to one meter. */
export interface MeterSource {
  readonly identity: MeterIdentity;
  /** One live poll. @throws LinkError, ResponseError */
  readonly read: (signal: AbortSignal) => Promise<LiveReading>;
  /** Since the link was opened: packets sent again, and frames thrown away because their digest did not fit. */
  readonly counters: () => { readonly retries: number; readonly discarded: number };
  /** May be called more than once. */
  readonly close: () => Promise<void>;
}

/** Connects to a meter. @throws LinkError, ResponseError, TlsError, UsageError */
export type OpenMeter = (signal: AbortSignal) => Promise<MeterSource>;
