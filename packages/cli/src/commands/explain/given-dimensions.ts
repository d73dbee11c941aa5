/** Dimensions of the meter whose bytes are explained, if the user knows them, instead of the factory defaults. */
import { fromHex } from "@meterport/protocol/bytes";
import { LayoutError, UsageError } from "@meterport/protocol/errors";
import { decode, type Profile, parseProfile } from "@meterport/protocol/layout/index";
import { dimensionTables } from "@meterport/protocol/tables/dimension-tables";
import { type Dimensions, defaultDimensions } from "@meterport/protocol/tables/index";
import { logDimensions } from "@meterport/protocol/tables/log-dimensions";
import type { Io } from "../../io/io.ts";
import { didYouMean } from "../../options/nearest.ts";
import type { ExplainOptions } from "./options.ts";

/** The tables that a layout may depend on, for a profile. */
export type DimensionsOf = (profile: Profile) => Dimensions;

/** A table's value, or its bytes. */
type Given = readonly [id: string, value: Readonly<Record<string, unknown>> | Uint8Array];

const wrong = (detail: string): UsageError => new UsageError("dimensions", detail);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const checkId = (id: string): string => {
  const known = [...dimensionTables.keys()];
  if (dimensionTables.has(id)) return id;
  throw wrong(
    `"${id.slice(0, 20)}" holds no dimensions${didYouMean(id, known) || `; dimensions are in ${known.join(", ")}`}`,
  );
};

const parseJson = (text: string, what: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Reported below.
  }
  throw wrong(`${what} is not a JSON object such as {"BT21":{"tiers":8}}`);
};

interface Document {
  /** The device, if the document names it. */
  readonly profile: string | undefined;
  readonly given: readonly Given[];
}

/** Fields that only some meters have and no layout depends on: fillers that happen to be set, and the sets of BT00. */
const optional = /^((filler|reserved)\d+|(basic|extended)(Tables|Procedures)(Used|Writable)|setsEnd)$/;

/** The fields of a dumped value that can be dimensions: not bytes, dates or fields that the table may lack. */
const numbersOf = (value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([name, field]) =>
        !optional.test(name) && (typeof field === "number" || typeof field === "boolean" || Array.isArray(field)),
    ),
  );

/** A dump holds more than dimensions; a document written for this option holds nothing else. */
const fromDocument = (text: string, io: Io): Document => {
  const inline = text.trimStart().startsWith("{");
  const what = inline ? "--dims" : `--dims ${text.slice(0, 60)}`;
  const document = parseJson(inline ? text : io.readText(text), what);
  const dump = isRecord(document.tables) ? document.tables : undefined;
  const entries = Object.entries(dump ?? document).filter(([id]) => dump === undefined || dimensionTables.has(id));
  const profile = dump !== undefined && isRecord(document.meter) ? document.meter.profile : undefined;
  return {
    profile: typeof profile === "string" ? profile : undefined,
    given: entries.map(([id, value]): Given => {
      if (!isRecord(value)) throw wrong(`${what}: ${id.slice(0, 20)} is not an object with the table's fields`);
      return [checkId(id), dump === undefined ? value : numbersOf(value)];
    }),
  };
};

const fromBytes = (text: string): Given => {
  const [id = "", digits] = text.split(/=(.*)/s);
  const bytes = digits === undefined ? undefined : fromHex(digits.replace(/\s/g, ""));
  if (bytes === undefined || bytes.length === 0)
    throw wrong(`--with "${text.slice(0, 40)}" is not of the form ET11=0542…`);
  return [checkId(id.trim().toUpperCase()), bytes];
};

/** Only fields that the table has on this profile, each of the right kind: bytes are never dimensions. */
const merged = (id: string, base: unknown, given: Readonly<Record<string, unknown>>): unknown => {
  const known = base as Readonly<Record<string, unknown>>;
  const fields = Object.entries(given).filter(([name, value]) => {
    if (!(name in known)) throw wrong(`${id} has no "${name.slice(0, 40)}"${didYouMean(name, Object.keys(known))}`);
    if (known[name] instanceof Uint8Array) return false;
    if (typeof value !== typeof known[name] || Array.isArray(value) !== Array.isArray(known[name]))
      throw wrong(
        `${id}.${name} is a ${Array.isArray(known[name]) ? "list" : typeof known[name]}, not ${JSON.stringify(value)?.slice(0, 40)}`,
      );
    return true;
  });
  return { ...known, ...Object.fromEntries(fields) };
};

const apply = (env: Dimensions, [id, given]: Given): Dimensions => {
  const table = dimensionTables.get(id);
  if (table === undefined) return env;
  if (!(given instanceof Uint8Array)) return { ...env, [id]: merged(id, env[id as keyof Dimensions], given) };
  try {
    return { ...env, [id]: decode(table, given, env, { trailing: "keep" }) as unknown };
  } catch (error) {
    if (error instanceof LayoutError) throw wrong(`--with ${id}: ${error.message}`);
    throw error;
  }
};

/** The entries of register logs are as long as the registers. */
const registers: readonly string[] = ["BT20", "BT21", "ET11"];

/** The device that the bytes come from, and its dimensions; each `undefined` if not given. */
export interface Device {
  readonly profile: Profile | undefined;
  readonly dimensions: DimensionsOf | undefined;
}

/**
 * The device that `--profile`, `--dims` and `--with` describe: the factory dimensions with their changes. A dump knows
 * its profile.
 *
 * @throws UsageError (`dimensions`)
 */
export const deviceOf = (options: Pick<ExplainOptions, "profile" | "dims" | "with">, io: Io): Device => {
  const document = options.dims === undefined ? undefined : fromDocument(options.dims, io);
  const given = [...(document?.given ?? []), ...(options.with ?? []).map(fromBytes)];
  const name = options.profile ?? document?.profile;
  const profile = name === undefined ? undefined : parseProfile(name);
  if (given.length === 0) return { profile, dimensions: undefined };
  if (profile === undefined) throw wrong("dimensions need a device: add --profile, as in --profile meter:3.70");
  const first = given.filter(([id]) => registers.includes(id));
  const others = given.filter(([id]) => !registers.includes(id));
  const changed = first.reduce(apply, defaultDimensions(profile));
  const dimensions = others.reduce(apply, { ...changed, ...logDimensions(changed) });
  return { profile, dimensions: () => dimensions };
};
