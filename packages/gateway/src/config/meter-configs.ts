/** The meters of a configuration, each complete: link, key, rhythm. */
import { resolve } from "node:path";
import type { QuietWindow } from "@meterport/engine/plan/quiet";
import { UsageError } from "@meterport/protocol/errors";
import { isSurelyKey } from "@meterport/protocol/key-hiding";
import { keyLength } from "@meterport/protocol/mep/security/digest";
import { type ParsedKey, parseKey, Secret } from "@meterport/protocol/mep/security/key";
import type { SecurityName } from "@meterport/protocol/mep/security/security-names";
import { passwordLength } from "@meterport/protocol/optical/services";
import type { Millis } from "@meterport/protocol/ports";
import type { PortLink } from "@meterport/transports/port-link";
import type { DeviceSettings } from "../settings/device-settings.ts";
import type { PriceSettings } from "../settings/price-settings.ts";
import type { SecretPlace } from "../settings/secret-value.ts";
import { wrong } from "./complaints.ts";
import type { MeterInput, MeterOverlay } from "./config-schema.ts";
import type { ConfigSources, Given } from "./config-sources.ts";
import { deviceConfig } from "./device-config.ts";
import { priceConfig } from "./price-config.ts";
import type { SecretReader } from "./secret-reader.ts";

/** How often a set of values is read, or `off`; undefined leaves it to the plan. */
export type Rate = Millis | "off" | undefined;

/** The rates beside that of the live values, which is `interval`. */
export interface MeterRates {
  readonly power?: Rate;
  readonly quality?: Rate;
  readonly events?: Rate;
  readonly profile?: Rate;
  readonly clock?: Rate;
  readonly state?: Rate;
  readonly children?: Rate;
}

export interface MeterConfig {
  readonly id: string;
  readonly name: string;
  /** The group of meters that it belongs to; none if omitted. */
  readonly group?: string | undefined;
  /** "/dev/ttyUSB0", "tcp://host:port", "optical:///dev/ttyUSB1"; never a key. */
  readonly link: string;
  /** Whether the link leads to the meter's optical port. */
  readonly optical: boolean;
  /** The link without the word "optical", which is opened. */
  readonly pipe: string;
  /** The highest speed to offer to an optical port, if the link sets it. */
  readonly fastest?: number | undefined;
  /** Bytes that wake the meter before each session on its optical port. */
  readonly wake?: number | undefined;
  readonly key: Secret;
  /** The form in which the key was read. */
  readonly keyForm: string;
  /** "meter:3.70": the profile, for a meter that does not identify itself. */
  readonly profile?: string | undefined;
  /** `auto` takes what the port speaks, and never falls back from TLS to RC4, not even after a restart. */
  readonly security: SecurityName;
  /** The client ID that the meter logs under TLS and at its optical port. */
  readonly clientId: number;
  /** How often the live values are read. */
  readonly interval: Millis;
  readonly rates?: MeterRates | undefined;
  /** IANA name of the zone of the metering point's days; UTC if omitted. */
  readonly zone?: string | undefined;
  readonly fuseAmps?: number | undefined;
  /** Quiet windows of the machine's local day, in which the meter is not read. */
  readonly quiet?: readonly QuietWindow[] | undefined;
  /** Whether missing intervals are read from the meter's memory; yes if omitted. */
  readonly backFill?: boolean | undefined;
  /** What its energy costs; nobody knows if omitted. */
  readonly prices?: PriceSettings | undefined;
  /** What it may do there as a device of the grid; it only reads if omitted. */
  readonly device?: DeviceSettings | undefined;
}

/**
 * A session on the optical port keeps the MEP port of meters before firmware 4.0 silent, and ends some seconds after each reading. A
 * meter may end a session of ten minutes and rest for five (ET51), so sessions must not run into one another.
 */
const opticalInterval = { usual: 60_000, least: 10_000 } as const;

/** What all meters share unless they say otherwise. */
export interface MeterDefaults {
  readonly interval: Millis;
  readonly zone: string;
  readonly backFill: boolean;
}

interface Context {
  readonly given: Given;
  readonly sources: ConfigSources;
  readonly secrets: SecretReader;
  readonly defaults: MeterDefaults;
}

