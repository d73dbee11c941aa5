/** The configuration: one file and the environment, read once into a frozen object. */
import { resolve } from "node:path";
import type { Retention } from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import { keyHider } from "@meterport/protocol/key-hiding";
import type { Millis } from "@meterport/protocol/ports";
import type { LogLevel } from "../log.ts";
import { type ConfigSources, readSources } from "./config-sources.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Environment, environmentNames } from "./environment.ts";
import { type MeterConfig, meterConfigs } from "./meter-configs.ts";

export type { ConfigSources } from "./config-sources.ts";
export type { MeterConfig } from "./meter-configs.ts";

export interface Config {
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Whether this port was requested explicitly: then no other one is taken. */
    readonly portAsked: boolean;
    readonly allowedHosts: readonly string[];
  };
  /** Data folder. */
  readonly data: string;
  readonly history: Retention;
  /** Log level: this and more severe lines are logged. */
  readonly logLevel: LogLevel;
  /** Poll interval of the demo, and of meters without their own. */
  readonly interval: Millis;
  /** If empty, the simulated household. */
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
  try {
    return readConfig(sources, (value) => {
      given = value;
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const hide = keyHider([...textsIn(given), sources.file ?? "", ...textsIn(sources.env)]);
    throw new UsageError(error.code, hide(error.message), { cause: error.cause });
  }
};

/** All values and names of a tree. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...textsIn(part)]);
};

/** @param seen is called with the file's settings as soon as they are known */
const readConfig = (sources: ConfigSources, seen: (value: unknown) => void): Config => {
  const given = readSources(sources, seen);
  const { base, over, fromFile } = given;
  const interval = over.interval ?? base.interval ?? 2_000;
  return frozen({
    http: {
      host: over.http?.host ?? base.http?.host ?? "127.0.0.1",
      port: over.http?.port ?? base.http?.port ?? 8765,
      portAsked: (over.http?.port ?? base.http?.port) !== undefined,
      allowedHosts: over.http?.allowed_hosts ?? base.http?.allowed_hosts ?? [],
    },
    data: resolve(sources.data ?? over.data ?? (base.data === undefined ? sources.defaultData : fromFile(base.data))),
    history: { raw: base.history?.raw ?? 2 * day, minutes: base.history?.minutes ?? 1_825 * day },
    logLevel: over.log?.level ?? base.log?.level ?? "info",
    interval,
    meters: meterConfigs(given, sources, interval),
    warnings: [...given.warnings, ...unknownVariables(sources.env)],
  });
};

const unknownVariables = (env: Environment): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith("METERPORT_") && !environmentNames.includes(name))
    .map((name) => {
      const meant = didYouMean(name, environmentNames);
      return `${name} in the environment is unknown and ignored${meant === undefined ? "" : `; did you mean ${meant}?`}`;
    });
