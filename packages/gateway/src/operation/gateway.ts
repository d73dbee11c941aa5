/** The daemon without its edges: meters polled into a store, and the handler that serves them. */

import { PieceRoom } from "@meterport/engine/backfill/piece-room";
import { machineZone } from "@meterport/engine/calendar/local-calendar";
import type { ChildMeter } from "@meterport/engine/children/child-meter";
import { childrenMemoName, parseMark } from "@meterport/engine/children/children-memo";
import { type ConfiguredOutput, Outputs } from "@meterport/engine/outputs/outputs";
import type { OutputPoint } from "@meterport/engine/outputs/point-book";
import { JobRoom } from "@meterport/engine/points/job-room";
import { Keeper } from "@meterport/engine/points/keeper";
import { LinkTally } from "@meterport/engine/points/link-tally";
import type { MeterView } from "@meterport/engine/points/meter-view";
import { storedPoints } from "@meterport/engine/points/point-facts-keeper";
import type { OutputStatus } from "@meterport/engine/ports/output";
import type { Retention, Store } from "@meterport/engine/ports/store";
import { PruneRoutine } from "@meterport/engine/pruning/prune-routine";
import { LinkError } from "@meterport/protocol/errors";
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import type { CaptureShelf } from "../captures/capture-shelf.ts";
import { type App, type AppOptions, createApp } from "../http/app.ts";
import { CurrentPrices } from "../prices/current-prices.ts";
import { ChildrenBook } from "./children-book.ts";
import type { CompanionPoint } from "./companion.ts";
import { LiveMeters } from "./live-meters.ts";
import { fewMeters, type GatewayMeter, type OpenMeter, openMeter } from "./open-meter.ts";

/** How long what is stored is kept, milliseconds. */
export interface Kept extends Retention {
  readonly events?: Millis | undefined;
  readonly journal?: Millis | undefined;
  readonly journalAtMost?: Millis | undefined;
}

export interface GatewayOptions
  extends Pick<
    AppOptions,
    | "clock"
    | "log"
    | "version"
    | "dashboard"
    | "host"
    | "allowedHosts"
    | "access"
    | "strayLink"
    | "machinePorts"
    | "foundBridges"
    | "process"
    | "configuration"
    | "backup"
    | "restart"
    | "logs"
    | "companion"
  > {
  readonly meters: readonly GatewayMeter[];
  readonly store: Store;
  readonly retention: Kept;
  /** What a power failure may cost; the keeper's default if omitted. */
  readonly commit?: Millis | undefined;
  readonly captures: Pick<CaptureShelf, "list" | "read">;
  readonly outputs?: GatewayOutputs | undefined;
}

export interface GatewayOutputs {
  readonly configured: readonly ConfiguredOutput[];
  /** Names of outputs that are configured but off: they keep their positions. */
  readonly off: readonly string[];
  readonly entropy: Entropy;
}

export interface Gateway {
  readonly app: App;
  /** How many meters are in which state. */
  readonly tally: Pick<LinkTally, "counts" | "points" | "without">;
  readonly start: () => void;
  /** Meters and the store, each with the work that it is doing. */
  readonly parts: () => readonly GatewayPart[];
  /** The meter of this id as it is now. */
  readonly meter: (id: string) => GatewayMeter | undefined;
  /**
   * Stops the meters of these ids and then starts others, some perhaps with the same ids; all others go on.
   *
   * @throws what the store throws when it is asked for the last registers; then nothing has changed
   */
  readonly replaceMeters: (stopped: readonly string[], added: readonly GatewayMeter[]) => Promise<void>;
  /** A meter that is read now; undefined if there is none. */
  readonly point: (id: string) => CompanionPoint | undefined;
  /** Stops the outputs of these names and then starts others; no meter notices. */
  readonly replaceOutputs: (stopped: readonly string[], added: readonly ConfiguredOutput[]) => Promise<void>;
  /** How each output is doing. */
  readonly outputStatus: () => Promise<readonly OutputStatus[]>;
  readonly stop: () => Promise<void>;
}

/** A part that works through one piece of work after the other. */
export interface GatewayPart {
  /** Id of the meter, or name of the output; both undefined for the store. */
  readonly meter?: string | undefined;
  readonly output?: string | undefined;
  /** Between two of its readings; one may take as long. */
  readonly interval?: Millis | undefined;
  /** When the piece of work in progress began, on the monotonic clock; undefined while there is none. */
  readonly busySince: () => Millis | undefined;
  /** Starts an output over. */
  readonly restart?: (() => Promise<void>) | undefined;
}

const pruneEvery: Millis = 600_000;

/** Each asks the store a few things, and a store takes only so many calls at a time. Between two such lots others get their turn. */
const openedAtOnce = 100;

/** When what must have ended after the beginning of the end: systems give a service few seconds, and ours are five in all, with the work of closing a thousand links. */
const stopTimes = { meters: 1_500, keeper: 2_750, least: 500, all: 3_500 } as const;

/** Waits for work, but no longer than until `time`. @throws what the work throws until then */
const endedBy = async (work: Promise<void>, time: Millis, clock: Clock): Promise<void> => {
  let cancel = (): void => {};
  const late = new Promise<void>((resolve) => {
    cancel = clock.at(time, resolve);
  });
  await Promise.race([work, late]);
  cancel();
};

const pointOf = (view: MeterView | undefined, zone: string, prices: CurrentPrices): readonly OutputPoint[] =>
  view === undefined
    ? []
    : [{ view, zone, price: () => prices.now(view.id), prices: (from, to) => prices.between(view.id, from, to) }];

