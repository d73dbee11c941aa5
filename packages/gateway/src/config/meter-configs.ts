/** The meters of a configuration, each complete: link, key, rhythm. */
import { resolve } from "node:path";
import type { QuietWindow } from "@meterport/engine/plan/quiet";
import { UsageError } from "@meterport/protocol/errors";
import { isSurelyKey } from "@meterport/protocol/key-hiding";
import { keyLength } from "@meterport/protocol/mep/security/digest";
import { type ParsedKey, parseKey, type Secret } from "@meterport/protocol/mep/security/key";
import type { SecurityName } from "@meterport/protocol/mep/security/security-names";
import { passwordLength } from "@meterport/protocol/optical/services";
import type { Millis } from "@meterport/protocol/ports";
import type { PortLink } from "@meterport/transports/port-link";
import { wrong } from "./complaints.ts";
import type { MeterInput, MeterOverlay } from "./config-schema.ts";
import type { ConfigSources, Given } from "./config-sources.ts";

export interface MeterConfig {
  readonly id: string;
  readonly name: string;
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
  readonly interval: Millis;
  readonly fuseAmps?: number | undefined;
  /** Quiet windows of the machine's local day, in which the meter is not read. */
  readonly quiet?: readonly QuietWindow[] | undefined;
}

/**
 * A session on the optical port keeps the MEP port of meters before firmware 4.0 silent, and ends some seconds after each reading. A
 * meter may end a session of ten minutes and rest for five (ET51), so sessions must not run into one another.
 */
const opticalInterval = { usual: 60_000, least: 10_000 } as const;

/** One meter of the configuration, with the text for its place. */
interface Placed {
  readonly meter: MeterInput;
  readonly index: number;
  /** "meterport.yaml:3: meters[0]" */
  readonly at: string;
}

/** @throws UsageError for the first meter that is wrong */
export const meterConfigs = (given: Given, sources: ConfigSources, interval: Millis): readonly MeterConfig[] => {
  const { base, over, place } = given;
  const meters = mergedMeters(base.meters ?? [], over.meters?.[0]).map((meter, index): MeterConfig => {
    const inFile = base.meters?.[index] !== undefined;
    const at = inFile ? `${place(["meters", index])}: meters[${index}]` : "environment: the meter of METERPORT_LINK";
    return meterConfig({ meter, index, at }, given, sources, interval);
  });
  refuseTwins(meters, place);
  return meters;
};

const meterConfig = (placed: Placed, given: Given, sources: ConfigSources, interval: Millis): MeterConfig => {
  const { meter, at } = placed;
  if (meter.key !== undefined && meter.key_file !== undefined)
    throw wrong([`${at} has key and key_file: keep one of them`]);
  const { optical, link: pipe, fastest, wake } = checkedLink(placed, given, sources);
  if (optical && meter.security !== undefined && meter.security !== "auto")
    throw wrong([`${at} has security ${meter.security}, and its optical port offers no choice: omit it`]);
  const { secret, form } = readKey(placed, optical ? passwordLength : keyLength, given, sources);
  return {
    id: meter.id,
    name: meter.name ?? meter.id,
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
    interval: optical ? opticalPace(placed, given) : (given.over.interval ?? meter.interval ?? interval),
    fuseAmps: meter.fuse_amps,
    quiet: meter.quiet,
  };
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
    const place = inEnvironment ? "METERPORT_LINK" : `${given.place(["meters", index, "link"])}: meters[${index}].link`;
    throw wrong([`${place}: ${error.message}`]);
  }
};

/** The key itself, or that of its file; `counted` bytes count. */
const readKey = (placed: Placed, counted: number, given: Given, sources: ConfigSources): ParsedKey => {
  const { meter, index, at } = placed;
  if (meter.key !== undefined && "read" in meter.key) return meter.key.read(counted);
  const name = meter.key?.file ?? meter.key_file;
  if (name === undefined) throw wrong([`${at} has no key: add key, or key_file with the name of a file that holds it`]);
  // A path in a variable is relative to the current folder, one in the file to the file's folder.
  const said = given.over.meters?.[0];
  const inFile = said?.key === undefined && said?.key_file === undefined;
  const path = inFile ? given.fromFile(name) : resolve(name);
  const field = meter.key === undefined ? "key_file" : "key";
  const here = inFile
    ? `${given.place(["meters", index, field])}: meters[${index}].${field}`
    : `METERPORT_${field.toUpperCase()}`;
  const content = sources.readFile(path);
  if (content === undefined) throw wrong([`${here}: key file ${path} does not exist`]);
  try {
    return parseKey(content.trim(), counted);
  } catch (error) {
    throw wrong([`${here}: key file ${path}: ${error instanceof UsageError ? error.message : "holds no key"}`]);
  }
};

/** A common interval is raised for a meter that cannot be read so often; its own interval is refused. */
const opticalPace = ({ meter, at }: Placed, { over, base }: Given): Millis => {
  const { usual, least } = opticalInterval;
  const own = meter.interval;
  if (own !== undefined && own < least)
    throw wrong([
      `${at} has an interval of ${own / 1000} s, but the minimum through an optical port is ${least / 1000} s, because its MEP port may be silent meanwhile: raise the interval`,
    ]);
  return Math.max(over.interval ?? own ?? base.interval ?? usual, least);
};

const refuseTwins = (meters: readonly MeterConfig[], place: Given["place"]): void => {
  for (const field of ["id", "link"] as const) {
    const first = new Map<string, number>();
    for (const [n, meter] of meters.entries()) {
      const earlier = first.get(meter[field]);
      if (earlier === undefined) {
        first.set(meter[field], n);
        continue;
      }
      const why = field === "id" ? "give each meter its own" : "one line carries one conversation";
      const here = `${place(["meters", n, field])}: meters[${n}].${field}`;
      throw wrong([`${here} is the same as that of meters[${earlier}]: ${why}`]);
    }
  }
};

/** The environment configures the only meter: it changes the one in the file, or defines it. */
const mergedMeters = (inFile: readonly MeterInput[], inEnv: MeterOverlay | undefined): readonly MeterInput[] => {
  if (inEnv === undefined) return inFile;
  const { id = "home", link, ...said } = inEnv;
  const base = inFile[0] ?? (link === undefined ? undefined : { id, link, name: "Meter" });
  if (base === undefined) return inFile;
  const meter: MeterInput = { ...base, ...(link === undefined ? {} : { link }), ...said };
  // A key from the environment replaces a key file, and vice versa.
  if (said.key !== undefined) delete meter.key_file;
  else if (said.key_file !== undefined) delete meter.key;
  return [meter];
};
