/** What the user says of a device of their own: who it is, what it answers, and how that is written. */
import { OwnSources } from "@meterport/gateway/device/own-sources";
import { fromHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import {
  type PostField,
  type PostForm,
  type PostForms,
  type PostKind,
  thirdPartyForms,
} from "@meterport/protocol/procedures/post-messages";
import { mepIdentification } from "@meterport/protocol/tables/extended/mep-identification";
import type { Io } from "../../io/io.ts";
import { parseInterval, parseWhole } from "../../options/option-values.ts";
import type { DeviceOptions } from "./options.ts";

const usualClass = 5;

const bytesOf = (text: string | undefined, option: string, what: string): Uint8Array => {
  const bytes = text === undefined ? undefined : fromHex(text.replace(/^hex:/i, ""));
  if (bytes !== undefined) return bytes;
  throw new UsageError(
    "identification",
    text === undefined ? `${option} is missing: give ${what}, in hex` : `${option} is not hex: give ${what}`,
  );
};

/** The 30 bytes for ET50. @throws UsageError (`identification`) */
export const identificationOf = (options: DeviceOptions): Uint8Array =>
  mepIdentification({
    manufacturer: bytesOf(options.manufacturer, "--manufacturer", "the three bytes of the device's maker"),
    deviceClass: options.class === undefined ? usualClass : parseWhole(options.class, "--class", 0, 255),
    programId: bytesOf(options.program ?? "", "--program", "the program id"),
    uniqueId: bytesOf(options.unique, "--unique", "the unique id of this very device"),
  });

const kinds: readonly PostKind[] = [
  "scheduled-read",
  "scheduled-read-and-alarms",
  "on-demand",
  "clear-mbus-alert",
  "clear-delta-alert",
];
const fields: readonly PostField[] = ["success", "transaction", "handle", "alarms", "length8", "length16", "data"];

const isForm = (form: unknown): form is PostForm & { readonly message: PostKind } => {
  const { message, type, fields: own } = (form ?? {}) as { message?: unknown; type?: unknown; fields?: unknown };
  return (
    kinds.includes(message as PostKind) &&
    Number.isInteger(type) &&
    (type as number) >= 0 &&
    (type as number) <= 255 &&
    Array.isArray(own) &&
    own.length <= fields.length + 1 &&
    own.every((field) => fields.includes(field as PostField))
  );
};

/** @throws UsageError (`forms`) */
const formsIn = (path: string, io: Io): PostForms => {
  const wrong = (what: string): never => {
    throw new UsageError(
      "forms",
      `${path}: ${what}; write [{"message": "on-demand", "type": 6, "fields": ["transaction", "success", "length16", "data"]}], with messages ${kinds.join(", ")} and fields ${fields.join(", ")}`,
    );
  };
  let listed: unknown;
  try {
    listed = JSON.parse(io.readText(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return wrong("this is not JSON");
  }
  if (!Array.isArray(listed)) return wrong("this is not a list of forms");
  const forms: Partial<Record<PostKind, PostForm>> = {};
  for (const [index, form] of listed.entries()) {
    if (!isForm(form)) return wrong(`form ${index + 1} is wrong`);
    if (forms[form.message] !== undefined) return wrong(`${form.message} has two forms`);
    forms[form.message] = { type: form.type, fields: form.fields };
  }
  const types = Object.values(forms).map(({ type }) => type);
  return new Set(types).size === types.length ? forms : wrong("two messages have the same type");
};

/** How its messages are written; none by default, and then nothing is posted. @throws UsageError (`forms`) */
export const formsOf = ({ post }: DeviceOptions, io: Io): PostForms =>
  post === undefined ? {} : post === "third-party" ? thirdPartyForms : formsIn(post, io);

/** What it answers. @throws UsageError (`source`) */
export const readingsOf = ({ answer, telegram, maxAge }: DeviceOptions, io: Io): OwnSources => {
  const age = parseInterval(maxAge, "--max-age");
  const readings = answer.map((text, i) => {
    const [, quantity, unit, value] =
      /^([^:=]{1,60})(?::([^=]{1,20}))?=\s*(-?\d{1,15}(?:\.\d{1,9})?)\s*$/.exec(text) ?? [];
    if (quantity === undefined || value === undefined)
      throw new UsageError(
        "source",
        `--answer ${JSON.stringify(io.hide(text).slice(0, 60))} is no reading: write a quantity of M-Bus, its unit and a number, as in volume:m³=123.456`,
      );
    const settings = { name: `reading ${i + 1}`, quantity: quantity.trim(), unit: unit?.trim() ?? null, maxAge: age };
    return { settings: { ...settings, topic: undefined }, said: { value: Number(value) } };
  });
  const records = telegram === undefined ? undefined : fromHex(telegram);
  if (telegram !== undefined && records === undefined) throw new UsageError("source", "--telegram is not hex");
  const raw = { name: "--telegram", quantity: "telegram", unit: null, maxAge: age, topic: undefined };
  const sources = new OwnSources([
    ...readings.map(({ settings }) => settings),
    ...(records === undefined ? [] : [raw]),
  ]);
  const moment = { wall: io.clock.wall(), now: io.clock.now() };
  for (const { settings, said } of readings) sources.take(settings.name, said, moment.wall, moment);
  if (records !== undefined) sources.take(raw.name, { records }, moment.wall, moment);
  return sources;
};
