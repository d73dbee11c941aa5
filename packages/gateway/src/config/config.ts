/** The configuration: one file and the environment, read once into a frozen object. */

import { dirname, isAbsolute, join, resolve } from "node:path";
import type { QuietWindow } from "@meterport/engine/plan/quiet";
import type { Retention } from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import { isSurelyKey, keyHider } from "@meterport/protocol/key-hiding";
import { keyLength } from "@meterport/protocol/mep/security/digest";
import { type ParsedKey, parseKey, type Secret } from "@meterport/protocol/mep/security/key";
import type { SecurityName } from "@meterport/protocol/mep/security/security-names";
import { passwordLength } from "@meterport/protocol/optical/services";
import type { Millis } from "@meterport/protocol/ports";
import type { PortLink } from "@meterport/transports/port-link";
import type { z } from "zod";
import type { LogLevel } from "../log.ts";
import { type ConfigFile, parseConfigFile } from "./config-file.ts";
import { configSchema, knownNames, type MeterInput, type MeterOverlay, overlaySchema } from "./config-schema.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Environment, environmentNames, overlay } from "./environment.ts";

export interface MeterConfig {
  readonly id: string;
  readonly name: string;
  /** "/dev/ttyUSB0", "tcp://host:port", "optical:///dev/ttyUSB1"; never a key. */
  readonly link: string;
  /** Whether that leads to the meter's optical port. */
  readonly optical: boolean;
  /** The link without that word: what is opened. */
  readonly pipe: string;
  /** The highest speed that may be offered to an optical port, where the link says so. */
  readonly fastest?: number;
  /** Bytes that wake the meter before each session on its optical port. */
  readonly wake?: number;
  readonly key: Secret;
  /** One sentence on the form that the key was read as. */
  readonly keyForm: string;
  /** "meter:3.70": what a meter is that does not say. */
  readonly profile?: string;
  /** `auto` takes what the port speaks, and never goes back from TLS to RC4, not after a restart either. */
  readonly security: SecurityName;
  /** How the meter notes us under TLS, and at its optical port. */
  readonly clientId: number;
  readonly interval: Millis;
  readonly fuseAmps?: number;
  /** Windows of the machine's local day in which the meter is left alone. */
  readonly quiet?: readonly QuietWindow[];
}

export interface Config {
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Whether somebody asked for this port: then no other one will do. */
    readonly portAsked: boolean;
    readonly allowedHosts: readonly string[];
  };
  /** Data folder. */
  readonly data: string;
  readonly history: Retention;
  /** What is logged: this and all that is graver. */
  readonly logLevel: LogLevel;
  /** Poll interval of meters that do not say, and of the demo. */
  readonly interval: Millis;
  /** None: the simulated household. */
  readonly meters: readonly MeterConfig[];
  /** Sentences to log: what was ignored, and why. */
  readonly warnings: readonly string[];
}

export interface ConfigSources {
  /** What `--config` names. */
  readonly file?: string | undefined;
  readonly env: Environment;
  /** Data folder when nobody names one. */
  readonly defaultData: string;
  /** Text of a file; `undefined` where there is none. */
  readonly readFile: (path: string) => string | undefined;
  /** Tells a link to an optical port from one to a MEP port. */
  readonly portLinkOf: (link: string) => PortLink;
  /** @throws UsageError for what is no link that can be opened */
  readonly checkLink: (link: string) => unknown;
}

const day: Millis = 86_400_000;

/**
 * A session on the optical port keeps the MEP port of meters before firmware 4.0 silent, and ends some seconds after each reading. A
 * meter may end a session of ten minutes and rest for five (ET51), so sessions must not run into one another.
 */
const opticalInterval = { usual: 60_000, least: 10_000 } as const;

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

const pathText = (path: readonly PropertyKey[]): string =>
  path.map((part, n) => (typeof part === "number" ? `[${part}]` : `${n === 0 ? "" : "."}${String(part)}`)).join("");

