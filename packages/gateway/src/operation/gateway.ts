/** The daemon without its edges: meters polled into a store, and the handler that serves them. */

import { machineZone } from "@meterport/engine/calendar/local-calendar";
import { limitsForFuse } from "@meterport/engine/guard/guard";
import { phaseOf } from "@meterport/engine/plan/spread";
import { Keeper } from "@meterport/engine/points/keeper";
import { LinkTally } from "@meterport/engine/points/link-tally";
import { MeterLog } from "@meterport/engine/points/meter-log";
import { openPointKeeper, type PointKeeper } from "@meterport/engine/points/point-facts-keeper";
import { PointLoop } from "@meterport/engine/points/point-loop";
import type { Log } from "@meterport/engine/ports/log";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { Retention, Store } from "@meterport/engine/ports/store";
import { PruneRoutine } from "@meterport/engine/pruning/prune-routine";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Access } from "../access/access.ts";
import type { CaptureShelf } from "../captures/capture-shelf.ts";
import type { Redaction } from "../captures/redacted-capture.ts";
import { type App, createApp } from "../http/app.ts";
import type { ProcessFigures } from "../http/metrics/own-figures.ts";
import type { PointInfo } from "../http/points/point-info.ts";

export interface GatewayMeter {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly simulated: boolean;
  readonly interval: Millis;
  readonly fuseAmps?: number | undefined;
  /** IANA name of the zone whose days count; the machine's if omitted. */
  readonly zone?: string | undefined;
  readonly source: MeterSource;
  /** Redacts a capture of its link; undefined if too many are in progress. */
  readonly redact: (text: string) => Promise<Redaction | undefined>;
}

export interface GatewayOptions {
  readonly meters: readonly GatewayMeter[];
  readonly store: Store;
  readonly retention: Retention;
  readonly captures: Pick<CaptureShelf, "list" | "read">;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly dashboard: string;
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly access?: Access | undefined;
  /** What the process costs, for its metrics. */
  readonly process?: (() => ProcessFigures) | undefined;
}

export interface Gateway {
  readonly app: App;
  /** How many meters are in which state. */
  readonly tally: Pick<LinkTally, "counts" | "points" | "without">;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

const pruneEvery: Millis = 600_000;

const pointInfo = ({ zone, fuseAmps, source }: GatewayMeter): PointInfo => ({
  zone: zone ?? machineZone(),
  fuseAmps: fuseAmps ?? null,
  ask: (task) => source.ask(task),
});

/** More than these are read one after the other, not all in the rhythm that they started in. */
const fewMeters = 8;
const startedAtOnce = 250;

/** @throws what the store throws when the last registers are read */
export const createGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { store, clock, log } = options;
  const keeper = new Keeper(log);
  const last = await store.allLastRegisters();
  const loops: PointLoop[] = [];
  const tally = new LinkTally();
  const keeperOf = ({ id, source, zone = machineZone() }: GatewayMeter): Promise<PointKeeper> =>
    openPointKeeper({ point: id, zone, source, store, keeper, clock, log }, last.get(id));
  const points = await Promise.all(options.meters.map(keeperOf));
  for (const [n, meter] of options.meters.entries()) {
    const point = points[n] as PointKeeper;
    const loop = new PointLoop({
      ...meter,
      phase: options.meters.length > fewMeters ? phaseOf(meter.id, meter.interval) : undefined,
      limits: limitsForFuse(meter.fuseAmps),
      guardState: point.guardState,
      clock,
      log,
      onReading: point.onReading,
      onEvent: point.onEvent,
      jobs: point.jobs,
      tally,
    });
    loops.push(loop);
  }
  const logs = new Map(options.meters.map(({ id, source }) => [id, new MeterLog({ source, clock })]));
  let started = false;
  const infos = new Map(options.meters.map((meter) => [meter.id, pointInfo(meter)]));
  const app = createApp({
    pointInfo: (id) => infos.get(id),
    started: () => started,
    process: options.process,
    meters: new Map(loops.map((loop) => [loop.id, loop])),
    store,
    captures: options.captures,
    redact: async (id, text) => options.meters.find((meter) => meter.id === id)?.redact(text),
    meterLog: (id, count) => (logs.get(id) as MeterLog).read(count),
    clock,
    log,
    version: options.version,
    dashboard: options.dashboard,
    host: options.host,
    allowedHosts: options.allowedHosts,
    access: options.access,
  });
  const routine = new PruneRoutine({
    ...{ store, clock, log, points: options.meters.map(({ id }) => id) },
    keptFor: { readings: options.retention.raw, minutes: options.retention.minutes },
    meterOffsets: () => points.flatMap((point) => point.clockOffset()?.offset ?? []),
  });
  let unprune = (): void => {};
  const prune = (): void => {
    keeper.keep("prune old readings", () => routine.run());
    unprune = clock.at(clock.now() + pruneEvery, prune);
  };
  let unstart = (): void => {};
  /** Not all at once: thousands would hold up everything else. */
  const startFrom = (first: number): void => {
    for (const loop of loops.slice(first, first + startedAtOnce)) loop.start();
    if (first + startedAtOnce < loops.length) unstart = clock.at(clock.now(), () => startFrom(first + startedAtOnce));
  };
  return {
    app,
    tally,
    start: () => {
      started = true;
      startFrom(0);
      prune();
    },
    stop: async () => {
      unstart();
      unprune();
      app.streams.close();
      app.pointStreams.close();
      await Promise.all(loops.map((loop) => loop.stop()));
      await keeper.settled();
      await store.close();
    },
  };
};