/** One meter of the configuration, with the text for its place. */
interface Placed {
  readonly meter: MeterInput;
  readonly index: number;
  /** "meterport.yaml:3:5: meters[0]" */
  readonly at: () => string;
}

/** "meterport.yaml:3:11: meters[0].link" */
const fieldOf = ({ place, named }: Given, index: number, field: string): string =>
  `${place(["meters", index, field])}: ${named(["meters", index, field])}`;

/** @throws UsageError with a line for each meter that is wrong */
export const meterConfigs = (context: Context): readonly MeterConfig[] => {
  const { base, over, place, named } = context.given;
  const sentences: string[] = [];
  const meters = mergedMeters(base.meters ?? [], over.meters?.[0]).flatMap((meter, index): MeterConfig[] => {
    const inFile = base.meters?.[index] !== undefined;
    const at = () =>
      inFile ? `${place(["meters", index])}: ${named(["meters", index])}` : "environment: the meter of METERPORT_LINK";
    try {
      return [meterConfig({ meter, index, at }, context)];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      sentences.push(error.message);
      return [];
    }
  });
  sentences.push(...twins(base.meters ?? [], context.given));
  if (sentences.length > 0) throw wrong(sentences);
  return meters;
};

const meterConfig = (placed: Placed, context: Context): MeterConfig => {
  const { meter, at } = placed;
  const { given, sources, defaults } = context;
  if (meter.interval !== undefined && meter.rates?.live !== undefined)
    throw wrong([`${at()} has interval and rates.live, which are the same: keep one of them`]);
  const own = meter.interval ?? meter.rates?.live;
  const { optical, link: pipe, fastest, wake } = checkedLink(placed, given, sources);
  if (optical && meter.security !== undefined && meter.security !== "auto")
    throw wrong([`${at()} has security ${meter.security}, and its optical port offers no choice: omit it`]);
  const { secret, form } = readKey(placed, optical ? passwordLength : keyLength, context);
  const { live: _, ...rates } = meter.rates ?? {};
  if (optical && typeof rates.power === "number") slowEnough(rates.power, "power read", at);
  return {
    id: meter.id,
    name: meter.name ?? meter.id,
    group: meter.group,
    link: meter.link,
    optical,
    pipe,
    fastest,
    wake,
    key: secret,
    keyForm: form,
    profile: meter.profile,
    security: meter.security ?? "auto",
    clientId: meter.client_id ?? 0,
    interval: optical ? opticalPace(own, at, given) : (given.over.interval ?? own ?? defaults.interval),
    rates,
    zone: meter.zone ?? defaults.zone,
    fuseAmps: meter.fuse_amps,
    quiet: meter.quiet,
    backFill: meter.back_fill ?? defaults.backFill,
    prices: pricesOf(placed, context),
    device: deviceOf(placed, optical, given),
  };
};

const pricesOf = ({ meter, index }: Placed, { given, secrets }: Context): PriceSettings | undefined => {
  if (meter.prices === undefined) return undefined;
  try {
    return priceConfig(
      meter.prices,
      (place) => new Secret(new TextEncoder().encode(secrets.read(place, "file", given.fromFile))),
    );
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw wrong([`${fieldOf(given, index, "prices")}: ${error.message}`]);
  }
};

const deviceOf = ({ meter, index, at }: Placed, optical: boolean, given: Given): DeviceSettings | undefined => {
  if (meter.device === undefined) return undefined;
  if (optical)
    throw wrong([`${at()} has device, and its link leads to the optical port: a device is one at a MEP port`]);
  try {
    return deviceConfig(meter.device);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw wrong([`${fieldOf(given, index, "device")}: ${error.message}`]);
  }
};

const checkedLink = ({ meter, index }: Placed, given: Given, sources: ConfigSources): PortLink => {
  try {
    const found = sources.portLinkOf(meter.link);
    sources.checkLink(found.link);
    const [, host = ""] = /^[a-z0-9+.-]+:\/\/([^/:?]*)/i.exec(meter.link) ?? [];
    if (isSurelyKey(host)) throw new UsageError("link", "the host looks like a key: write the host there");
    return found;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const inEnvironment = given.over.meters?.[0]?.link !== undefined;
    throw wrong([`${inEnvironment ? "METERPORT_LINK" : fieldOf(given, index, "link")}: ${error.message}`]);
  }
};

