#!/usr/bin/env node
/** Starts the daemon: the only place where real clocks, files, sockets and meters meet. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { quietText } from "@meterport/engine/plan/quiet";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { Store } from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import type { Secret } from "@meterport/protocol/mep/security/key";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { noteDaemon } from "@meterport/transports/daemon-note";
import { linkTraits } from "@meterport/transports/link-traits";
import { parseMeterLink } from "@meterport/transports/link-url";
import { openLink } from "@meterport/transports/open";
import { portLinkOf } from "@meterport/transports/port-link";
import { portName } from "@meterport/transports/port-name";
import own from "../package.json" with { type: "json" };
import { captureRedactor } from "./captures/capture-redactor.ts";
import { type CaptureShelf, openCaptureShelf } from "./captures/capture-shelf.ts";
import { ErrorRecorder } from "./captures/error-recorder.ts";
import { type Config, loadConfig, type MeterConfig } from "./config/config.ts";
import { listen } from "./http/server.ts";
import { type LogLevel, lineLog } from "./log.ts";
import { createDemo, type Demo } from "./meters/demo.ts";
import { type MeterAccess, superviseMeter } from "./meters/meter-link.ts";
import { openMeter, throughHeadNote } from "./meters/open-meter.ts";
import { QuietSource } from "./meters/quiet-source.ts";
import { tlsSeen } from "./meters/tls-seen.ts";
import { tracedMeter } from "./meters/traced-meter.ts";
import { createGateway, type GatewayMeter } from "./operation/gateway.ts";
import { openSqliteStore } from "./stores/sqlite/sqlite-store.ts";

/** Becomes what the configuration says as soon as that is read. */
const logging: { level: LogLevel } = { level: "info" };
const log = lineLog(
  systemClock,
  (line) => process.stderr.write(line),
  () => logging.level,
);

// Where whoever reads the log or the output has gone, the work goes on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const project = resolve(import.meta.dirname, "../../..");

/** In a checkout beside the code, elsewhere where the system wants such data. */
const defaultData = (): string =>
  existsSync(join(project, "tsconfig.base.json"))
    ? join(project, ".data")
    : join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "meterport");

