/** The daemon without its edges: meters polled into a store, and the handler that serves them. */

import { emptyGuard, type GuardEvent, limitsForFuse } from "@meterport/engine/guard/guard";
import { PollLoop } from "@meterport/engine/points/poll-loop";
import type { Log } from "@meterport/engine/ports/log";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { Store } from "@meterport/engine/ports/store";
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
  readonly fuseAmps?: number;
  readonly source: MeterSource;
  /** Redacts a capture of its link; undefined where too many are in work. */
  readonly redact: (text: string) => Promise<Redaction | undefined>;
}

export interface GatewayOptions {
  readonly meters: readonly GatewayMeter[];
  readonly store: Store;
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

export const createGateway = (options: GatewayOptions): Gateway => {
  const { store, clock, log } = options;
  let storeProblem: string | undefined;
  /** A full disk must not stop the live values; it is logged when it begins and when it ends. */
  const keep = (what: string, work: () => void): void => {
    try {
      work();
      if (storeProblem !== undefined) log.info("store: works again");
      storeProblem = undefined;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== storeProblem)
        log.error(`store: cannot ${what}: ${problem}; live values go on, history has a gap`);
      storeProblem = problem;
    }
  };
  const keepEvent = (id: string, event: GuardEvent): void => {
    if (event.kind === "withheld") return;
    const detail = JSON.stringify(event.registers);
    keep("keep an event", () => store.appendEvent(id, { time: clock.wall(), kind: event.kind, detail }));
  };
  const loops = options.meters.map((meter) => {
    const last = store.lastRegisters(meter.id);
    return new PollLoop({
      ...meter,
      limits: limitsForFuse(meter.fuseAmps),
      guardState: last === undefined ? emptyGuard : { ...emptyGuard, registers: last.registers, time: last.time },
      clock,
      log,
      onReading: (reading) => keep("keep a reading", () => store.append(meter.id, [reading])),
      onEvent: (event) => keepEvent(meter.id, event),
    });
  });
  const app = createApp({
    meters: new Map(loops.map((loop) => [loop.id, loop])),
    store,
    captures: options.captures,
    redact: async (id, text) => options.meters.find((meter) => meter.id === id)?.redact(text),
    clock,
    log,
    version: options.version,
    dashboard: options.dashboard,
    host: options.host,
    allowedHosts: options.allowedHosts,
  });
  let unprune = (): void => {};
  const prune = (): void => {
    keep("forget old readings", () => store.prune(clock.wall()));
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
      store.close();
    },
  };
};
