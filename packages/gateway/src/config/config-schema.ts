/**
 * The one schema of the configuration. Every leaf is text, as written in the file or the environment: so a key of
 * digits stays as written, and both sources follow the same rules.
 */

import { parseQuiet, type QuietWindow } from "@meterport/engine/plan/quiet";
import { UsageError } from "@meterport/protocol/errors";
import { isSurelyKey } from "@meterport/protocol/key-hiding";
import { parseProfile, profileName } from "@meterport/protocol/layout/index";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import { type ParsedKey, parseKey } from "@meterport/protocol/mep/security/key";
import { securityNames } from "@meterport/protocol/mep/security/security-names";
import { z } from "zod";
import { logLevels } from "../log.ts";

/** The message of a leaf that is absent, or is a map or a list. */
const otherwise = (what: string) => ({
  error: (issue: { readonly input: unknown }) => (issue.input === undefined ? "is missing: add it" : what),
});

const text = z.string(otherwise("must be text"));

/** Folder names may have many digits. */
const holdsKey = (value: string): boolean =>
  (value.startsWith("/") ? [] : value.split(/[^a-z0-9]+/i)).some(isSurelyKey);

/** Text shown in logs, on the page or in addresses, which must not be a misplaced key. */
const shown = <T extends z.ZodType<string>>(schema: T) =>
  schema.refine(
    (value) => !holdsKey(value),
    "looks like a key, but is shown in logs and on the page: write something else",
  );

const wholeNumber = (low: number, high: number) =>
  text.transform((value, ctx) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= low && number <= high) return number;
    ctx.addIssue(`${JSON.stringify(value)} is not a whole number from ${low} to ${high}`);
    return z.NEVER;
  });

const duration = (low: string, high: string, example: string) =>
  text.transform((value, ctx) => {
    const time = parseDuration(value);
    if (time === undefined) {
      ctx.addIssue(`${JSON.stringify(value)} is not a length of time: write for example ${example}`);
      return z.NEVER;
    }
    const [least, most] = [parseDuration(low) ?? 0, parseDuration(high) ?? 0];
    if (time >= least && time <= most) return time;
    ctx.addIssue(`${JSON.stringify(value)} must be from ${low} to ${high}`);
    return z.NEVER;
  });

export interface KeyFile {
  readonly file: string;
}

/** A key as written, which is never printed. The meter's port decides how many of its bytes count. */
export interface KeyText {
  readonly read: (counted: number) => ParsedKey;
}

/** Never quotes the value, which may be a key. */
const key = text.transform((value, ctx): KeyText | KeyFile => {
  if (value.startsWith("@")) return { file: value.slice(1) };
  try {
    parseKey(value);
    return { read: (counted) => parseKey(value, counted) };
  } catch (error) {
    ctx.addIssue(error instanceof UsageError ? error.message : "is not a key");
    return z.NEVER;
  }
});

const quiet = text.transform((value, ctx): readonly QuietWindow[] => {
  try {
    return parseQuiet(value);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    ctx.addIssue(error.message);
    return z.NEVER;
  }
});

/** Checked now, not at each connection. */
const profile = text
  .regex(/^(meter|module):\d{1,2}\.\d{1,2}$/, { error: "must be a profile like meter:3.70 or module:1.20" })
  .transform((value, ctx) => {
    try {
      return profileName(parseProfile(value));
    } catch (error) {
      ctx.addIssue(error instanceof UsageError ? `is wrong: ${error.message}` : "is wrong");
      return z.NEVER;
    }
  });

const slug = text.regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
  error: "must be lower-case letters, digits, - and _ only, for example garage, because it is part of addresses",
});

const hostName = text.regex(/^(\[?[0-9a-f:.]+\]?|[a-z0-9_][a-z0-9_.-]*)(:\d{1,5})?$/i, {
  error: "is not a host name or address",
});

export const meterSchema = z.strictObject({
  id: shown(slug),
  name: shown(text.min(1).max(80)).optional(),
  /** The transports know what a valid link is: `loadConfig` is given their check. */
  link: text.min(1),
  key: key.optional(),
  key_file: text.min(1).optional(),
  profile: profile.optional(),
  security: z.enum(securityNames, { error: `must be one of ${securityNames.join(", ")}` }).optional(),
  client_id: wholeNumber(0, 65_535).optional(),
  /** Faster than the guide's average of one read per second is the user's choice. */
  interval: duration("100ms", "1h", '"2s" or "500ms"').optional(),
  fuse_amps: wholeNumber(1, 10_000).optional(),
  /** Quiet windows of the local day, in which the meter is not read. */
  quiet: quiet.optional(),
});

export const httpSchema = z.strictObject({
  host: shown(hostName).optional(),
  port: wholeNumber(0, 65_535).optional(),
  allowed_hosts: z.array(shown(hostName), otherwise("must be a list")).max(100).optional(),
});

export const historySchema = z.strictObject({
  raw: duration("1h", "3650d", '"48h"').optional(),
  minutes: duration("1d", "36500d", '"1825d"').optional(),
});

export const logSchema = z.strictObject({
  level: z.enum(logLevels, { error: `must be one of ${logLevels.join(", ")}` }).optional(),
});

export const configSchema = z.strictObject({
  data: shown(text.min(1)).optional(),
  interval: duration("100ms", "1h", '"2s" or "500ms"').optional(),
  http: httpSchema.optional(),
  history: historySchema.optional(),
  log: logSchema.optional(),
  meters: z.array(meterSchema, otherwise("must be a list")).max(1_000).optional(),
});

/** The environment may change single settings of the meter in the file. */
export const overlaySchema = configSchema.extend({ meters: z.array(meterSchema.partial()).optional() });

export type MeterInput = z.output<typeof meterSchema>;
export type MeterOverlay = NonNullable<z.output<typeof overlaySchema>["meters"]>[number];

/** The known names at a path of the file, for "did you mean". */
export const knownNames = (path: readonly PropertyKey[]): readonly string[] => {
  if (path[0] === "meters") return Object.keys(meterSchema.shape);
  if (path[0] === "http") return Object.keys(httpSchema.shape);
  if (path[0] === "log") return Object.keys(logSchema.shape);
  if (path[0] === "history") return Object.keys(historySchema.shape);
  return Object.keys(configSchema.shape);
};
