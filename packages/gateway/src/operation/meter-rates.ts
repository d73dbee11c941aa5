import type { Millis } from "@meterport/protocol/ports";

/** How often something is read beside the live values; `off` for never, undefined for the usual rate. */
export interface MeterRates {
  readonly power?: Millis | "off" | undefined;
  readonly quality?: Millis | "off" | undefined;
  readonly events?: Millis | "off" | undefined;
  readonly profile?: Millis | "off" | undefined;
  readonly clock?: Millis | "off" | undefined;
  readonly state?: Millis | "off" | undefined;
  readonly children?: Millis | "off" | undefined;
}
