/** The configuration: one file and the environment, read once into a frozen object. */
import { resolve } from "node:path";
import type { Retention } from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import type { LogFormat, LogLevel } from "../log.ts";
import type { FleetSettings } from "../settings/fleet-settings.ts";
import { type SecretPlace, storeComplaint } from "../settings/secret-value.ts";
import { Problems, wrong } from "./complaints.ts";
import { parseConfigFile } from "./config-file.ts";
import {
  type ConfigSources,
  configPath,
  configText,
  dataFolder,
  type Given,
  givenBy,
  inputOf,
  type ReadFile,
} from "./config-sources.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Environment, environmentNames } from "./environment.ts";
import { fleetConfig, holdsFleetSecret } from "./fleet-config.ts";
import { hideKeys, textsIn } from "./hidden-keys.ts";
import { type MeterConfig, meterConfigs } from "./meter-configs.ts";
import type { Migrated } from "./old-keys.ts";
import { holdsOutputSecret, type OutputConfig, outputConfigs } from "./output-configs.ts";
import { rateWarnings } from "./rate-warnings.ts";
import { SecretReader } from "./secret-reader.ts";

export type { ConfigSources } from "./config-sources.ts";
export type { MeterConfig } from "./meter-configs.ts";
export type { OutputConfig } from "./output-configs.ts";

/** Files of a certificate and its key. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** A second listener for a proxy that has checked the user. */
export interface Ingress {
  readonly host: string;
  readonly port: number;
  /** The only address that may connect. */
  readonly allowed: string;
  /** The header with the user's name. */
  readonly userHeader: string;
  readonly scope: "read" | "operate" | "admin";
}

/** How long things are kept. */
export interface History extends Retention {
  /** Readings are stored together once in this time. */
  readonly commit: Millis;
  readonly events: Millis;
  /** Journal entries that every cursor has passed. */
  readonly journal: Millis;
  /** Journal entries that a cursor still waits for. */
  readonly journalAtMost: Millis;
}

export interface Config {
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Whether this port was requested explicitly: then no other one is taken. */
    readonly portAsked: boolean;
    readonly allowedHosts: readonly string[];
    readonly tls?: TlsFiles | undefined;
    readonly ingress?: Ingress | undefined;
  };
  /** Data folder. */
  readonly data: string;
  /** Address of a PostgreSQL database as UTF-8, which may hold a password; undefined for SQLite in the data folder. */
  readonly store?: Secret | undefined;
  readonly history: History;
  /** Log level: this and more severe lines are logged. */
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Poll interval of the demo, and of meters without their own. */
  readonly interval: Millis;
  /** IANA name of the zone of meters without their own. */
  readonly zone: string;
  readonly backFill: boolean;
  /** Those that are configured, whether they are on or off. */
  readonly outputs: readonly OutputConfig[];
  /** The fleet that this daemon is a process of; undefined for a daemon by itself. */
  readonly fleet?: FleetSettings | undefined;
  /** If empty, the simulated household, unless there is a fleet. */
  readonly meters: readonly MeterConfig[];
  /** Sentences to log: ignored settings, and why. */
  readonly warnings: readonly string[];
}

const day: Millis = 86_400_000;

const frozen = <T>(value: T): T => {
  if (
    Array.isArray(value) ||
    (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype)
  ) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
};

/**
 * Reads file and environment.
 *
 * @throws UsageError with a line per problem, which never contains a key, wherever that was written
 */
export const loadConfig = (sources: ConfigSources): Config => {
  let given: unknown;
  return withoutKeys(
    sources,
    () => given,
    () => {
      const file = parseConfigFile(configPath(sources).path, configText(sources) ?? "");
      given = file.value;
      return configOf(sources, file);
    },
  );
};

/**
 * The configuration of a file that was read, and perhaps changed, already.
 *
 * @throws UsageError as `loadConfig` does
 */
export const loadConfigOf = (sources: ConfigSources, file: ReadFile): Config =>
  withoutKeys(
    sources,
    () => file.value,
    () => configOf(sources, file),
  );

/**
 * What of a file is of an older Meterport. Secrets and the environment are not looked at.
 *
 * @throws UsageError as `loadConfig` does
 */
export const oldKeysIn = (sources: ConfigSources, file: ReadFile): Migrated =>
  withoutKeys(
    sources,
    () => file.value,
    () => inputOf(file).old,
  );

const withoutKeys = <T>(sources: ConfigSources, given: () => unknown, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const texts = [...textsIn(given()), sources.file ?? "", ...textsIn(sources.env)];
    throw new UsageError(error.code, hideKeys(error.message, texts), { cause: error.cause });
  }
};

