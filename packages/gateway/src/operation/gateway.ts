/** The daemon without its edges: meters polled into a store, and the handler that serves them. */

import { emptyGuard, type GuardEvent, type GuardState, limitsForFuse } from "@meterport/engine/guard/guard";
import type { PointEvent } from "@meterport/engine/model/point-event";
import { Keeper } from "@meterport/engine/points/keeper";
import { MeterLog } from "@meterport/engine/points/meter-log";
import { PointLoop } from "@meterport/engine/points/point-loop";
import type { Log } from "@meterport/engine/ports/log";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { LastRegisters, Retention, Store } from "@meterport/engine/ports/store";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { CaptureShelf } from "../captures/capture-shelf.ts";
import type { Redaction } from "../captures/redacted-capture.ts";
import { type App, createApp } from "../http/app.ts";

export interface GatewayMeter {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly simulated: boolean;
  readonly interval: Millis;
  readonly fuseAmps?: number | undefined;
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
}

export interface Gateway {
  readonly app: App;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

const pruneEvery: Millis = 600_000;

/** The guard continues from the last stored registers. */
const guardStateOf = (last: LastRegisters | undefined): GuardState => {
  return last === undefined ? emptyGuard : { ...emptyGuard, registers: last.registers, time: last.time };
};

/** @throws what the store throws when the last registers are read */
export const createGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { store, clock, log } = options;
  const keeper = new Keeper(log);
  const keepEvent = (id: string, event: GuardEvent): void => {
    if (event.kind === "withheld") return;
    const time = clock.wall();
    const stored: PointEvent = {
      point: id,
      id: `${event.kind}:${time}`,
      time,
      until: null,
      kind: event.kind,
      number: null,
      origin: "gateway",
      detail: JSON.stringify(event.kind === "frozen" ? event.keys : event.registers),
    };
    keeper.keep("store an event", () => store.write({ events: [stored] }));
  };
  const last = await store.allLastRegisters();
  const loops: PointLoop[] = [];
  for (const meter of options.meters) {
    const loop = new PointLoop({
      ...meter,
      limits: limitsForFuse(meter.fuseAmps),
      guardState: guardStateOf(last.get(meter.id)),
      clock,
      log,
      onReading: (reading) =>
        keeper.keep("store a reading", () => store.write({ readings: [{ point: meter.id, reading }] })),
      onEvent: (event) => keepEvent(meter.id, event),
    });
    loops.push(loop);
  }
  const logs = new Map(options.meters.map(({ id, source }) => [id, new MeterLog({ source, clock })]));
  const app = createApp({
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
  });
  let unprune = (): void => {};
  const prune = (): void => {
    const { raw, minutes } = options.retention;
    const now = clock.wall();
    keeper.keep("prune old readings", () => store.prune({ readings: now - raw, minutes: now - minutes }));
    unprune = clock.at(clock.now() + pruneEvery, prune);
  };
  return {
    app,
    start: () => {
      for (const loop of loops) loop.start();
      prune();
    },
    stop: async () => {
      unprune();
      app.streams.close();
      await Promise.all(loops.map((loop) => loop.stop()));
      await keeper.settled();
      await store.close();
    },
  };
};
