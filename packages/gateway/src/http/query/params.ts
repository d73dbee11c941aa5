/** Query parameters: text that a schema turns into a value, or into one sentence on what is wrong with it. */
import { z } from "@hono/zod-openapi";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { Millis } from "@meterport/protocol/ports";
import { shown } from "../answers.ts";
import { parseMoment, parseStep } from "../history/query.ts";
import { cursorOf } from "./cursor.ts";

/** How the OpenAPI document describes a parameter. */
interface Described {
  readonly description: string;
  readonly example?: string | undefined;
}

type Parsed<T> = { readonly value: T } | { readonly problem: string };

const parsed = <T>(parse: (text: string) => Parsed<T>) =>
  z
    .string()
    .optional()
    .transform((text, context): T | undefined => {
      if (text === undefined) return undefined;
      const result = parse(text);
      if ("value" in result) return result.value;
      context.addIssue({ code: "custom", message: result.problem });
      return z.NEVER;
    });

/** A whole number from `least` to `most`. */
export const countParam = (
  name: string,
  { least, most, description, example }: Described & { readonly least: number; readonly most: number },
) =>
  parsed<number>((text) => {
    const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return count >= least && count <= most
      ? { value: count }
      : { problem: `${name}=${shown(text)} is not a whole number from ${least} to ${most}` };
  }).openapi({
    type: "integer",
    minimum: least,
    maximum: most,
    description,
    ...(example === undefined ? {} : { example: Number(example) }),
  });

/** Milliseconds since 1970. */
export const momentParam = (name: string, description: string) =>
  parsed<Millis>((text) => {
    const moment = parseMoment(text);
    return moment === undefined
      ? {
          // The plus of an offset is a space in an address.
          problem: `${name}=${shown(text)} is not a time: write for example 2026-01-01T12:00:00Z, or seconds since 1970${/T.* \d\d:\d\d$/.test(text) ? "; write + as %2B" : ""}`,
        }
      : { value: moment };
  }).openapi({
    type: "string",
    description: `${description}. ISO 8601 with a zone, or seconds since 1970`,
    example: "2026-01-01T00:00:00Z",
  });

/** Seconds of a step. */
export const stepParam = () =>
  parsed<number>((text) => {
    const step = parseStep(text);
    return step === undefined
      ? { problem: `step=${shown(text)} is not a step: write whole seconds, or for example 5m` }
      : { value: step };
  }).openapi({ type: "string", description: "Seconds, or a length of time; default: chosen to fit", example: "5m" });

/** A length of time. */
export const durationParam = (name: string, described: Described) =>
  parsed<Millis>((text) => {
    const length = parseDuration(text);
    return length === undefined
      ? { problem: `${name}=${shown(text)} is not a length of time: write for example 5s` }
      : { value: length };
  }).openapi({ type: "string", ...described });

/** Some of a long list are enough to show what is meant; the document has all. */
const listed = (words: readonly string[], separator: string): string =>
  words.length > 10 ? `${words.slice(0, 5).join(separator)} …` : words.join(separator);

/** One of some words. */
export const choiceParam = <const W extends string>(name: string, words: readonly W[], described: Described) =>
  parsed<W>((text) => {
    const word = words.find((each) => each === text);
    return word === undefined
      ? { problem: `${name}=${shown(text)} is unknown: write ${listed(words, ", ")}` }
      : { value: word };
  }).openapi({ type: "string", enum: [...words], ...described });

/** Some words, separated by commas. */
export const choicesParam = <const W extends string>(name: string, words: readonly W[], described: Described) =>
  parsed<readonly W[]>((text) => {
    const chosen = text.split(",", words.length + 1);
    const wrong = chosen.find((each) => !(words as readonly string[]).includes(each));
    return wrong === undefined && chosen.length <= words.length
      ? { value: [...new Set(chosen)] as W[] }
      : { problem: `${name}: ${shown(wrong ?? text)} is unknown: write some of ${listed(words, ",")}` };
  }).openapi({ type: "string", ...described });

const word = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

/** Words that are not known beforehand, such as kinds of events, separated by commas. */
export const wordsParam = (name: string, described: Described) =>
  parsed<readonly string[]>((text) => {
    const words = text.split(",", 65);
    return words.length <= 64 && words.every((each) => word.test(each))
      ? { value: words }
      : { problem: `${name}=${shown(text)} is not a list of up to 64 names, separated by commas` };
  }).openapi({ type: "string", ...described });

/** One such word. */
export const wordParam = (name: string, described: Described) =>
  parsed<string>((text) =>
    word.test(text) ? { value: text } : { problem: `${name}=${shown(text)} is not a name of letters, digits, - and _` },
  ).openapi({ type: "string", ...described });

/** Any text of at most `most` characters. */
export const textParam = (name: string, { most, ...described }: Described & { readonly most: number }) =>
  parsed<string>((text) =>
    text.length <= most ? { value: text } : { problem: `${name} has more than ${most} characters` },
  ).openapi({ type: "string", maxLength: most, ...described });

/** An IANA time zone. */
export const zoneParam = () =>
  parsed<string>((text) => {
    try {
      return text.length <= 60 && text !== ""
        ? { value: new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone }
        : { problem: `zone=${shown(text)} is not a time zone: write for example Europe/Berlin` };
    } catch {
      return { problem: `zone=${shown(text)} is not a time zone: write for example Europe/Berlin` };
    }
  }).openapi({
    type: "string",
    description: "IANA zone of the days, months and years; default: that of the point",
    example: "Europe/Berlin",
  });

/** A number from 0 to 100. */
export const percentParam = (name: string, description: string) =>
  parsed<number>((text) => {
    const percent = /^\d{1,3}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
    return percent <= 100
      ? { value: percent }
      : { problem: `${name}=${shown(text)} is not a number from 0 to 100, for example 99.5` };
  }).openapi({ type: "number", minimum: 0, maximum: 100, description, example: 99 });

const isDate = (text: string): boolean => {
  const time = Date.parse(`${text.length > 7 ? text : `${text}-01`}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
};

/** A month or a day. */
export const periodParam = () =>
  parsed<string>((text) =>
    /^(19[7-9]|2\d\d)\d-\d\d(-\d\d)?$/.test(text) && isDate(text)
      ? { value: text }
      : { problem: `period=${shown(text)} is neither a month nor a day: write for example 2026-11 or 2026-11-30` },
  ).openapi({ type: "string", description: "Month or day; default: the present month", example: "2026-01" });

/** Where the page before ended, which only the answer before knows. */
export const cursorParam = () =>
  textParam("cursor", {
    description: "`next` of the page before; it is opaque",
    most: 200,
    example: cursorOf(1_767_268_800_000, "log:4711"),
  });

/** The parameters of a route. A name that is not among them is refused, because a misspelled range would otherwise be the default one. */
export const query = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape);
