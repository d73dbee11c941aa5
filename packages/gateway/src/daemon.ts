/** Starts the daemon: the only place where real clocks, files, sockets and meters meet. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Turns } from "@meterport/client/supervision/turns";
import { quietText } from "@meterport/engine/plan/quiet";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { Store } from "@meterport/engine/ports/store";
import type { Secret } from "@meterport/protocol/mep/security/key";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { noteDaemon } from "@meterport/transports/daemon-note";
import { linkTraits } from "@meterport/transports/link-traits";
import { openLink } from "@meterport/transports/open";
import { portName } from "@meterport/transports/port-name";
import { captureRedactor } from "./captures/capture-redactor.ts";
import { type CaptureShelf, openCaptureShelf } from "./captures/capture-shelf.ts";
import { ErrorRecorder } from "./captures/error-recorder.ts";
import type { Config, MeterConfig } from "./config/config.ts";
import type { Environment } from "./config/environment.ts";
import type { ReloadPlan } from "./config/reload-plan.ts";
import { Reloader, type ReloadOutcome } from "./config/reloader.ts";
import { openDoor, openFront } from "./http/front.ts";
import { watchProcess } from "./http/metrics/own-figures.ts";
import { dashboard, ownVersion } from "./installation.ts";
import { type LevelLog, type LogFormat, type LogLevel, lineLog } from "./log.ts";
import { createDemo, type Demo } from "./meters/demo.ts";
import { linkGroup } from "./meters/link-group.ts";
import { type MeterAccess, superviseMeter } from "./meters/meter-link.ts";
import { openMeter, throughHeadNote } from "./meters/open-meter.ts";
import { QuietSource } from "./meters/quiet-source.ts";
import { tlsSeen } from "./meters/tls-seen.ts";
import { tracedMeter } from "./meters/traced-meter.ts";
import { type DataLock, lockDataFolder } from "./operation/data-lock.ts";
import { createGateway, type Gateway, type GatewayMeter } from "./operation/gateway.ts";
import { hasTerminal } from "./operation/has-terminal.ts";
import { tellSystemd } from "./operation/tell-systemd.ts";
import { readConfig } from "./read-config.ts";
import { openStore, placeOf } from "./stores/open-store.ts";

export interface DaemonOptions {
  /** The file of `--config`; undefined if omitted. */
  readonly config?: string | undefined;
  /** The folder of `--data`; undefined if omitted. */
  readonly data?: string | undefined;
  /** `--pair`: the first user may be made with a code that is logged. */
  readonly pair?: boolean | undefined;
  readonly env: Environment;
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
  /** Stops it cleanly; `why` goes into the log. */
  readonly stop: (why: string) => Promise<void>;
}

/** What the parts of one daemon share. */
interface Running {
  readonly config: Config;
  readonly env: Environment;
  readonly log: LevelLog;
  readonly shelf: CaptureShelf;
  /** Redacts the captures of a meter's link. */
  readonly redactorOf: (source: MeterSource, key: Secret, profile?: string) => GatewayMeter["redact"];
}

/** Of all meters, so that thousands do not start at once. */
const turns = new Turns({ clock: systemClock });

const supervised = (link: string, access: MeterAccess): MeterSource =>
  superviseMeter({
    name: link,
    ...access,
    clock: systemClock,
    entropy: systemEntropy,
    turn: (signal) => turns.take(linkGroup(link), signal),
  });

const traced = (id: string, access: MeterAccess, { config, log }: Running): MeterAccess =>
  tracedMeter(access, { id, level: config.logLevel, log, clock: systemClock });

/** A supervised meter, whose link is captured when it fails; each call starts a new supervision of the same meter. */
const sourcesOf = (id: string, link: string, access: MeterAccess, { shelf, config }: Running): (() => MeterSource) => {
  const recorder = new ErrorRecorder({ id, link, clock: systemClock, shelf, links: Math.max(1, config.meters.length) });
  return () => {
    const source = supervised(link, recorder.noting(access));
    source.listen(recorder.linkChanged);
    return source;
  };
};

/** Local time of this machine. */
const localOffset = (wall: number): number => -60_000 * new Date(wall).getTimezoneOffset();

