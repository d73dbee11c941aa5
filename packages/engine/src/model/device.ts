/** The meters that hung at a metering point, one after the other. */
import type { Millis } from "@meterport/protocol/ports";

/** Registers by name, in their units. */
export type RegisterValues = Readonly<Record<string, number>>;

/** One meter at one metering point, from its installation to its exchange. Its key is point and `from`. */
export interface Device {
  readonly point: string;
  /** Milliseconds since 1970: the first reading from it. */
  readonly from: Millis;
  /** The last moment before the next meter; null while it hangs there. */
  readonly to: Millis | null;
  readonly serial: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly profile: string | null;
  /** Its registers at the beginning, and at the end if it has one. */
  readonly start: RegisterValues;
  readonly end: RegisterValues | null;
  /** What its registers counted and no longer show: they were full and started over, or lost their last hour when power failed. */
  readonly carried?: RegisterValues | undefined;
}
