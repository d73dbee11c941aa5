/** The daemon without its edges: meters polled into a store, and the handler that serves them. */

import { PieceRoom } from "@meterport/engine/backfill/piece-room";
import { PointHistory } from "@meterport/engine/backfill/point-history";
import type { ProfileKnown } from "@meterport/engine/backfill/profile-known";
import { machineZone } from "@meterport/engine/calendar/local-calendar";
import type { ChildMeter } from "@meterport/engine/children/child-meter";
import { childrenJob } from "@meterport/engine/children/children-job";
import { childrenMemoName, parseMark } from "@meterport/engine/children/children-memo";
import { conditionsJob } from "@meterport/engine/conditions/conditions-job";
import { limitsForFuse } from "@meterport/engine/guard/guard";
import { graceOf } from "@meterport/engine/intervals/grace";
import { type ConfiguredOutput, Outputs } from "@meterport/engine/outputs/outputs";
import type { OutputPoint } from "@meterport/engine/outputs/point-book";
import { phaseOf } from "@meterport/engine/plan/spread";
import { JobRoom } from "@meterport/engine/points/job-room";
import { Keeper } from "@meterport/engine/points/keeper";
import { LinkTally } from "@meterport/engine/points/link-tally";
import { MeterLog } from "@meterport/engine/points/meter-log";
import type { MeterView } from "@meterport/engine/points/meter-view";
import {
  openPointKeeper,
  type PointKeeper,
  type StoredPoint,
  storedPoints,
} from "@meterport/engine/points/point-facts-keeper";
import { PointLoop } from "@meterport/engine/points/point-loop";
import type { Log } from "@meterport/engine/ports/log";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { OutputStatus } from "@meterport/engine/ports/output";
import type { Retention, Store } from "@meterport/engine/ports/store";
import { PruneRoutine } from "@meterport/engine/pruning/prune-routine";
import { LinkError } from "@meterport/protocol/errors";
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import type { Access } from "../access/access.ts";
import type { CaptureShelf } from "../captures/capture-shelf.ts";
import type { Redaction } from "../captures/redacted-capture.ts";
import type { DeviceService } from "../device/device-service.ts";
import { type App, createApp } from "../http/app.ts";
import type { BackupAccess } from "../http/backup/backup-access.ts";
import type { CompanionApi } from "../http/companion-api.ts";
import type { ConfigurationAccess } from "../http/configuration/configuration.ts";
import type { StrayLink } from "../http/link-tests/link-tests.ts";
import type { MachinePort, UsedBridge } from "../http/links/links.ts";
import type { ProcessFigures } from "../http/metrics/own-figures.ts";
import type { PointInfo } from "../http/points/point-info.ts";
import type { RestartAccess } from "../http/restart/restart-access.ts";
import type { LogMemory } from "../log-memory.ts";
import type { LinkService } from "../meters/link-service.ts";
import { CurrentPrices } from "../prices/current-prices.ts";
import type { PointPrices } from "../prices/price-book.ts";
import { ChildrenBook } from "./children-book.ts";
import type { CompanionPoint } from "./companion.ts";
import { LiveMeters } from "./live-meters.ts";
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
  /** What its energy costs; nobody knows if omitted. */
  readonly prices?: PointPrices | undefined;
  /** What it does there as a device of the grid; it only reads if omitted. */
  readonly device?: DeviceService | undefined;
  /** Examines its link; undefined if that is not possible. */
  readonly link?: LinkService | undefined;
  /** Redacts a capture of its link; undefined if too many are in progress. */
  readonly redact: (text: string) => Promise<Redaction | undefined>;
}

/** How long what is stored is kept, milliseconds. */
export interface Kept extends Retention {
  readonly events?: Millis | undefined;
  readonly journal?: Millis | undefined;
  readonly journalAtMost?: Millis | undefined;
}

