/**
 * The kinds of values in the configuration. Every leaf is text, as written in the file or the environment: so a key of
 * digits stays as written, and both sources follow the same rules.
 */
import { parseQuiet, type QuietWindow } from "@meterport/engine/plan/quiet";
import { UsageError } from "@meterport/protocol/errors";
import { isSurelyKey } from "@meterport/protocol/key-hiding";
import { parseProfile, profileName } from "@meterport/protocol/layout/index";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { Millis } from "@meterport/protocol/ports";
import { z } from "zod";
import { formed } from "./setting.ts";

/** The message of a leaf that is absent, or is a map or a list. */
export const otherwise = (what: string) => ({
  error: (issue: { readonly input: unknown }) => (issue.input === undefined ? "is missing: add it" : what),
});

export const text = z.string(otherwise("must be text"));

const longestQuote = 60;

/** A value for a sentence. */
export const quoted = (value: string): string =>
  JSON.stringify(value.length > longestQuote ? `${value.slice(0, longestQuote)}…` : value);

/** Text of a bounded length; `why` explains the limit. */
export const textUpTo = (most: number, why: string) =>
  text.min(1, "is empty: write something").max(most, {
    error: ({ input }) => `has ${String(input).length} characters; the limit is ${most}, ${why}`,
  });

/** A list of a bounded length; `why` explains the limit. */
export const listUpTo = <T extends z.ZodType>(element: T, most: number, why: string) =>
  z.array(element, otherwise("must be a list")).max(most, {
    error: ({ input }) => `has ${(input as readonly unknown[]).length} entries; the limit is ${most}, ${why}`,
  });

/** Folder names may have many digits. */
const holdsKey = (value: string): boolean =>
  (value.startsWith("/") ? [] : value.split(/[^a-z0-9]+/i)).some(isSurelyKey);

/** Text shown in logs, on the page or in addresses, which must not be a misplaced key. */
export const shown = <T extends z.ZodType<string>>(schema: T) =>
  schema
    .refine((value) => !holdsKey(value), "looks like a key, but is shown in logs and on the page: write something else")
    .refine(
      (value) => !/\p{Cc}/u.test(value),
      "holds a control character: write something that can be shown in one line",
    );

export const wholeNumber = (low: number, high: number) =>
  formed(
    text.transform((value, ctx) => {
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= low && number <= high) return number;
      ctx.addIssue(`${quoted(value)} is not a whole number from ${low} to ${high}`);
      return z.NEVER;
    }),
    {
      anyOf: [
        { type: "integer", minimum: low, maximum: high },
        { type: "string", pattern: "^\\d{1,9}$" },
      ],
      "x-kind": "integer",
      "x-minimum": low,
      "x-maximum": high,
    },
  );

const durationPattern = "^\\d{1,9}(\\.\\d{1,6})? ?(ms|s|min|m|h|d)$";

const timeOf = (value: string, low: string, high: string, example: string, ctx: z.RefinementCtx): Millis => {
  const time = parseDuration(value);
  if (time === undefined) {
    ctx.addIssue(`${quoted(value)} is not a length of time: write for example ${example}`);
    return z.NEVER;
  }
  if (time >= (parseDuration(low) ?? 0) && time <= (parseDuration(high) ?? 0)) return time;
  ctx.addIssue(`${quoted(value)} must be from ${low} to ${high}`);
  return z.NEVER;
};

export const duration = (low: string, high: string, example: string) =>
  formed(
    text.transform((value, ctx) => timeOf(value, low, high, example, ctx)),
    { type: "string", pattern: durationPattern, "x-kind": "duration", "x-minimum": low, "x-maximum": high },
  );

/** How often something is read, or `off`. */
export const rate = (low: string, high: string, example: string) =>
  formed(
    text.transform((value, ctx): Millis | "off" =>
      value === "off" ? value : timeOf(value, low, high, `${example}, or off`, ctx),
    ),
    {
      type: "string",
      pattern: `^off$|${durationPattern}`,
      "x-kind": "duration-or-off",
      "x-minimum": low,
      "x-maximum": high,
    },
  );

const truths: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  yes: true,
  off: false,
  false: false,
  no: false,
};

export const onOff = formed(
  text.transform((value, ctx): boolean => {
    const truth = Object.hasOwn(truths, value) ? truths[value] : undefined;
    if (truth !== undefined) return truth;
    ctx.addIssue(`${quoted(value)} is neither on nor off`);
    return z.NEVER;
  }),
  { enum: ["on", "off", "yes", "no", true, false], "x-kind": "on-off" },
);

/** One of a few words. */
export const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `must be one of ${words.join(", ")}` });

export const quiet = text.transform((value, ctx): readonly QuietWindow[] => {
  try {
    return parseQuiet(value);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    ctx.addIssue(error.message);
    return z.NEVER;
  }
});

/** Checked now, not at each connection. */
export const profile = text
  .regex(/^(meter|module):\d{1,2}\.\d{1,2}$/, { error: "must be a profile like meter:3.70 or module:1.20" })
  .transform((value, ctx) => {
    try {
      return profileName(parseProfile(value));
    } catch (error) {
      ctx.addIssue(error instanceof UsageError ? `is wrong: ${error.message}` : "is wrong");
      return z.NEVER;
    }
  });

const longestSlug = 63;

export const slug = text
  .regex(/^[a-z0-9][a-z0-9_-]*$/, {
    error: "must be lower-case letters, digits, - and _ only, for example garage, because it is part of addresses",
  })
  .max(longestSlug, {
    error: ({ input }) =>
      `has ${String(input).length} characters; the limit is ${longestSlug}, because it is part of addresses`,
  });

// JSON Schema has no flag for both cases.
export const hostName = text.regex(/^(\[?[0-9A-Fa-f:.]+\]?|[A-Za-z0-9_][A-Za-z0-9_.-]*)(:\d{1,5})?$/, {
  error: "is not a host name or address",
});

export const address = text.regex(/^(\d{1,3}(\.\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/, {
  error: "is not an IP address",
});

/** Asking the system again for each of many meters would take seconds. */
const zones = new Map<string, boolean>();
const mostZones = 1_000;

const isZone = (value: string): boolean => {
  const known = zones.get(value);
  if (known !== undefined) return known;
  let valid = value.length <= longestQuote;
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
  } catch {
    valid = false;
  }
  if (zones.size < mostZones) zones.set(value, valid);
  return valid;
};

/** Offsets such as +01:00 are refused: their days would be wrong for half of the year. */
export const zone = formed(
  text.refine((value) => /^[a-z]/i.test(value) && isZone(value), {
    error: ({ input }) => `${quoted(String(input))} is not a time zone: write for example Europe/Copenhagen`,
  }),
  { type: "string", "x-kind": "zone" },
);