/** @throws what the store throws when the last registers are read */
export const createGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { store, clock, log } = options;
  const keeper = new Keeper({ store, clock, log, commit: options.commit });
  const tally = new LinkTally();
  const meters = new LiveMeters<OpenMeter>(clock);
  const book = new ChildrenBook();
  const prices = new CurrentPrices({
    clock,
    points: () => meters.all.map(({ loop, info }) => ({ id: loop.id, ...info })),
  });
  const { configured = [], off = [], entropy = () => new Uint8Array(1) } = options.outputs ?? {};
  const outputs = new Outputs({
    points: () => meters.all.flatMap(({ info, loop }) => pointOf(meters.views.get(loop.id), info.zone, prices)),
    ...{ children: book, store, clock, entropy, log, version: options.version },
  });
  const childrenTold = (id: string, all: readonly ChildMeter[]): void => {
    book.set(id, all);
    outputs.childrenChanged();
  };
  const shared = {
    store,
    keeper,
    clock,
    log,
    tally,
    childrenTold,
    room: new PieceRoom(),
    jobRoom: new JobRoom({ clock }),
  };
  const openedAll = async (all: readonly GatewayMeter[], count: number): Promise<readonly OpenMeter[]> => {
    if (all.length === 0) return [];
    const [storedOf, remembered] = await Promise.all([storedPoints(store), store.allMemos(childrenMemoName)]);
    for (const { id } of all) book.set(id, parseMark(remembered.get(id)).children);
    const done: OpenMeter[] = [];
    // Asked for once, since each question costs a tenth of a millisecond.
    const common = {
      count: options.companion === undefined ? count : Math.max(count, fewMeters + 1),
      usualZone: machineZone(),
    };
    for (let from = 0; from < all.length; from += openedAtOnce) {
      if (from > 0) await new Promise<void>((resolve) => setImmediate(resolve));
      const some = all.slice(from, from + openedAtOnce);
      done.push(...(await Promise.all(some.map((meter) => openMeter(meter, storedOf(meter.id), common, shared)))));
    }
    return done;
  };
  for (const meter of await openedAll(options.meters, options.meters.length)) meters.add(meter);
  let started = false;
  const app = createApp({
    ...options,
    pointInfo: (id) => meters.get(id)?.info,
    children: book,
    started: () => started,
    outputs,
    keeper: () => {
      const { waiting, dropped, problem } = keeper.state();
      return { waiting: waiting.readings + waiting.facts, dropped: dropped.readings + dropped.facts, problem };
    },
    meters: meters.views,
    redact: async (id, text) => meters.get(id)?.meter.redact(text),
    meterLog: async (id, count) => {
      const meter = meters.get(id);
      if (meter === undefined) throw new LinkError("closed", "read the event log", "the meter was removed meanwhile");
      return meter.log.read(count);
    },
  });
  const { raw: readings, minutes, events, journal, journalAtMost } = options.retention;
  const routine = new PruneRoutine({
    ...{ store, clock, log, points: () => meters.all.map(({ meter }) => meter.id) },
    keptFor: { readings, minutes, events, journal, journalAtMost },
    meterOffsets: () => meters.all.flatMap(({ point }) => point.clockOffset()?.offset ?? []),
  });
  let unprune = (): void => {};
  const prune = (): void => {
    routine.run().catch((error: unknown) => {
      log.warn(`store: cannot delete old readings: ${error instanceof Error ? error.message : String(error)}`);
    });
    unprune = clock.at(clock.now() + pruneEvery, prune);
  };
  return {
    app,
    tally,
    start: () => {
      started = true;
      meters.start();
      prices.start();
      outputs.start(configured);
      if (options.outputs !== undefined)
        void outputs.forgetOthers([...configured.map(({ output }) => output.name), ...off]);
      prune();
    },
    parts: () => [
      { busySince: () => keeper.busySince },
      ...meters.all.map(({ meter, loop }) => ({
        meter: meter.id,
        interval: meter.interval,
        busySince: () => loop.busySince,
      })),
      ...outputs.parts().map(({ name, ...part }) => ({ output: name, ...part })),
    ],
    meter: (id) => meters.get(id)?.meter,
    point: (id) => {
      const open = meters.get(id);
      if (open === undefined) return undefined;
      const { meter, loop, history } = open;
      return {
        ...{ source: meter.source, view: loop, readAgainFrom: history.readAgainFrom, profile: history.progress },
        runJob: (name) => loop.runJob(name),
      };
    },
    replaceMeters: async (stopped, added) => {
      // Before anything stops, because a store may fail.
      const coming = await openedAll(added, meters.all.length + added.length);
      for (const { meter } of coming) {
        const before = meters.get(meter.id);
        if (before?.meter.source === meter.source && meter.shareSource !== undefined) before.handOver();
      }
      await meters.replace(stopped, coming);
      for (const id of stopped) if (meters.get(id) === undefined) book.remove(id);
      outputs.childrenChanged();
      outputs.pointsChanged();
    },
    replaceOutputs: (stopped, added) => outputs.replace(stopped, added),
    outputStatus: () => outputs.status(),
    stop: async () => {
      unprune();
      prices.stop();
      app.streams.close();
      app.pointStreams.close();
      const began = clock.now();
      // Meanwhile, so that little is left to be written when the meters have stopped.
      keeper.kept().catch(() => {});
      const goodbye = outputs.stop();
      await meters.stop(stopTimes.meters);
      await keeper.stop(Math.max(stopTimes.least, began + stopTimes.keeper - clock.now()));
      await goodbye;
      await endedBy(store.close(), began + stopTimes.all, clock);
    },
  };
};
