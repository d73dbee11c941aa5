import { join } from "node:path";
import { readAll } from "@meterport/engine/backfill/visit-reads";
import type { ConfiguredOutput } from "@meterport/engine/outputs/outputs";
import type { Store } from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { noteDaemon } from "@meterport/transports/daemon-note";
import { openLink } from "@meterport/transports/open";
import { openCaptureShelf } from "./captures/capture-shelf.ts";
import { allowedHostsOf } from "./config/allowed-hosts.ts";
import type { Config, MeterConfig } from "./config/config.ts";
import type { Environment } from "./config/environment.ts";
import { logKeyForms } from "./config/key-forms.ts";
import type { ReloadPlan } from "./config/reload-plan.ts";
import { Reloader, type ReloadOutcome } from "./config/reloader.ts";
import {
  configuredMeters,
  demoInstalled,
  demoMeter,
  fillPastDay,
  foundBridges,
  heldMeters,
  machinePorts,
  type Running,
  redactors,
  strayLink,
} from "./daemon-meters.ts";
import { demoFolder, demoTable } from "./demo-all.ts";
import type { BackupAccess } from "./http/backup/backup-access.ts";
import { openDoor, openFront, unreachable } from "./http/front.ts";
import { watchProcess } from "./http/metrics/own-figures.ts";
import { restartAccess } from "./http/restart/restart-access.ts";
import { dashboard, ownVersion } from "./installation.ts";
import { type LevelLog, type LogFormat, type LogLevel, lineLog } from "./log.ts";
import { LogMemory } from "./log-memory.ts";
import { createDemo, type Demo } from "./meters/demo.ts";
import { BackupArchives } from "./operation/backup-archive.ts";
import type { Companion, CompanionContext } from "./operation/companion.ts";
import { type DataLock, lockDataFolder } from "./operation/data-lock.ts";
import { collectForManyMeters } from "./operation/garbage-collection.ts";
import { createGateway, type Gateway } from "./operation/gateway.ts";
import { hasTerminal } from "./operation/has-terminal.ts";
import { HeldMeters } from "./operation/held-meters.ts";
import type { GatewayMeter } from "./operation/open-meter.ts";
import { type SelfSupervision, selfSupervision, type WatchedPart } from "./operation/self-supervision.ts";
import { StagedRestore, takeStagedRestore } from "./operation/staged-restore.ts";
import { tellSystemd } from "./operation/tell-systemd.ts";
import { configuredOutputs } from "./outputs/configured-outputs.ts";
import type { OutputParts } from "./outputs/output-kind.ts";
import { PriceBook } from "./prices/price-book.ts";
import { priceFilesIn } from "./prices/price-files.ts";
import { feedMaker } from "./prices/price-requests.ts";
import { configEditor, configFile, readConfig } from "./read-config.ts";
import type { FleetSettings } from "./settings/fleet-settings.ts";
import type { PriceSettings } from "./settings/price-settings.ts";
import { openStore, placeOf } from "./stores/open-store.ts";

export interface DaemonOptions {
  /** The file of `--config`; undefined if omitted. */
  readonly config?: string | undefined;
  /** The folder of `--data`; undefined if omitted. */
  readonly data?: string | undefined;
  /** `--pair`: the first user may be made with a code that is logged. */
  readonly pair?: boolean | undefined;
  /** `--demo all`: a simulated household with every face that listens, whatever is configured; nothing of it stays. */
  readonly demo?: string | undefined;
  readonly env: Environment;
  /** Outputs of the program that starts it: they run beside those of the configuration, as long as the daemon does. */
  readonly outputs?: readonly ConfiguredOutput[] | undefined;
  /** Makes what belongs to a configuration with a fleet; without it such a configuration is refused. @throws UsageError, PostgresError */
  readonly companion?: ((fleet: FleetSettings, context: CompanionContext) => Promise<Companion>) | undefined;
  /** Stops the daemon and ends the process with `restartCode`; without it nobody can ask for a new start. */
  readonly restart?: (() => void) | undefined;
  /** Receives the log, line by line. */
  readonly writeLog: (line: string) => void;
}

export interface Daemon {
  /** The address of the page: "http://127.0.0.1:8765". */
  readonly url: string;
  /** Reads renewed files of the certificate. */
  readonly reloadTls: () => void;
  /** Reads the configuration again, and carries out what has changed without disturbing other meters. */
  readonly reload: () => Promise<ReloadOutcome>;
  /** What a reload would do. */
  readonly planReload: () => ReloadOutcome;
  /** SIGHUP asks for a reload, unless it comes because the terminal is gone: then false, and the daemon should stop. */
  readonly hangUp: () => boolean;
  /** Of `--demo`: the table of its faces with their addresses, as soon as they are up; ends with a line break. */
  readonly demoTable?: (() => Promise<string>) | undefined;
  /** Stops it cleanly; `why` goes into the log. */
  readonly stop: (why: string) => Promise<void>;
}

