/** What the API knows of a metering point beside its meter. */
import type { ClockOffset } from "@meterport/engine/clock/clock-watch";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { Millis } from "@meterport/protocol/ports";
import type { DeviceService } from "../../device/device-service.ts";
import type { LinkService } from "../../meters/link-service.ts";
import type { PointPrices } from "../../prices/price-book.ts";

export interface PointInfo {
  /** IANA zone of its days and months. */
  readonly zone: string;
  /** The group of points that it belongs to. */
  readonly group?: string | null | undefined;
  readonly fuseAmps: number | null;
  /** How long after its end an interval without a value is pending, milliseconds; 0 if omitted. */
  readonly grace?: Millis | undefined;
  /** Lets a reader use its meter. */
  readonly ask: MeterSource["ask"];
  /** How far the meter's clock is from the machine's; null while nobody has looked recently. */
  readonly clockOffset?: (() => ClockOffset | null) | undefined;
  /** Undefined if its link cannot be examined. */
  readonly link?: LinkService | undefined;
  /** What its energy costs; undefined if nobody knows. */
  readonly prices?: PointPrices | undefined;
  /** What it does there as a device of the grid; undefined if it only reads. */
  readonly device?: Pick<DeviceService, "status" | "take" | "files" | "file"> | undefined;
}

/** By the point's id; undefined if there is no such point. */
export type PointInfoOf = (id: string) => PointInfo | undefined;
