/** Scripts of the head-end as people write them: JSON, checked field by field. */
import { UsageError } from "@meterport/protocol/errors";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { Millis } from "@meterport/protocol/ports";
import { longestFile } from "./file-transfer.ts";
import {
  deviceNames,
  frequencies,
  type HeadEndScript,
  type ScriptAction,
  type ScriptStep,
  scriptRequests,
} from "./script.ts";

type Json = Readonly<Record<string, unknown>>;

const wrong = (path: string, detail: string): UsageError =>
  new UsageError("head-end", `the script's ${path} ${detail}`);
const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const shown = (value: unknown): string => {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

/** One step, or the script itself: gives its fields, each once, and knows where it stands. */
class Fields {
  readonly #path: string;
  readonly #json: Json;
  readonly #taken = new Set<string>();

  constructor(path: string, json: Json) {
    this.#path = path;
    this.#json = json;
  }

  /** Whether the field is there. */
  has(name: string): boolean {
    return this.#json[name] !== undefined;
  }

  raw(name: string): unknown {
    this.#taken.add(name);
    return this.#json[name];
  }

  path(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  choice<T extends string>(name: string, known: readonly T[], otherwise?: T): T {
    const value = this.raw(name) ?? otherwise;
    if (typeof value === "string" && (known as readonly string[]).includes(value)) return value as T;
    throw wrong(this.path(name), `is ${shown(value)}; known: ${known.join(", ")}`);
  }

  whole(name: string, low: number, high: number, otherwise?: number): number {
    const value = this.raw(name) ?? otherwise;
    if (typeof value === "number" && Number.isInteger(value) && value >= low && value <= high) return value;
    throw wrong(this.path(name), `must be a whole number from ${low} to ${high}, not ${shown(value)}`);
  }

  flag(name: string): boolean {
    const value = this.raw(name) ?? false;
    if (typeof value === "boolean") return value;
    throw wrong(this.path(name), `must be true or false, not ${shown(value)}`);
  }

  /** A text with its unit, or milliseconds. */
  length(name: string, least: Millis = 0): Millis {
    const value = this.raw(name);
    const millis = typeof value === "string" ? parseDuration(value) : value;
    if (typeof millis === "number" && Number.isFinite(millis) && millis >= least) return millis;
    const atLeast = least > 0 ? ` of at least ${least}ms` : "";
    throw wrong(this.path(name), `must be a length of time${atLeast} like "10s" or "5min", not ${shown(value)}`);
  }

  /** Bytes as hex digits. */
  bytes(name: string, { least = 0, most = 512 }: { least?: number; most?: number } = {}): Uint8Array {
    const value = this.raw(name);
    const digits = typeof value === "string" ? value.replace(/\s/g, "") : "";
    const valid = typeof value === "string" && digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits);
    if (!valid) throw wrong(this.path(name), `must be bytes in hex like "01ff", not ${shown(value)}`);
    const count = digits.length / 2;
    if (count < least || count > most) {
      const wanted = least === most ? `${least}` : `${least} to ${most}`;
      throw wrong(this.path(name), `must have ${wanted} bytes, not ${count}`);
    }
    return Uint8Array.from({ length: count }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
  }

  device(among: readonly string[] = deviceNames): number {
    return (deviceNames as readonly string[]).indexOf(this.choice("device", among));
  }

  /** Refuses what nobody has asked for. */
  end(): void {
    for (const name of Object.keys(this.#json))
      if (!this.#taken.has(name)) {
        const known = [...this.#taken].join(", ");
        throw wrong(this.#path === "" ? "top level" : this.#path, `has no "${name.slice(0, 40)}"; known: ${known}`);
      }
  }
}

const mepNames = deviceNames.filter((name) => name.startsWith("mep"));
const mbusNames = deviceNames.filter((name) => name.startsWith("mbus"));

/** A file of that many bytes with nothing in it that repeats within a packet. */
const madeUpFile = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 8) * 13) & 0xff);

const fileOf = (fields: Fields): Uint8Array => {
  if (fields.has("data") === fields.has("bytes"))
    throw wrong(fields.path("data"), `or bytes is what a file consists of: give one of the two`);
  if (fields.has("data")) return fields.bytes("data", { least: 1, most: longestFile });
  return madeUpFile(fields.whole("bytes", 1, longestFile));
};

const readers = {
  "scheduled-read": (fields: Fields) => ({ device: fields.device(mepNames) }),
  "on-demand": (fields: Fields) => {
    const device = fields.device();
    const type = scriptRequests[fields.choice("type", Object.keys(scriptRequests) as (keyof typeof scriptRequests)[])];
    return { device, type, data: fields.has("data") ? fields.bytes("data") : undefined };
  },
  multicast: (fields: Fields) => ({
    data: fields.bytes("data", { least: 2 }),
    groups: fields.has("groups") ? fields.whole("groups", 1, 0xffff) : undefined,
  }),
  file: (fields: Fields) => ({
    device: fields.device(mepNames),
    file: fileOf(fields),
    macKey: fields.has("macKey") ? fields.bytes("macKey", { least: 16, most: 16 }) : undefined,
  }),
  remove: (fields: Fields) => ({ device: fields.device() }),
  discover: () => ({}),
  alarm: (fields: Fields) => ({ device: fields.device(mbusNames), status: fields.whole("status", 0, 255) }),
  "clear-alarms": (fields: Fields) => ({ device: fields.device() }),
  valve: (fields: Fields) => ({
    device: fields.device(mbusNames),
    valve: fields.choice("valve", ["open", "closed"] as const),
  }),
  "power-failure": (fields: Fields) => ({ lasts: fields.length("lasts", 1) }),
  delta: () => ({}),
  "mbus-change": () => ({}),
  downlink: (fields: Fields) => ({ device: fields.device(mepNames), data: fields.bytes("data") }),
  schedule: (fields: Fields) => ({
    device: fields.device(),
    frequency: frequencies[fields.choice("frequency", Object.keys(frequencies) as (keyof typeof frequencies)[])],
    day: fields.whole("day", 0, 39, 0),
    hour: fields.whole("hour", 0, 23, 0),
    minute: fields.whole("minute", 0, 59, 0),
  }),
} as const satisfies {
  readonly [K in ScriptAction["do"]]: (fields: Fields) => Omit<Extract<ScriptAction, { do: K }>, "do">;
};

const stepOf = (json: unknown, index: number): ScriptStep => {
  const path = `steps[${index}]`;
  if (!isRecord(json))
    throw wrong(path, `must be an object like { "at": "10s", "do": "scheduled-read", "device": "mep1" }`);
  const fields = new Fields(path, json);
  const at = fields.length("at");
  const every = fields.has("every") ? fields.length("every", 100) : undefined;
  const times = fields.has("times") ? fields.whole("times", 1, 1_000_000) : undefined;
  const name = fields.choice("do", Object.keys(readers) as ScriptAction["do"][]);
  const action = { do: name, ...readers[name](fields) } as ScriptAction;
  fields.end();
  if (times !== undefined && every === undefined) throw wrong(fields.path("times"), "needs every, the time in between");
  return { at, every, times, action };
};

/**
 * A script as JSON: `{ "forms": "virtual", "compatible": false, "steps": [ … ] }`, or the list of steps alone.
 *
 * @throws UsageError (`head-end`) with the place in the script
 * @example
 * parseHeadEndScript('[{"at":"10s","do":"scheduled-read","device":"mep1"}]').steps[0]?.at // 10000
 */
export const parseHeadEndScript = (text: string): HeadEndScript => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "it cannot be read";
    throw new UsageError("head-end", `the script is not JSON: ${why}`, { cause });
  }
  const whole = Array.isArray(json) ? { steps: json } : json;
  if (!isRecord(whole)) throw wrong("top level", "must be a list of steps, or an object with steps");
  const fields = new Fields("", whole);
  const forms = fields.choice("forms", ["virtual", "third-party"] as const, "virtual");
  const compatible = fields.flag("compatible");
  const steps = fields.raw("steps");
  fields.end();
  if (!Array.isArray(steps)) throw wrong("steps", `must be a list, not ${shown(steps)}`);
  return { forms, compatible, steps: steps.map(stepOf) };
};