/** A source that respects the quiet windows of its meter, if it has any. */
const withQuiet = (make: () => MeterSource, windows: MeterConfig["quiet"]): MeterSource =>
  windows === undefined ? make() : new QuietSource({ make, windows, clock: systemClock, offset: localOffset });

/** The seed stays the same until the next start, so that several captures of one report have the same pseudonyms. */
const redactors = (log: LevelLog): Running["redactorOf"] => {
  const redact = captureRedactor(log);
  const seed = systemEntropy(32);
  return (source, key, profile) => (text) =>
    redact({ text, key: key.reveal(), seed, profile: source.identity()?.profile ?? profile });
};

/** How to reach a meter of the configuration. */
const accessOf = (meter: MeterConfig, { config, env, log }: Running): MeterAccess =>
  openMeter(meter, {
    clock: systemClock,
    entropy: systemEntropy,
    log,
    traitsOf: linkTraits,
    openLink: (link, signal, baud) => openLink(link, signal, baud, env),
    securityMemory: (link) => tlsSeen(config.data, portName(link), log),
  });

const configuredMeters = (running: Running, meters: readonly MeterConfig[]): readonly GatewayMeter[] =>
  meters.map((meter) => {
    const { id, name, link, optical, interval, fuseAmps, zone, rates, backFill, key, profile, quiet } = meter;
    const access = traced(id, accessOf(meter, running), running);
    if (optical) running.log.info(`${id}: ${throughHeadNote(interval)}`);
    // A key crosses an optical port in the clear, and must not be in a capture.
    const make = optical ? () => supervised(link, access) : sourcesOf(id, link, access, running);
    const source = withQuiet(make, quiet);
    if (quiet !== undefined)
      running.log.info(`${id}: not read during ${quiet.map(quietText).join(", ")} (local time of this machine)`);
    return {
      id,
      name,
      url: link,
      simulated: false,
      interval,
      fuseAmps,
      zone,
      rates,
      backFill,
      source,
      redact: running.redactorOf(source, key, profile),
    };
  });

const demoMeter = (demo: Demo, running: Running): GatewayMeter => {
  const { config, redactorOf } = running;
  const source = sourcesOf(demo.id, demo.url, traced(demo.id, demo.access, running), running)();
  return { ...demo, source, simulated: true, interval: config.interval, redact: redactorOf(source, demo.key) };
};

const day = 86_400_000;
/** At each start the virtual meter adds up its household's energy since then, which is quick for a month. */
const longestInstalled = 31 * day;

/** When the virtual meter was installed, stored with the data, so that its registers continue. */
const demoInstalled = (folder: string): number => {
  const path = join(folder, "demo.json");
  const now = systemClock.wall();
  try {
    const { installed } = JSON.parse(readFileSync(path, "utf8")) as { readonly installed?: unknown };
    if (typeof installed === "number" && installed < now && installed > now - longestInstalled) return installed;
  } catch {
    // The first start, or a corrupt file: a new virtual meter is installed.
  }
  const installed = now - day;
  writeFileSync(path, `${JSON.stringify({ installed })}\n`);
  return installed;
};

const fillPastDay = async (demo: Demo, store: Store): Promise<void> => {
  const now = systemClock.wall();
  const last = (await store.lastRegisters(demo.id))?.time ?? 0;
  for await (const readings of demo.past(Math.max(last + 1, now - day + 1)))
    await store.write({ readings: readings.map((reading) => ({ point: demo.id, reading })) });
};

/**
 * Starts the daemon with the settings of flags, environment and file, in this order of precedence.
 *
 * @throws UsageError with a sentence per problem with the settings, the data folder or the port
 */
export const startDaemon = async (options: DaemonOptions): Promise<Daemon> => {
  const { writeLog } = options;
  // The configuration sets it as soon as it is read.
  const logging: { level: LogLevel; format: LogFormat } = { level: "info", format: "text" };
  const log = lineLog(systemClock, writeLog, () => logging);
  const config = readConfig(options);
  logging.level = config.logLevel;
  logging.format = config.logFormat;
  for (const warning of config.warnings) log.warn(warning);
  for (const meter of config.meters) log.info(`${meter.id}: key ${meter.keyForm}`);
  const lock = lockDataFolder(config.data);
  try {
    return await startLocked(options, { config, log, logging, lock });
  } catch (error) {
    lock.release();
    throw error;
  }
};