const readFile = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new UsageError("config", `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const readConfig = (): Config => {
  let file: string | undefined;
  try {
    file = parseArgs({ options: { config: { type: "string" } } }).values.config;
  } catch {
    throw new UsageError("arguments", "only --config FILE is known on the command line");
  }
  const { env } = process;
  return loadConfig({ file, env, defaultData: defaultData(), readFile, checkLink: parseMeterLink, portLinkOf });
};

const supervised = (link: string, access: MeterAccess): MeterSource =>
  superviseMeter({ name: link, ...access, clock: systemClock, entropy: systemEntropy });

const traced = (id: string, access: MeterAccess): MeterAccess =>
  tracedMeter(access, { id, level: logging.level, log, clock: systemClock });

/** A supervised meter, whose link is captured when it turns bad; each call begins another supervision of the same one. */
const sourcesOf = (id: string, link: string, access: MeterAccess, shelf: CaptureShelf): (() => MeterSource) => {
  const recorder = new ErrorRecorder({ id, link, clock: systemClock, shelf });
  return () => {
    const source = supervised(link, recorder.noting(access));
    source.listen(recorder.linkChanged);
    return source;
  };
};

/** Local time of this machine. */
const localOffset = (wall: number): number => -60_000 * new Date(wall).getTimezoneOffset();

/** A source that keeps to the windows in which its meter is left alone, where it has some. */
const withQuiet = (make: () => MeterSource, windows: MeterConfig["quiet"]): MeterSource =>
  windows === undefined ? make() : new QuietSource({ make, windows, clock: systemClock, offset: localOffset });

const redact = captureRedactor(log);
/** The same for all captures until the next start, so that several of one report have the same pseudonyms. */
const seed = systemEntropy(32);

/** Redacts what went over a meter's link. */
const redactorOf =
  (source: MeterSource, key: Secret, profile?: string): GatewayMeter["redact"] =>
  (text) =>
    redact({ text, key: key.reveal(), seed, profile: source.identity()?.profile ?? profile });

/** What it takes to reach a meter of the configuration. */
const accessOf = (meter: MeterConfig, data: string): MeterAccess =>
  openMeter(meter, {
    clock: systemClock,
    entropy: systemEntropy,
    log,
    traitsOf: linkTraits,
    openLink: (link, signal, baud) => openLink(link, signal, baud, process.env),
    securityMemory: (link) => tlsSeen(data, portName(link), log),
  });

const configuredMeters = (config: Config, shelf: CaptureShelf): readonly GatewayMeter[] =>
  config.meters.map((meter) => {
    const { id, name, link, optical, interval, fuseAmps, key, profile, quiet } = meter;
    const access = traced(id, accessOf(meter, config.data));
    if (optical) log.info(`${id}: ${throughHeadNote(interval)}`);
    // A key crosses an optical port in the clear, and must not be in a capture.
    const make = optical ? () => supervised(link, access) : sourcesOf(id, link, access, shelf);
    const source = withQuiet(make, quiet);
    if (quiet !== undefined)
      log.info(`${id}: left alone ${quiet.map(quietText).join(", ")} (local time of this machine)`);
    return {
      id,
      name,
      url: link,
      simulated: false,
      interval,
      ...(fuseAmps === undefined ? {} : { fuseAmps }),
      source,
      redact: redactorOf(source, key, profile),
    };
  });

const demoMeter = (demo: Demo, config: Config, shelf: CaptureShelf): GatewayMeter => {
  const source = sourcesOf(demo.id, demo.url, traced(demo.id, demo.access), shelf)();
  return { ...demo, source, simulated: true, interval: config.interval, redact: redactorOf(source, demo.key) };
};

const day = 86_400_000;
/** The virtual meter adds up its household's energy since then at each start, which is quick for a month. */
const longestInstalled = 31 * day;

/** When the virtual meter was installed, kept beside the data: its registers go on where they were. */
const demoInstalled = (folder: string): number => {
  const path = join(folder, "demo.json");
  const now = systemClock.wall();
  try {
    const { installed } = JSON.parse(readFileSync(path, "utf8")) as { readonly installed?: unknown };
    if (typeof installed === "number" && installed < now && installed > now - longestInstalled) return installed;
  } catch {
    // The first start, or a file that somebody spoilt: another virtual meter is installed.
  }
  const installed = now - day;
  writeFileSync(path, `${JSON.stringify({ installed })}\n`);
  return installed;
};

const fillPastDay = async (demo: Demo, store: Store): Promise<void> => {
  const now = systemClock.wall();
  const last = (await store.lastRegisters(demo.id))?.time ?? 0;
  for await (const readings of demo.past(Math.max(last + 1, now - day + 1))) await store.append(demo.id, readings);
};

const start = async (): Promise<() => Promise<void>> => {
  const config = readConfig();
  logging.level = config.logLevel;
  for (const warning of config.warnings) log.warn(warning);
  for (const meter of config.meters) log.info(`${meter.id}: key ${meter.keyForm}`);
  const store = openSqliteStore(config.data, config.history, log, systemClock.wall());
  const captures = openCaptureShelf(join(config.data, "captures"), log);
  const demo =
    config.meters.length > 0
      ? undefined
      : createDemo({ clock: systemClock, entropy: systemEntropy, installed: demoInstalled(config.data) });
  if (demo !== undefined) {
    log.info("no meter is configured: a simulated household stands in");
    await fillPastDay(demo, store);
  }
  const meters = demo === undefined ? configuredMeters(config, captures) : [demoMeter(demo, config, captures)];
  const gateway = await createGateway({
    meters,
    store,
    captures,
    clock: systemClock,
    log,
    version: own.version,
    dashboard: join(project, "packages", "dashboard", "dist"),
    host: config.http.host,
    allowedHosts: config.http.allowedHosts,
  });
  const server = await listen({ ...config.http, fetch: gateway.app.fetch, log });
  gateway.start();
  const forget = noteDaemon(
    server.url,
    config.meters.map(({ link }) => link),
  );
  process.stdout.write(`dashboard ${server.url}\n`);
  return async () => {
    const closed = server.close();
    await gateway.stop();
    await closed;
    forget();
  };
};

try {
  const stop = await start();
  let stopping = false;
  const end = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info(`${signal}: stopping`);
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error(`stopping failed: ${error instanceof Error ? error.message : String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => end("SIGTERM"));
  process.on("SIGINT", () => end("SIGINT"));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
