/** One meter with all that belongs to it: its loop, what is kept of it and the jobs that read its memory. */

import type { PieceRoom } from "@meterport/engine/backfill/piece-room";
import { PointHistory } from "@meterport/engine/backfill/point-history";
import type { ProfileKnown } from "@meterport/engine/backfill/profile-known";
import { qualityJob } from "@meterport/engine/backfill/quality-job";
import type { ChildMeter } from "@meterport/engine/children/child-meter";
import { childrenJob } from "@meterport/engine/children/children-job";
import { conditionsJob } from "@meterport/engine/conditions/conditions-job";
import { limitsForFuse } from "@meterport/engine/guard/guard";
import { graceOf } from "@meterport/engine/intervals/grace";
import { phaseOf } from "@meterport/engine/plan/spread";
import type { JobRoom } from "@meterport/engine/points/job-room";
import type { Keeper } from "@meterport/engine/points/keeper";
import type { LinkTally } from "@meterport/engine/points/link-tally";
import { MeterLog } from "@meterport/engine/points/meter-log";
import { openPointKeeper, type PointKeeper, type StoredPoint } from "@meterport/engine/points/point-facts-keeper";
import { PointLoop } from "@meterport/engine/points/point-loop";
import type { Log } from "@meterport/engine/ports/log";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { Store } from "@meterport/engine/ports/store";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Redaction } from "../captures/redacted-capture.ts";
import type { DeviceService } from "../device/device-service.ts";
import type { PointInfo } from "../http/points/point-info.ts";
import type { LinkService } from "../meters/link-service.ts";
import type { PointPrices } from "../prices/price-book.ts";
import type { MeterRates } from "./meter-rates.ts";

export interface GatewayMeter {
  readonly id: string;
  readonly name: string;
  /** The group of meters that it belongs to; none if omitted. */
  readonly group?: string | undefined;
  readonly url: string;
  readonly simulated: boolean;
  readonly interval: Millis;
  readonly fuseAmps?: number | undefined;
  /** IANA name of the zone whose days count; the machine's if omitted. */
  readonly zone?: string | undefined;
  readonly rates?: MeterRates | undefined;
  /** Whether the meter's memory is read; it is if omitted. */
  readonly backFill?: boolean | undefined;
  /** What is known of its load profile elsewhere. */
  readonly known?: ProfileKnown | undefined;
  readonly source: MeterSource;
  /** Called before another meter goes on with this source: it then stays open when this meter stops. */
  readonly shareSource?: (() => void) | undefined;
  /** What its energy costs; nobody knows if omitted. */
  readonly prices?: PointPrices | undefined;
  /** What it does there as a device of the grid; it only reads if omitted. */
  readonly device?: DeviceService | undefined;
  /** Examines its link; undefined if that is not possible. */
  readonly link?: LinkService | undefined;
  /** Redacts a capture of its link; undefined if too many are in progress. */
  readonly redact: (text: string) => Promise<Redaction | undefined>;
}

/** A meter with all that belongs to it. */
export interface OpenMeter {
  readonly meter: GatewayMeter;
  readonly loop: PointLoop;
  readonly point: PointKeeper;
  readonly history: PointHistory;
  readonly log: MeterLog;
  readonly info: PointInfo;
  readonly close: () => void;
  /** Another meter goes on with its link. */
  readonly handOver: () => void;
}

/** What all meters of a gateway share. */
export interface SharedParts {
  readonly store: Store;
  readonly keeper: Keeper;
  readonly clock: Clock;
  readonly log: Log;
  readonly room: PieceRoom;
  readonly jobRoom: JobRoom;
  readonly tally: LinkTally;
  /** Called when the meters behind one were read. */
  readonly childrenTold: (id: string, all: readonly ChildMeter[]) => void;
}

/** `zone` is that of the point. */
const pointInfo = (
  { group, fuseAmps, source, link, prices, device, rates, backFill, interval }: GatewayMeter,
  zone: string,
  clockOffset: PointInfo["clockOffset"],
): PointInfo => ({
  ...{ zone, clockOffset, group: group ?? null },
  fuseAmps: fuseAmps ?? null,
  grace: graceOf({ profile: backFill === false ? "off" : rates?.profile, live: interval }),
  ask: (task) => source.ask(task),
  link,
  prices,
  device,
});

/** More than these are read one after the other, not all in the rhythm that they started in. */
export const fewMeters = 8;

/** The first look at a meter's state and at the meters behind it. Many meters would be asked for them all at once. */
const firstLook = (id: string, count: number): Millis => (count > fewMeters ? phaseOf(id, firstLooks) : soonLook);
/** A look takes some nine requests: each five minutes at many thousands it would cost as much as a third of their live values. */
const stateEvery = (count: number): Millis | undefined => (count > fewMeters ? firstLooks : undefined);
const firstLooks: Millis = 1_800_000;
const soonLook: Millis = 10_000;

/**
 * @param count meters that the gateway reads with it
 * @param usualZone the zone of a meter that names none
 * @throws what the store throws when the last registers are read
 */
export const openMeter = async (
  meter: GatewayMeter,
  stored: StoredPoint,
  { count, usualZone }: { readonly count: number; readonly usualZone: string },
  { store, keeper, clock, log, room, jobRoom, tally, childrenTold }: SharedParts,
): Promise<OpenMeter> => {
  const { id, source, zone = usualZone, interval, backFill, known, rates = {} } = meter;
  const parts = { point: id, zone, source, store, keeper, clock };
  const point = await openPointKeeper({ ...parts, log, clockEvery: rates.clock }, stored);
  const { clockDisagreement } = point;
  const history = new PointHistory({ ...parts, interval, backFill, rates, clockDisagreement, log, room, known });
  const children =
    rates.children === "off"
      ? undefined
      : childrenJob(parts, {
          every: rates.children,
          first: firstLook(id, count),
          told: (all) => childrenTold(id, all),
        });
  const conditions =
    rates.state === "off"
      ? undefined
      : conditionsJob({ ...parts, log }, { every: rates.state ?? stateEvery(count), first: firstLook(id, count) });
  const { device } = meter;
  device?.bind({ keep: (events) => keeper.keep({ events }), lookAtChildren: () => children?.soon() });
  const power = rates.power === undefined || rates.power === "off" ? undefined : { interval: rates.power };
  const { quality = "off" } = rates;
  const loop = new PointLoop({
    ...meter,
    source: history.source,
    phase: count > fewMeters ? phaseOf(meter.id, meter.interval) : undefined,
    limits: limitsForFuse(meter.fuseAmps),
    guardState: point.guardState,
    clock,
    log,
    onReading: (reading, state) => {
      point.onReading(reading, state);
      device?.onReading(reading);
      history.onReading(reading);
    },
    onEvent: (event) => {
      point.onEvent(event);
      history.onEvent(event);
    },
    power,
    // An alarm does not wait until weeks of history are read.
    jobs: [
      ...point.jobs,
      ...(conditions === undefined ? [] : [conditions]),
      ...(quality === "off" ? [] : [qualityJob({ id, point: { source }, store, clock, log }, quality)]),
      ...history.jobs,
      ...(children === undefined ? [] : [children]),
    ],
    room: jobRoom,
    tally,
  });
  let isHandedOver = false;
  const close = (): void => {
    history.close();
    device?.close();
    if (!isHandedOver) meter.link?.recorder?.close();
  };
  return {
    meter,
    loop,
    point,
    history,
    log: new MeterLog({ source, clock }),
    info: pointInfo(meter, zone, point.clockOffset),
    close,
    handOver: () => {
      isHandedOver = true;
      meter.shareSource?.();
    },
  };
};