const configOf = (sources: ConfigSources, file: ReadFile): Config => {
  const given = givenBy(sources, file);
  const { base, over } = given;
  const data = dataFolder(sources, given);
  const secrets = new SecretReader({ env: sources.env, data, readFile: sources.readFile, modeOf: sources.modeOf });
  const interval = over.interval ?? base.interval ?? 2_000;
  const zone = over.zone ?? base.zone ?? sources.zone ?? "UTC";
  const backFill = base.back_fill ?? true;
  const inMeters = (base.meters ?? []).flatMap(({ key, prices }) => [key, prices?.token]);
  const holdsSecret = [base.store, ...inMeters].some((one) => one?.kind === "text");
  if (holdsSecret || holdsOutputSecret(given) || holdsFleetSecret(given)) secrets.noteFile(configPath(sources).path);
  const problems = new Problems();
  const http = problems.in(() => httpOf(given, sources, secrets));
  const store = problems.in(() => storeOf(given, secrets));
  const history = problems.in(() => historyOf(given));
  const fleet = problems.in(() => fleetConfig(given, secrets));
  const meters = problems.in(() => meterConfigs({ given, sources, secrets, defaults: { interval, zone, backFill } }));
  const ids = [...new Set((meters ?? base.meters ?? []).map(({ id }) => id))];
  const outputs = problems.in(() => outputConfigs({ given, secrets, meters: ids }));
  problems.end();
  if (http === undefined || history === undefined || meters === undefined || outputs === undefined)
    throw new Error("a part without a problem has a value");
  const config: Config = {
    http,
    data,
    store,
    history,
    logLevel: over.log?.level ?? base.log?.level ?? "info",
    logFormat: over.log?.format ?? base.log?.format ?? "text",
    interval,
    zone,
    backFill,
    fleet,
    outputs,
    meters,
    warnings: [
      ...given.warnings,
      ...unknownVariables(sources.env),
      ...secrets.warnings,
      ...rateWarnings(meters, (pipe) => baudOf(sources.checkLink(pipe))),
    ],
  };
  return frozen(config);
};

/** The speed that a link names, or that its kind has by default. */
const baudOf = (link: unknown): number | undefined => {
  const rate = typeof link === "object" && link !== null && "baudRate" in link ? link.baudRate : undefined;
  return typeof rate === "number" ? rate : undefined;
};

/** The files of a certificate, which must be there. What is in them is checked when the server starts. */
const tlsOf = (given: Given, { readFile }: ConfigSources, secrets: SecretReader): TlsFiles | undefined => {
  const { base, place, named, fromFile } = given;
  if (base.http?.tls === undefined) return undefined;
  const files = { cert: fromFile(base.http.tls.cert), key: fromFile(base.http.tls.key) };
  const missing = (["cert", "key"] as const).filter((name) => readFile(files[name]) === undefined);
  if (missing.length > 0)
    throw wrong(
      missing.map((name) => {
        const path = ["http", "tls", name];
        return `${place(path)}: ${named(path)}: file ${files[name]} does not exist`;
      }),
    );
  secrets.noteFile(files.key);
  return files;
};

const httpOf = (given: Given, sources: ConfigSources, secrets: SecretReader): Config["http"] => {
  const { base, over } = given;
  const { ingress } = base.http ?? {};
  const port = over.http?.port ?? base.http?.port;
  return {
    host: over.http?.host ?? base.http?.host ?? "127.0.0.1",
    port: port ?? 8765,
    portAsked: port !== undefined,
    allowedHosts: over.http?.allowed_hosts ?? base.http?.allowed_hosts ?? [],
    tls: tlsOf(given, sources, secrets),
    ingress:
      ingress === undefined
        ? undefined
        : {
            host: ingress.host,
            port: ingress.port ?? 8099,
            allowed: ingress.allowed,
            userHeader: ingress.user_header ?? "X-Remote-User-Name",
            scope: ingress.scope ?? "read",
          },
  };
};

const historyOf = ({ base, place, named }: Given): History => {
  const { commit, raw, minutes, events, journal = 30 * day, journal_at_most: atMost } = base.history ?? {};
  if (atMost !== undefined && atMost < journal) {
    const path = ["history", "journal_at_most"];
    throw wrong([`${place(path)}: ${named(path)} is shorter than history.journal: raise it`]);
  }
  return {
    commit: commit ?? 5_000,
    raw: raw ?? 14 * day,
    minutes: minutes ?? 1_825 * day,
    events: events ?? 3_650 * day,
    journal,
    journalAtMost: atMost ?? Math.max(journal, 90 * day),
  };
};

/** The address of the database, wherever it is. */
const storeOf = ({ base, over, place, named, fromFile }: Given, secrets: SecretReader): Secret | undefined => {
  const inFile = over.store === undefined && over.store_file === undefined;
  const { store, store_file: file } = inFile ? base : over;
  if (store !== undefined && file !== undefined)
    throw wrong([`${place(["store_file"])}: the configuration has store and store_file: keep one of them`]);
  const where: SecretPlace | undefined = file === undefined ? store : { kind: "file", file };
  if (where === undefined) return undefined;
  const field = file === undefined ? "store" : "store_file";
  try {
    const url = secrets.read(where, "file", inFile ? fromFile : resolve);
    const complaint = storeComplaint(url);
    if (complaint !== undefined) throw new UsageError("config", `its content ${complaint}`);
    return new Secret(new TextEncoder().encode(url));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const here = inFile ? `${place([field])}: ${named([field])}` : `METERPORT_${field.toUpperCase()}`;
    throw wrong([`${here}: ${error.message}`]);
  }
};

const unknownVariables = (env: Environment): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith("METERPORT_") && !environmentNames.includes(name))
    .map((name) => {
      const meant = didYouMean(name, environmentNames);
      // A shell that is told KEY=name instead of name=KEY makes a variable of the key.
      const shown = hideKeys(name, [name.replace(/^METERPORT_/, "")]);
      return `${shown} in the environment is unknown and ignored${meant === undefined ? "" : `; did you mean ${meant}?`}`;
    });