/** One sentence for each thing that is wrong: place, path, what, and what to do. */
const complaints = (issues: readonly z.core.$ZodIssue[], place: ConfigFile["place"]): string[] =>
  issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((name) => {
        const meant = didYouMean(name, knownNames(issue.path));
        const hint = meant === undefined ? `known are ${knownNames(issue.path).join(", ")}` : `did you mean ${meant}?`;
        return `${place(issue.path, name)}: ${pathText([...issue.path, name])}: unknown name; ${hint}`;
      });
    }
    const what =
      issue.code === "invalid_type" && issue.expected === "object" ? "must hold names with values" : issue.message;
    return [`${place(issue.path)}: ${issue.path.length === 0 ? "the configuration" : pathText(issue.path)} ${what}`];
  });

const wrong = (sentences: readonly string[]): UsageError => new UsageError("config", sentences.join("\n"));

/**
 * Reads file and environment.
 *
 * @throws UsageError with a line for each thing that is wrong; never with a key in it, wherever that was written
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

/** All texts of a tree, and its names. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...textsIn(part)]);
};

/** @param given takes what the file says, as soon as that is known */
const readConfig = (sources: ConfigSources, given: (value: unknown) => void): Config => {
  const { env, defaultData, readFile, checkLink, portLinkOf } = sources;
  const named = sources.file ?? (env.METERPORT_CONFIG || undefined);
  const path = resolve(named ?? join(env.METERPORT_DATA || defaultData, "meterport.yaml"));
  const text = readFile(path);
  if (text === undefined && named !== undefined) {
    throw new UsageError("config", `${path}: there is no such file; check --config or METERPORT_CONFIG`);
  }
  const file = parseConfigFile(path, text ?? "");
  given(file.value);
  const fromFile = configSchema.safeParse(file.value, { reportInput: false });
  if (!fromFile.success) throw wrong(complaints(fromFile.error.issues, file.place));
  const fromEnv = overlay(env, fromFile.data.meters?.length ?? 0);
  const parsedEnv = overlaySchema.safeParse(fromEnv.value, { reportInput: false });
  if (!parsedEnv.success) {
    // The path of a value leads back to the variable that holds it.
    const place: ConfigFile["place"] = (at) => fromEnv.origin.get(pathText(at)) ?? "environment";
    throw wrong(complaints(parsedEnv.error.issues, place));
  }
  const folder = dirname(path);
  const from = (name: string): string => (isAbsolute(name) ? name : join(folder, name));
  const over = parsedEnv.data;
  const base = fromFile.data;
  const interval = over.interval ?? base.interval ?? 2_000;

  const readKey = (meter: MeterInput, n: number, at: string): ParsedKey => {
    const counted = portLinkOf(meter.link).optical ? passwordLength : keyLength;
    if (meter.key !== undefined && "read" in meter.key) return meter.key.read(counted);
    const name = meter.key?.file ?? meter.key_file;
    if (name === undefined)
      throw wrong([`${at} has no key: add key, or key_file with the name of a file that holds it`]);
    // Who sets a variable thinks of the folder they are in, who writes the file of the one it is in.
    const said = over.meters?.[0];
    const inFile = said?.key === undefined && said?.key_file === undefined;
    const path = inFile ? from(name) : resolve(name);
    const field = meter.key === undefined ? "key_file" : "key";
    const here = inFile
      ? `${file.place(["meters", n, field])}: meters[${n}].${field}`
      : `METERPORT_${field.toUpperCase()}`;
    const content = readFile(path);
    if (content === undefined) throw wrong([`${here}: there is no key file ${path}`]);
    try {
      return parseKey(content.trim(), counted);
    } catch (error) {
      throw wrong([`${here}: key file ${path}: ${error instanceof UsageError ? error.message : "holds no key"}`]);
    }
  };

  /** What is said of all meters is raised for one that cannot be asked so often, and what is said of it alone is refused. */
  const opticalPace = (own: Millis | undefined, at: string): Millis => {
    const { usual, least } = opticalInterval;
    if (own !== undefined && own < least)
      throw wrong([
        `${at} has an interval of ${own / 1000} s, and a meter is asked through its optical port each ${least / 1000} s at most: its MEP port may be silent meanwhile`,
      ]);
    return Math.max(over.interval ?? own ?? base.interval ?? usual, least);
  };

  const merged = mergedMeters(base.meters ?? [], over.meters?.[0]);
  const meters = merged.map((meter, n): MeterConfig => {
    const inFile = base.meters?.[n] !== undefined;
    const at = inFile ? `${file.place(["meters", n])}: meters[${n}]` : "environment: the meter of METERPORT_LINK";
    if (meter.key !== undefined && meter.key_file !== undefined)
      throw wrong([`${at} has key and key_file: keep one of them`]);
    let way: PortLink;
    try {
      way = portLinkOf(meter.link);
      checkLink(way.link);
      const [, host = ""] = /^[a-z0-9+.-]+:\/\/([^/:?]*)/i.exec(meter.link) ?? [];
      if (isSurelyKey(host)) throw new UsageError("link", "what looks like a key stands where a host does");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const said = over.meters?.[0]?.link !== undefined;
      const place = said ? "METERPORT_LINK" : `${file.place(["meters", n, "link"])}: meters[${n}].link`;
      throw wrong([`${place}: ${error.message}`]);
    }
    const { optical } = way;
    if (optical && meter.security !== undefined && meter.security !== "auto")
      throw wrong([`${at} has security ${meter.security}, and its optical port has nothing to choose: leave it out`]);
    const parsed = readKey(meter, n, at);
    const { fastest, wake } = way;
    return {
      id: meter.id,
      name: meter.name ?? meter.id,
      link: meter.link,
      optical,
      pipe: way.link,
      ...(fastest === undefined ? {} : { fastest }),
      ...(wake === undefined ? {} : { wake }),
      key: parsed.secret,
      keyForm: parsed.form,
      ...(meter.profile === undefined ? {} : { profile: meter.profile }),
      security: meter.security ?? "auto",
      clientId: meter.client_id ?? 0,
      interval: optical ? opticalPace(meter.interval, at) : (over.interval ?? meter.interval ?? interval),
      ...(meter.fuse_amps === undefined ? {} : { fuseAmps: meter.fuse_amps }),
      ...(meter.quiet === undefined ? {} : { quiet: meter.quiet }),
    };
  });
  for (const field of ["id", "link"] as const) {
    meters.forEach((meter, n) => {
      const first = meters.findIndex((other) => other[field] === meter[field]);
      if (first === n) return;
      const why = field === "id" ? "give each meter its own" : "one line carries one conversation";
      throw wrong([
        `${file.place(["meters", n, field])}: meters[${n}].${field} is that of meters[${first}] as well: ${why}`,
      ]);
    });
  }

  return frozen({
    http: {
      host: over.http?.host ?? base.http?.host ?? "127.0.0.1",
      port: over.http?.port ?? base.http?.port ?? 8765,
      portAsked: (over.http?.port ?? base.http?.port) !== undefined,
      allowedHosts: over.http?.allowed_hosts ?? base.http?.allowed_hosts ?? [],
    },
    data: resolve(over.data ?? (base.data === undefined ? defaultData : from(base.data))),
    history: { raw: base.history?.raw ?? 2 * day, minutes: base.history?.minutes ?? 1_825 * day },
    logLevel: over.log?.level ?? base.log?.level ?? "info",
    interval,
    meters,
    warnings: [...fromEnv.warnings, ...unknownVariables(env)],
  });
};

/** The environment speaks of the only meter: it changes the one in the file, or is the one. */
const mergedMeters = (inFile: readonly MeterInput[], inEnv: MeterOverlay | undefined): readonly MeterInput[] => {
  if (inEnv === undefined) return inFile;
  const { id = "home", link, ...said } = inEnv;
  const base = inFile[0] ?? (link === undefined ? undefined : { id, link, name: "Meter" });
  if (base === undefined) return inFile;
  const meter: MeterInput = { ...base, ...(link === undefined ? {} : { link }), ...said };
  // A key from the environment replaces a key file, and the other way round.
  if (said.key !== undefined) delete meter.key_file;
  else if (said.key_file !== undefined) delete meter.key;
  return [meter];
};

const unknownVariables = (env: Environment): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith("METERPORT_") && !environmentNames.includes(name))
    .map((name) => {
      const meant = didYouMean(name, environmentNames);
      return `${name} in the environment is not known and is ignored${meant === undefined ? "" : `; did you mean ${meant}?`}`;
    });
