/** `fleet`: what makes the daemon one process of a fleet. */
import { z } from "zod";
import { fleetRoles } from "../settings/fleet-settings.ts";
import { duration, listUpTo, oneOf, rate, shown, text, textUpTo } from "../settings/leaves.ts";
import { secretText, storeValue } from "../settings/secret-value.ts";
import { setting } from "../settings/setting.ts";

/** Few need it, and it is read at the start only. */
const own = { restart: true, aside: true } as const;

const url = text
  .max(1_024, { error: "is longer than any address" })
  .refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value) && new URL(value).username === "", {
    error: "must be an address like http://reader-1.example.org:8765, without a name or a password in it",
  });

const gapsSchema = z.strictObject({
  grace: setting(duration("15m", "7d", '"6h"'), {
    ...own,
    text: "How long after its end an interval may take to arrive before it counts as a gap.",
    example: "6h",
    fallback: "6h",
  }).optional(),
  memory: setting(duration("1d", "3000d", '"60d"'), {
    ...own,
    text: "How far meters remember that have not said so yet. What is older and missing is gone, and no meter is asked for it.",
    example: "60d",
    fallback: "60d",
  }).optional(),
  reach: setting(duration("2d", "3000d", '"100d"'), {
    ...own,
    text: "How far the daily scan looks back. If meters remember less, it tells what they have lost.",
    example: "100d",
    fallback: "100d",
  }).optional(),
});

const longestRule = 40;
const mostRules = 50;

/** A day of any year: "2026-12-25". */
const date = text.refine(
  (value) => {
    const time = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(value) : Number.NaN;
    return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === value;
  },
  { error: "is no day: write for example 2026-12-25" },
);

/** Every leaf of the file is text. */
const plainValue = textUpTo(longestRule, "because no setting of a rule is longer").transform(
  (value): string | number | boolean => {
    if (value === "true" || value === "on") return true;
    if (value === "false" || value === "off") return false;
    return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  },
);
const ruleName = text.refine((value) => value.length <= longestRule, { error: "is longer than any name of a rule" });
const fewRules = {
  error: ({ input }: { readonly input?: unknown }) =>
    `has ${Object.keys(input as object).length} names; the limit is ${mostRules}`,
};
const rulesOf = <T extends z.ZodType>(values: T) =>
  z.record(ruleName, values).refine((value) => Object.keys(value).length <= mostRules, fewRules);

const checksSchema = z.strictObject({
  deadline: setting(duration("1h", "30d", '"10h"'), {
    ...own,
    text: "How long after its end a day is waited for: then it is checked, and what is missing is estimated.",
    example: "10h",
    fallback: "10h",
  }).optional(),
  holidays: setting(listUpTo(date, 2_000, "a century of them"), {
    ...own,
    text: "Days that count as Sundays when like days are looked for.",
    example: "[2026-12-25, 2026-12-26]",
    fallback: "none",
  }).optional(),
  rules: setting(rulesOf(rulesOf(plainValue)), {
    ...own,
    text: "Settings of rules and of ways to estimate, by the names in [vee.md](vee.md#settings).",
    example: "{ spike: { ratio: 4 }, frozen: { on: false } }",
    fallback: "those of that page",
  }).optional(),
});

const kept = (least: string, example: string) => rate(least, "36500d", `"${example}"`);

const retentionSchema = z.strictObject({
  values: setting(kept("400d", "3650d"), {
    ...own,
    text: "How long values of intervals are kept, with what was chosen and judged of them; `off` deletes none. Whole months are deleted.",
    example: "3650d",
    fallback: "off",
  }).optional(),
  proofs: setting(kept("30d", "400d"), {
    ...own,
    text: "How long the bytes are kept that prove values; `off` deletes none.",
    example: "400d",
    fallback: "400d",
  }).optional(),
  registers: setting(kept("100d", "3650d"), {
    ...own,
    text: "How long states of registers are kept; `off` deletes none.",
    example: "3650d",
    fallback: "off",
  }).optional(),
  events: setting(kept("30d", "1100d"), {
    ...own,
    text: "How long events are kept; `off` deletes none.",
    example: "1100d",
    fallback: "1100d",
  }).optional(),
  work: setting(kept("7d", "400d"), {
    ...own,
    text: "How long the targets of campaigns that are over and the files of exports that were delivered are kept; `off` deletes none.",
    example: "400d",
    fallback: "400d",
  }).optional(),
});

export const fleetSchema = z.strictObject({
  database: setting(storeValue, {
    ...own,
    text: "The PostgreSQL database of the fleet; `?schema=` names its schema, `fleet` if omitted. It may hold a password: then write `@FILE`, `@credential:NAME` or `sealed:…`.",
    example: "postgres://meterport_read@127.0.0.1:5432/meterport?schema=fleet",
    fallback: "required for a process of a fleet",
  }).optional(),
  id: setting(shown(textUpTo(100, "because no fleet has a longer one")), {
    ...own,
    text: "The fleet that must live in that schema, as `meterport fleet init` printed it.",
    example: "north",
    fallback: "required for a process of a fleet",
  }).optional(),
  roles: setting(listUpTo(oneOf(fleetRoles), fleetRoles.length, "one of each"), {
    ...own,
    text: "What this process does: `read` reads the meters of the shards that it holds, `jobs` looks for gaps, checks, exports and deletes, `api` serves the API and the page of the fleet.",
    example: "[read]",
    fallback: "all three",
  }).optional(),
  address: setting(url, {
    ...own,
    text: "The address at which the other processes of the fleet reach this one. Its host counts as one of `http.allowed_hosts`.",
    example: "http://reader-1.example.org:8765",
    fallback: "that of its own page",
  }).optional(),
  key: setting(secretText, {
    ...own,
    text: "The key that opens the keys of the meters: 64 hex digits, best as `@FILE` or `@credential:NAME`. Only the role `read` needs it, and a process with the role `api` alone must not have it.",
    example: '"@fleet.key"',
    fallback: "required for the role `read`",
  }).optional(),
  live: setting(duration("1s", "1d", '"1m"'), {
    ...own,
    text: "How often the live values of each meter are read.",
    example: "1m",
    fallback: "1m",
  }).optional(),
  profile: setting(duration("1m", "7d", '"4h"'), {
    ...own,
    text: "How often each meter's load profile and its logs are read.",
    example: "4h",
    fallback: "4h",
  }).optional(),
  gaps: gapsSchema.optional(),
  checks: checksSchema.optional(),
  retention: retentionSchema.optional(),
});