/**
 * Starts the daemon with the settings of flags, environment and file, in this order of precedence.
 *
 * @throws UsageError with a sentence per problem with the settings, the data folder or the port
 */
export const startDaemon = async (options: DaemonOptions): Promise<Daemon> => {
  if (options.demo === undefined) return startConfigured(options);
  const { remove, ...own } = demoFolder(options);
  try {
    const daemon = await startConfigured({ ...options, ...own });
    return { ...daemon, stop: (why) => daemon.stop(why).finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
};

const startConfigured = async (options: DaemonOptions): Promise<Daemon> => {
  const { writeLog } = options;
  // The configuration sets it as soon as it is read.
  const logging: { level: LogLevel; format: LogFormat } = { level: "info", format: "text" };
  const logs = new LogMemory();
  const log = lineLog(
    systemClock,
    writeLog,
    () => logging,
    (...line) => logs.note(...line),
  );
  const config = readConfig(options);
  logging.level = config.logLevel;
  logging.format = config.logFormat;
  for (const warning of config.warnings) log.warn(warning);
  logKeyForms(config.meters, log);
  await takeStagedRestore(config.data, systemClock.wall(), log);
  const lock = lockDataFolder(config.data);
  const shelf = openCaptureShelf(join(config.data, "captures"), log);
  const prices = openPrices(config, log);
  const companion = await openCompanion(options, config, log).catch((error: unknown) => {
    lock.release();
    throw error;
  });
  const running: Running = { config, env: options.env, log, shelf, prices, redactorOf: redactors(log) };
  const meters = configuredMeters(running, config.meters);
  // The first words with a meter take a second: by then the store and the page are ready. Many meters would hold these up.
  if (meters.length <= fewMeters) for (const { source } of meters) source.start();
  else collectForManyMeters();
  try {
    return await startLocked(options, { config, log, logs, logging, lock, running, meters, prices, companion });
  } catch (error) {
    await companion?.stop().catch(() => {});
    await Promise.allSettled(meters.map(({ source }) => source.close()));
    lock.release();
    throw error;
  }
};

const backupAccess = ({ data, store }: Config, log: LevelLog): BackupAccess => {
  const own = { data, valuesElsewhere: store !== undefined };
  const archives = new BackupArchives({ ...own, wall: systemClock.wall });
  archives.clear();
  return { make: () => archives.make(), restore: new StagedRestore({ ...own, log }) };
};

/** What the program that starts the daemon has for the fleet of the configuration. @throws UsageError if it has nothing */
const openCompanion = async (
  { companion }: DaemonOptions,
  { fleet, data, history }: Config,
  log: LevelLog,
): Promise<Companion | undefined> => {
  if (fleet === undefined) return undefined;
  if (companion === undefined)
    throw new UsageError(
      "fleet",
      "the configuration has a fleet section, which npm start does not run: start with meterport serve",
    );
  const own = { clock: systemClock, entropy: systemEntropy, log, version: ownVersion(), data };
  return companion(fleet, { ...own, outboxAtMost: history.journalAtMost });
};

/** What outputs are lent; the gateway is there when they open. */
const outputParts = (data: string, store: Store, gateway: () => Gateway | undefined): OutputParts => ({
  ...{ openLink, data },
  readAgain: (id, from) => {
    const point = gateway()?.point(id);
    point?.readAgainFrom(from);
    return point !== undefined;
  },
  visit: (id, reads) => {
    const point = gateway()?.point(id);
    return point === undefined ? undefined : readAll(reads, { id, point, store, clock: systemClock });
  },
  journalOf: async (output) => {
    const { newest } = (await store.status()).journal;
    const status = (await gateway()?.outputStatus())?.find(({ name }) => name === output);
    return { newest, delivered: status?.journal?.cursor ?? -1 };
  },
});

/** Prices that the meters need are asked for once the gateway runs. */
const openPrices = ({ data }: Config, log: LevelLog): PriceBook => {
  const files = priceFilesIn(join(data, "prices"));
  return new PriceBook({ files, log, clock: systemClock, make: (signal) => feedMaker({ clock: systemClock, signal }) });
};

const pricesOf = ({ meters }: Config): readonly PriceSettings[] => meters.flatMap(({ prices }) => prices ?? []);

const stillStarting: ReloadOutcome = { ok: false, problems: ["the gateway is starting: try again"] };

/** Of more meters than these the links are opened last. */
const fewMeters = 8;

interface Locked {
  readonly running: Running;
  readonly meters: readonly GatewayMeter[];
  readonly logs: LogMemory;
  readonly config: Config;
  readonly log: LevelLog;
  /** How much is logged, and how; a reload changes it. */
  readonly logging: { level: LogLevel; format: LogFormat };
  readonly lock: DataLock;
  readonly prices: PriceBook;
  readonly companion: Companion | undefined;
}

/** No read takes longer, and no write to a store that works. */
const longestWork = 120_000;

/** Restarts what is stuck: a meter alone, the store only with the whole daemon. */
const watched = (gateway: Gateway, running: Running, held: HeldMeters, config: () => Config): SelfSupervision =>
  selfSupervision(
    () =>
      gateway.parts().map(({ meter, output, interval = 0, busySince, restart }): WatchedPart => {
        if (output !== undefined) return { name: `the output ${output}`, busySince, limit: longestWork, restart };
        if (meter === undefined) return { name: "the store", busySince, limit: longestWork };
        return {
          name: `the meter ${meter}`,
          busySince,
          limit: longestWork + interval,
          restart: async () => {
            const found = config().meters.filter(({ id }) => id === meter);
            if (found.length === 0) return held.again(meter);
            await gateway.replaceMeters([meter], configuredMeters({ ...running, config: config() }, found));
          },
        };
      }),
    { clock: systemClock, log: running.log },
  );

/** Carries out what a reload changes. */
const applied = (
  { gateway, demo, store }: { readonly gateway: Gateway; readonly demo: Demo | undefined; readonly store: Store },
  { running, logging, prices }: Locked,
) => {
  let household = demo === undefined ? [] : [demo.id];
  return async ({ config, added, changed, sameLink, removed, outputs }: ReloadPlan): Promise<void> => {
    logKeyForms([...added, ...changed], running.log);
    // Real meters take the place of the simulated household.
    const leaving = config.meters.length > 0 ? household : [];
    const stopped = [...leaving, ...removed, ...changed.map(({ id }) => id)];
    if (stopped.length + added.length > 0)
      await gateway.replaceMeters(
        stopped,
        configuredMeters({ ...running, config }, [...added, ...changed], {
          openOf: (id) => (sameLink.has(id) ? gateway.meter(id) : undefined),
        }),
      );
    prices.follow(pricesOf(config));
    household = household.filter((id) => !leaving.includes(id));
    await gateway.replaceOutputs(
      outputs.stopped,
      configuredOutputs(
        outputs.started,
        outputParts(config.data, store, () => gateway),
      ),
    );
    logging.level = config.logLevel;
    logging.format = config.logFormat;
    if (removed.length > 0 && config.meters.length === 0)
      running.log.warn("no meter is configured any more; after a restart the gateway reads a simulated household");
  };
};

/** The signal that pulls the cable of the demo's meter. Windows has none for it. */
const pullSignal = "SIGUSR2";

/** What only `--demo` has: its table, and a cable that can be pulled. */
const shown = (demo: Demo, gateway: Gateway, { url, host }: { url: string; host: string }, log: LevelLog) => {
  let stops = false;
  const pull = (): void =>
    log.info(demo.pull() ? "the cable is back" : "the cable is pulled: the meter hears nothing", { meter: demo.id });
  const pulls = process.platform !== "win32";
  if (pulls) process.on(pullSignal, pull);
  return {
    table: () =>
      demoTable({
        ...{ status: gateway.outputStatus, hasValues: () => gateway.tally.without === 0 },
        ...{ clock: systemClock, url, host, pid: process.pid, pulls, stops: () => stops },
      }),
    end: () => {
      stops = true;
      process.off(pullSignal, pull);
    },
  };
};

const startLocked = async (options: DaemonOptions, locked: Locked): Promise<Daemon> => {
  const { config, log, logs, logging, lock, running, meters, prices, companion } = locked;
  const { env, pair = false } = options;
  const access = openDoor({
    host: config.http.host,
    allowedHosts: allowedHostsOf(config),
    folder: config.data,
    pairing: pair,
    clock: systemClock,
    entropy: systemEntropy,
    log,
    console: lineLog(systemClock, options.writeLog, () => ({ ...logging, level: "info" })),
  });
  const store = await openStore(placeOf(config), log, systemClock);
  const demo =
    config.meters.length > 0 || companion !== undefined
      ? undefined
      : createDemo({ clock: systemClock, entropy: systemEntropy, installed: demoInstalled(config.data) });
  if (demo !== undefined) {
    log.info("no meter is configured: using a simulated household");
    await fillPastDay(demo, store);
  }
  let reloader: Reloader | undefined;
  const currentConfig = (): Config => reloader?.config ?? config;
  const reload = async (): Promise<ReloadOutcome> => reloader?.reload() ?? stillStarting;
  const ownProcess = watchProcess();
  let current = config;
  let served: Gateway | undefined;
  const gateway = await createGateway({
    meters: demo === undefined ? meters : [demoMeter(demo, running)],
    store,
    retention: config.history,
    commit: config.history.commit,
    captures: running.shelf,
    clock: systemClock,
    log,
    version: ownVersion(),
    dashboard,
    host: config.http.host,
    allowedHosts: allowedHostsOf(config),
    access,
    process: ownProcess.figures,
    logs,
    outputs: {
      configured: [
        ...configuredOutputs(
          config.outputs,
          outputParts(config.data, store, () => served),
        ),
        ...(options.outputs ?? []),
        ...(companion?.outputs ?? []),
      ],
      off: config.outputs.flatMap(({ name, enabled }) => (enabled ? [] : [name])),
      entropy: systemEntropy,
    },
    configuration: {
      file: () => configFile(options),
      current: currentConfig,
      plan: () => reloader?.plan() ?? stillStarting,
      reload,
      editor: configEditor(options, {
        ...{ current: currentConfig, reload },
        objection: ({ http }) => unreachable(http.host, access),
        frozen:
          options.demo === undefined ? undefined : "this is a demonstration, whose configuration is gone afterwards",
      }),
    },
    companion,
    backup: backupAccess(config, log),
    restart: restartAccess(env.METERPORT_RESTARTED_BY, { clock: systemClock, end: options.restart }),
    strayLink: strayLink(env, () => current.meters),
    machinePorts: machinePorts(() => current.meters),
    foundBridges: foundBridges(() => current.meters),
  });
  served = gateway;
  const server = await openFront({ http: config.http, fetch: gateway.app.fetch, log });
  gateway.start();
  prices.follow(pricesOf(config));
  prices.start();
  const version = ownVersion();
  lock.record({ pid: process.pid, url: server.url, version, started: new Date(systemClock.wall()).toISOString() });
  const held = new HeldMeters({ gateway, make: (some) => heldMeters(running, some) });
  const supervision = watched(gateway, running, held, () => current);
  supervision.start();
  const systemd = tellSystemd({ env, clock: systemClock, log, isAlive: supervision.isAlive });
  systemd.ready(`${server.url}`);
  const note = (links: readonly MeterConfig[]) =>
    noteDaemon(
      server.url,
      links.map(({ link }) => link),
    );
  let forget = note(config.meters);
  const apply = applied({ gateway, demo, store }, locked);
  const reloads = new Reloader({
    config,
    read: () => readConfig(options),
    apply: async (plan) => {
      systemd.reloading();
      await apply(plan).finally(() => systemd.ready(`${server.url}`));
      forget();
      forget = note(plan.config.meters);
      current = plan.config;
    },
    log,
  });
  reloader = reloads;
  try {
    await companion?.started({
      ...{ url: server.url, store, point: gateway.point, outputs: gateway.outputStatus },
      ...{ hold: held.hold, release: held.release },
    });
  } catch (error) {
    supervision.stop();
    prices.stop();
    const closed = server.close();
    await gateway.stop();
    await closed;
    forget();
    ownProcess.stop();
    systemd.close();
    throw error;
  }
  const hadTerminal = hasTerminal();
  const show =
    options.demo === undefined || demo === undefined
      ? undefined
      : shown(demo, gateway, { url: server.url, host: config.http.host }, log);
  return {
    url: server.url,
    demoTable: show?.table,
    reloadTls: server.reloadTls,
    reload: reloads.reload,
    planReload: reloads.plan,
    hangUp: () => {
      if (hadTerminal && !hasTerminal()) return false;
      server.reloadTls();
      reloads.reload().catch((error: unknown) => log.error(`the configuration is not reloaded: ${String(error)}`));
      return true;
    },
    stop: async (why) => {
      log.info(`${why}: stopping`);
      show?.end();
      supervision.stop();
      prices.stop();
      systemd.stopping();
      await companion?.stop();
      const closed = server.close();
      await gateway.stop();
      await closed;
      forget();
      ownProcess.stop();
      systemd.close();
      lock.release();
    },
  };
};