interface Locked {
  readonly config: Config;
  readonly log: LevelLog;
  /** How much is logged, and how; a reload changes it. */
  readonly logging: { level: LogLevel; format: LogFormat };
  readonly lock: DataLock;
}

/** Carries out what a reload changes. */
const applied = (gateway: Gateway, running: Running, demo: Demo | undefined, logging: Locked["logging"]) => {
  let household = demo === undefined ? [] : [demo.id];
  return async ({ config, added, changed, removed }: ReloadPlan): Promise<void> => {
    for (const meter of [...added, ...changed]) running.log.info(`${meter.id}: key ${meter.keyForm}`);
    // Real meters take the place of the simulated household.
    const leaving = config.meters.length > 0 ? household : [];
    const stopped = [...leaving, ...removed, ...changed.map(({ id }) => id)];
    if (stopped.length + added.length > 0)
      await gateway.replaceMeters(stopped, configuredMeters({ ...running, config }, [...added, ...changed]));
    household = household.filter((id) => !leaving.includes(id));
    logging.level = config.logLevel;
    logging.format = config.logFormat;
    if (removed.length > 0 && config.meters.length === 0)
      running.log.warn("no meter is configured any more; after a restart the gateway reads a simulated household");
  };
};

const startLocked = async (options: DaemonOptions, { config, log, logging, lock }: Locked): Promise<Daemon> => {
  const { env, pair = false } = options;
  const access = openDoor({
    host: config.http.host,
    allowedHosts: config.http.allowedHosts,
    folder: config.data,
    pairing: pair,
    clock: systemClock,
    entropy: systemEntropy,
    log,
  });
  const store = await openStore(placeOf(config), log, systemClock);
  const shelf = openCaptureShelf(join(config.data, "captures"), log);
  const running: Running = { config, env, log, shelf, redactorOf: redactors(log) };
  const demo =
    config.meters.length > 0
      ? undefined
      : createDemo({ clock: systemClock, entropy: systemEntropy, installed: demoInstalled(config.data) });
  if (demo !== undefined) {
    log.info("no meter is configured: using a simulated household");
    await fillPastDay(demo, store);
  }
  const ownProcess = watchProcess();
  const gateway = await createGateway({
    meters: demo === undefined ? configuredMeters(running, config.meters) : [demoMeter(demo, running)],
    store,
    retention: config.history,
    commit: config.history.commit,
    captures: shelf,
    clock: systemClock,
    log,
    version: ownVersion(),
    dashboard,
    host: config.http.host,
    allowedHosts: config.http.allowedHosts,
    access,
    process: ownProcess.figures,
  });
  const server = await openFront({ http: config.http, fetch: gateway.app.fetch, log });
  gateway.start();
  const version = ownVersion();
  lock.record({ pid: process.pid, url: server.url, version, started: new Date(systemClock.wall()).toISOString() });
  const systemd = tellSystemd({ env, clock: systemClock, log, isAlive: () => true });
  systemd.ready(`${server.url}`);
  const note = (links: readonly MeterConfig[]) =>
    noteDaemon(
      server.url,
      links.map(({ link }) => link),
    );
  let forget = note(config.meters);
  const apply = applied(gateway, running, demo, logging);
  const reloader = new Reloader({
    config,
    read: () => readConfig(options),
    apply: async (plan) => {
      systemd.reloading();
      await apply(plan).finally(() => systemd.ready(`${server.url}`));
      forget();
      forget = note(plan.config.meters);
    },
    log,
  });
  const hadTerminal = hasTerminal();
  return {
    url: server.url,
    reloadTls: server.reloadTls,
    reload: reloader.reload,
    planReload: reloader.plan,
    hangUp: () => {
      if (hadTerminal && !hasTerminal()) return false;
      server.reloadTls();
      reloader.reload().catch((error: unknown) => log.error(`the configuration is not reloaded: ${String(error)}`));
      return true;
    },
    stop: async (why) => {
      log.info(`${why}: stopping`);
      systemd.stopping();
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
