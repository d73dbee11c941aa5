/** Settings of all rules and of estimation: defaults, reading what people wrote, and the JSON Schema for their editor. */
import { UsageError } from "@meterport/protocol/errors";
import type { Setting, Settings, SettingValues } from "./rules/rule.ts";
import { methods, rules } from "./rules/rules.ts";

type Declared = (typeof rules)[number] | (typeof methods)[number];

/** For each rule and each way to estimate whether it is used, and the values of its settings. */
export type VeeSettings = {
  readonly [D in Declared as D["name"]]: SettingValues<D["settings"]> & { readonly on: boolean };
};

interface Entry {
  readonly name: string;
  readonly sentence: string;
  readonly settings: Settings;
}
const declared: readonly Entry[] = [...rules, ...methods];

const use: Setting = { default: true, text: "whether it is used" };
const settingsOf = ({ settings }: Entry): Readonly<Record<string, Setting>> => ({ on: use, ...settings });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What is wrong with a value; undefined if nothing is. */
const complaintOf = (setting: Setting, value: unknown): string | undefined => {
  if (!("unit" in setting)) return typeof value === "boolean" ? undefined : "must be true or false";
  const { least, most, whole, unit } = setting;
  const fits = typeof value === "number" && value >= least && value <= most;
  if (fits && (whole !== true || Number.isInteger(value))) return undefined;
  return `must be a ${whole === true ? "whole " : ""}number of ${unit} from ${least} to ${most}`;
};

const known = (names: readonly string[]): string => (names.length === 0 ? "" : `; known: ${names.join(", ")}`);

/** The values of one rule: those that were given, else the defaults. */
const valuesOf = (entry: Entry, given: unknown, complain: (text: string) => void): Record<string, unknown> => {
  const settings = settingsOf(entry);
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(settings).map(([key, setting]) => [key, setting.default]),
  );
  if (given === undefined) return values;
  if (!isRecord(given)) {
    complain(`${entry.name} must be an object of settings`);
    return values;
  }
  for (const [key, value] of Object.entries(given)) {
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    const complaint = setting === undefined ? undefined : complaintOf(setting, value);
    if (setting === undefined) complain(`${entry.name} has no setting ${shown(key)}${known(Object.keys(settings))}`);
    else if (complaint !== undefined) complain(`${entry.name}.${key} ${complaint}`);
    else values[key] = value;
  }
  return values;
};

const shown = (key: string): string => JSON.stringify(key.slice(0, 40));
const mostComplaints = 20;

/**
 * Settings out of what was written in a configuration; what is not given has its default.
 *
 * @throws UsageError (`vee-settings`) with everything that is wrong, one after the other
 * @example
 * readVeeSettings({ spike: { ratio: 4 } }).spike.ratio // 4
 */
export const readVeeSettings = (given: unknown = {}): VeeSettings => {
  const complaints: string[] = [];
  const record = isRecord(given) ? given : {};
  if (record !== given) complaints.push("the settings of vee must be an object of rules");
  const names = declared.map(({ name }) => name);
  for (const name of Object.keys(record))
    if (!names.includes(name)) complaints.push(`there is no rule ${shown(name)}${known(names)}`);
  const values = Object.fromEntries(
    declared.map((entry) => {
      const own = Object.hasOwn(record, entry.name) ? record[entry.name] : undefined;
      return [entry.name, valuesOf(entry, own, (text) => complaints.push(text))];
    }),
  );
  if (complaints.length > 0) throw new UsageError("vee-settings", complaints.slice(0, mostComplaints).join("\n"));
  return values as VeeSettings;
};

/** All defaults. */
export const defaultVeeSettings: VeeSettings = readVeeSettings();

const schemaOf = (setting: Setting): Readonly<Record<string, unknown>> => {
  const { default: fallback, text } = setting;
  if (!("unit" in setting)) return { type: "boolean", default: fallback, description: text };
  const { whole, least, most, unit } = setting;
  return {
    type: whole === true ? "integer" : "number",
    minimum: least,
    maximum: most,
    default: fallback,
    description: `${text} (${unit})`,
  };
};

/** The settings as JSON Schema, draft 2020-12. */
export const veeSettingsSchema = (): Readonly<Record<string, unknown>> => ({
  type: "object",
  additionalProperties: false,
  properties: Object.fromEntries(
    declared.map((entry) => [
      entry.name,
      {
        type: "object",
        description: entry.sentence,
        additionalProperties: false,
        properties: Object.fromEntries(
          Object.entries(settingsOf(entry)).map(([key, setting]) => [key, schemaOf(setting)]),
        ),
      },
    ]),
  ),
});
