/** Lines and scripts as people write them: "baud=9600,latency=40ms,loss=1%,echo", and JSON. */
import { UsageError } from "@meterport/protocol/errors";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import {
  checkCondition,
  checkScript,
  type LineCondition,
  type LineScript,
  type LineStep,
  type SettingKind,
  settingKinds,
} from "./condition.ts";
import { faultNames } from "./faults.ts";

type Value = number | boolean | string;

const wrong = (detail: string): UsageError => new UsageError("line", detail);
const shown = (value: unknown): string => String(value).slice(0, 40);

/** "byte-loss" is byteLoss. */
const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** As people write it: byteLoss is "byte-loss". */
const hyphened = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** How each kind is written in text. */
const written: Readonly<Record<SettingKind, string>> = {
  baud: "a number of bits per second like 9600",
  millis: "a length of time like 40ms or 2s",
  count: "a whole number",
  rate: "a probability like 0.01 or 1%",
  flag: "written without a value",
  stuck: "silent or a byte like 0x00",
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The values of these settings if written without one. */
const impliedOf: Readonly<Record<string, Value>> = { firstNak: 1, firstRubbish: 1 };
/** The value of any other setting that is written without one. */
const implied: Readonly<Partial<Record<SettingKind, Value>>> = { flag: true, rate: 1, stuck: "silent" };

const fromText = (kind: SettingKind, text: string): Value | undefined => {
  if (kind === "millis") return parseDuration(text);
  if (kind === "flag") return text === "true" ? true : text === "false" ? false : undefined;
  if (kind === "stuck" && text === "silent") return text;
  const percent = kind === "rate" && text.endsWith("%");
  const digits = percent ? text.slice(0, -1) : text;
  if (!/^(\d{1,9}(\.\d{1,9})?|0x[0-9a-f]{1,2})$/i.test(digits)) return undefined;
  return percent ? Number(digits) / 100 : Number(digits);
};

/** The setting's value in a condition; lengths of time from JSON are numbers of milliseconds. */
const settingOf = (name: string, kind: SettingKind, value: unknown): Value => {
  const read = typeof value === "string" ? fromText(kind, value.trim()) : (value as Value);
  if (typeof read !== "number" && typeof read !== "boolean" && read !== "silent")
    throw wrong(`${name} must be ${written[kind]}, not "${shown(value)}"`);
  return read;
};

const kindOf = (name: string): SettingKind => {
  if (!Object.hasOwn(settingKinds, name))
    throw wrong(
      `a line has no setting "${hyphened(shown(name))}"; known: ${[...Object.keys(settingKinds), "toMeter", "toClient"].map(hyphened).join(", ")}`,
    );
  return settingKinds[name as keyof typeof settingKinds];
};

const conditionOf = (entries: Iterable<readonly [string, unknown]>): LineCondition => {
  const condition: Record<string, unknown> = {};
  const sides: Record<string, Record<string, Value>> = {};
  const set = (side: string, fault: string, value: unknown): void => {
    if (!(faultNames as readonly string[]).includes(fault))
      throw wrong(`${side} has no setting "${shown(fault)}"; known: ${faultNames.map(hyphened).join(", ")}`);
    sides[side] = { ...sides[side], [fault]: settingOf(`${side}.${fault}`, "rate", value ?? 1) };
  };
  for (const [given, value] of entries) {
    const [name = "", fault, ...more] = given.split(".").map((part) => camel(part.trim()));
    if ((name === "toMeter" || name === "toClient") && more.length === 0) {
      if (fault !== undefined) set(name, fault, value);
      else if (isRecord(value)) for (const [each, rate] of Object.entries(value)) set(name, camel(each), rate);
      else throw wrong(`${name} is for one direction: write ${name}.loss=1%, or in JSON { "loss": 0.01 }`);
      continue;
    }
    const kind = kindOf(fault === undefined ? name : given);
    const meant = value ?? impliedOf[name] ?? implied[kind];
    if (meant === undefined) throw wrong(`${name} needs a value: ${written[kind]}`);
    condition[name] = settingOf(name, kind, meant);
  }
  const read = { ...condition, ...sides } as LineCondition;
  checkCondition(read);
  return read;
};

/**
 * A condition in one line: settings with their values, separated by commas.
 *
 * @throws UsageError (`line`)
 * @example
 * parseLineCondition("baud=9600,latency=40ms,loss=1%,echo") // { baud: 9600, latency: 40, loss: 0.01, echo: 1 }
 * parseLineCondition("stuck=0x00,to-client.byte-loss=0.5") // { stuck: 0, toClient: { byteLoss: 0.5 } }
 * parseLineCondition("first-nak,short-frame=400") // { firstNak: 1, shortFrame: 400 }
 * parseLineCondition("cut=a") // throws UsageError
 */
export const parseLineCondition = (text: string): LineCondition =>
  conditionOf(
    text
      .split(",")
      .filter((part) => part.trim() !== "")
      .map((part) => {
        const at = part.indexOf("=");
        return at < 0 ? [part.trim(), undefined] : [part.slice(0, at).trim(), part.slice(at + 1)];
      }),
  );

const only = (what: string, record: Readonly<Record<string, unknown>>, known: readonly string[]): void => {
  for (const name of Object.keys(record))
    if (!known.includes(name)) throw wrong(`${what} has no "${shown(name)}"; known: ${known.join(", ")}`);
};

const stepOf = (step: unknown, index: number): LineStep => {
  const what = `step ${index + 1} of the script`;
  if (!isRecord(step) || !("at" in step))
    throw wrong(`${what} is not an object like { "at": "10s", "condition": "deaf" }`);
  only(what, step, ["at", "condition"]);
  const { at, condition = {} } = step;
  const time = settingOf(`${what}: at`, "millis", at) as number;
  if (typeof condition === "string") return { at: time, condition: parseLineCondition(condition) };
  if (!isRecord(condition)) throw wrong(`${what}: its condition is neither an object nor a text like "loss=1%"`);
  return { at: time, condition: conditionOf(Object.entries(condition)) };
};

/**
 * A script as JSON: a list of `{ "at": "10s", "condition": { … } }`, or `{ "repeat": "1min", "steps": [ … ] }`. A condition may
 * be written as text too; a length of time is a text with its unit, or a number of milliseconds.
 *
 * @throws UsageError (`line`)
 * @example
 * parseLineScript('[{"at":"2s","condition":"deaf"}]') // { steps: [{ at: 2000, condition: { deaf: true } }] }
 */
export const parseLineScript = (text: string): LineScript => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UsageError("line", `the script is not JSON: ${cause instanceof Error ? cause.message : "unreadable"}`, {
      cause,
    });
  }
  const { steps, repeat, ...rest } = Array.isArray(json)
    ? { steps: json, repeat: undefined }
    : isRecord(json)
      ? json
      : {};
  only("a script", rest, ["steps", "repeat"]);
  if (!Array.isArray(steps)) throw wrong("a script is a list of steps, or an object with steps and repeat");
  const again = repeat === undefined ? {} : { repeat: settingOf("repeat", "millis", repeat) as number };
  const script = { steps: steps.map(stepOf), ...again };
  checkScript(script);
  return script;
};