const keyFields = ["key", "key_file", "key_credential"] as const;

const placeOfKey = ({ key, key_file, key_credential }: MeterInput): SecretPlace | undefined => {
  if (key_file !== undefined) return { kind: "file", file: key_file };
  return key_credential !== undefined ? { kind: "credential", name: key_credential } : key;
};

/** The key itself, or that of its file, of which `counted` bytes count. */
const readKey = ({ meter, index, at }: Placed, counted: number, { given, secrets }: Context): ParsedKey => {
  const fields = keyFields.filter((name) => meter[name] !== undefined);
  const [field] = fields;
  const place = placeOfKey(meter);
  if (field === undefined || place === undefined)
    throw wrong([`${at()} has no key: add key, or key_file with the name of a file that holds it`]);
  if (fields.length > 1) throw wrong([`${at()} has ${fields.join(" and ")}: keep one of them`]);
  // A path in a variable is relative to the current folder, one in the file to the file's folder.
  const inFile = !keyFields.some((name) => given.over.meters?.[0]?.[name] !== undefined);
  const here = (): string => (inFile ? fieldOf(given, index, field) : `METERPORT_${field.toUpperCase()}`);
  const fromFile = inFile ? given.fromFile : resolve;
  try {
    const text = secrets.read(place, "key file", fromFile);
    return parsedKey(text, counted, place, fromFile);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw wrong([`${here()}: ${error.message}`]);
  }
};

const parsedKey = (
  text: string,
  counted: number,
  place: SecretPlace,
  fromFile: (name: string) => string,
): ParsedKey => {
  try {
    return parseKey(text, counted);
  } catch (error) {
    const holder =
      place.kind === "file"
        ? `key file ${fromFile(place.file)}: `
        : place.kind === "credential"
          ? `credential ${place.name}: `
          : "";
    throw new UsageError("config", `${holder}${error instanceof UsageError ? error.message : "holds no key"}`);
  }
};

const slowEnough = (pace: Millis, what: "an interval" | "power read", at: () => string): void => {
  const { least } = opticalInterval;
  if (pace >= least) return;
  const [how, cure] = what === "power read" ? ["each", "raise or omit rates.power"] : ["of", "raise the interval"];
  throw wrong([
    `${at()} has ${what} ${how} ${pace / 1000} s, but the minimum through an optical port is ${least / 1000} s, because its MEP port may be silent meanwhile: ${cure}`,
  ]);
};

/** A common interval is raised for a meter that cannot be read so often; its own interval is refused. */
const opticalPace = (own: Millis | undefined, at: () => string, { over, base }: Given): Millis => {
  const { usual, least } = opticalInterval;
  if (own !== undefined) slowEnough(own, "an interval", at);
  return Math.max(over.interval ?? own ?? base.interval ?? usual, least);
};

/** A sentence for each meter with the id or the link of another. */
const twins = (meters: readonly MeterInput[], given: Given): readonly string[] =>
  (["id", "link"] as const).flatMap((field) => {
    const first = new Map<string, number>();
    const why = field === "id" ? "give each meter its own" : "one line carries one conversation";
    return meters.flatMap((meter, n) => {
      const earlier = first.get(meter[field]);
      if (earlier === undefined) first.set(meter[field], n);
      return earlier === undefined
        ? []
        : [`${fieldOf(given, n, field)} is the same as that of ${given.named(["meters", earlier])}: ${why}`];
    });
  });

/** The environment configures the only meter: it changes the one in the file, or defines it. */
const mergedMeters = (inFile: readonly MeterInput[], inEnv: MeterOverlay | undefined): readonly MeterInput[] => {
  if (inEnv === undefined) return inFile;
  const { id = "home", link, ...said } = inEnv;
  const base = inFile[0] ?? (link === undefined ? undefined : { id, link, name: "Meter" });
  if (base === undefined) return inFile;
  const meter: MeterInput = { ...base, ...(link === undefined ? {} : { link }), ...said };
  // A key from the environment replaces that of the file, wherever it is.
  if (keyFields.some((name) => said[name] !== undefined))
    for (const name of keyFields) if (said[name] === undefined) delete meter[name];
  return [meter];
};
