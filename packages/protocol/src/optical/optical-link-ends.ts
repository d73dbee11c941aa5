/** What an optical link is made of, and what it gives. */
import type { LinkOutput } from "../mep/link/exchange.ts";
import type { LineSpeeds } from "./line-speed.ts";
import type { OpticalTiming } from "./timing.ts";

/** Who signs on. */
export interface OpticalLinkOptions {
  /** At most 20 bytes: MK, PK or RK; without one, what is open to everybody. */
  readonly password?: Uint8Array | undefined;
  /** 0 to 65535; the meter records it with events. 0 if omitted. */
  readonly userId?: number | undefined;
  /** At most 10 printable ASCII characters. */
  readonly user?: string | undefined;
  /** Where the line's speed can be changed; it stays as it is if omitted. */
  readonly speeds?: LineSpeeds | undefined;
  readonly timing?: Partial<OpticalTiming> | undefined;
}

/** What it gives: the outputs of a link, and a new speed for the line, once everything before is out, in bits per second. */
export type OpticalLinkOutput =
  | LinkOutput
  /** `last` where none will be offered any more, because meter or head did not follow. */
  | { readonly type: "speed"; readonly baudRate: number; readonly last: boolean };