export interface GatewayOptions {
  readonly meters: readonly GatewayMeter[];
  readonly store: Store;
  readonly retention: Kept;
  /** What a power failure may cost; the keeper's default if omitted. */
  readonly commit?: Millis | undefined;
  readonly captures: Pick<CaptureShelf, "list" | "read">;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly dashboard: string;
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly access?: Access | undefined;
  /** A link that no point has, for a test. @throws UsageError */
  readonly strayLink?: ((link: string) => StrayLink) | undefined;
  /** The serial ports of the machine. @throws LinkError, UsageError */
  readonly machinePorts?: (() => Promise<readonly MachinePort[]>) | undefined;
  /** Bridges that answer in the network. */
  readonly foundBridges?: (() => Promise<readonly UsedBridge[]>) | undefined;
  /** What the process costs, for its metrics. */
  readonly process?: (() => ProcessFigures) | undefined;
  readonly configuration?: ConfigurationAccess | undefined;
  /** Copies of the data, and the way back. */
  readonly backup?: BackupAccess | undefined;
  readonly restart?: RestartAccess | undefined;
  readonly logs?: Pick<LogMemory, "newest"> | undefined;
  readonly outputs?: GatewayOutputs | undefined;
  /** What the program that starts the gateway adds to its API. Its meters come later, and are many. */
  readonly companion?: CompanionApi | undefined;
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
const fewMeters = 8;

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

/** The first look at a meter's state and at the meters behind it. Many meters would be asked for them all at once. */
const firstLook = (id: string, count: number): Millis => (count > fewMeters ? phaseOf(id, firstLooks) : soonLook);
/** A look takes some nine requests: each five minutes at many thousands it would cost as much as a third of their live values. */
const stateEvery = (count: number): Millis | undefined => (count > fewMeters ? firstLooks : undefined);
const firstLooks: Millis = 1_800_000;
const soonLook: Millis = 10_000;

/** A meter with all that belongs to it. */
interface OpenMeter {
  readonly meter: GatewayMeter;
  readonly loop: PointLoop;
  readonly point: PointKeeper;
  readonly history: PointHistory;
  readonly log: MeterLog;
  readonly info: PointInfo;
  readonly close: () => void;
}

/** @throws what the store throws when the last registers are read */
const pointOf = (view: MeterView | undefined, zone: string, prices: CurrentPrices): readonly OutputPoint[] =>
  view === undefined
    ? []
    : [{ view, zone, price: () => prices.now(view.id), prices: (from, to) => prices.between(view.id, from, to) }];

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
  const room = new PieceRoom();
  const jobRoom = new JobRoom({ clock });
  const opened = async (
    meter: GatewayMeter,
    stored: StoredPoint,
    { count, usualZone }: { readonly count: number; readonly usualZone: string },
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
        ...history.jobs,
        ...(children === undefined ? [] : [children]),
      ],
      room: jobRoom,
      tally,
    });
    const close = (): void => {
      history.close();
      device?.close();
      meter.link?.recorder?.close();
      children?.close();
      conditions?.close();
    };
    return {
      meter,
      loop,
      point,
      history,
      log: new MeterLog({ source, clock }),
      info: pointInfo(meter, zone, point.clockOffset),
      close,
    };
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
      done.push(...(await Promise.all(some.map((meter) => opened(meter, storedOf(meter.id), common)))));
    }
    return done;
  };
  for (const meter of await openedAll(options.meters, options.meters.length)) meters.add(meter);
  let started = false;
  const app = createApp({
    pointInfo: (id) => meters.get(id)?.info,
    children: book,
    started: () => started,
    process: options.process,
    configuration: options.configuration,
    companion: options.companion,
    backup: options.backup,
    restart: options.restart,
    logs: options.logs,
    outputs,
    strayLink: options.strayLink,
    machinePorts: options.machinePorts,
    foundBridges: options.foundBridges,
    keeper: () => {
      const { waiting, dropped, problem } = keeper.state();
      return { waiting: waiting.readings + waiting.facts, dropped: dropped.readings + dropped.facts, problem };
    },
    meters: meters.views,
    store,
    captures: options.captures,
    redact: async (id, text) => meters.get(id)?.meter.redact(text),
    meterLog: async (id, count) => {
      const meter = meters.get(id);
      if (meter === undefined) throw new LinkError("closed", "read the event log", "the meter was removed meanwhile");
      return meter.log.read(count);
    },
    clock,
    log,
    version: options.version,
    dashboard: options.dashboard,
    host: options.host,
    allowedHosts: options.allowedHosts,
    access: options.access,
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
