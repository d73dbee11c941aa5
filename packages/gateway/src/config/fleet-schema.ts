/** `fleet`: what makes the daemon one process of a fleet. */
import { z } from "zod";
import { fleetRoles } from "../settings/fleet-settings.ts";
import { duration, listUpTo, oneOf, shown, text, textUpTo } from "../settings/leaves.ts";
import { secretText, storeValue } from "../settings/secret-value.ts";
import { setting } from "../settings/setting.ts";

/** Few need it, and it is read at the start only. */
const own = { restart: true, aside: true } as const;

const url = text
  .max(1_024, { error: "is longer than any address" })
  .refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value) && new URL(value).username === "", {
    error: "must be an address like http://reader-1.example.org:8765, without a name or a password in it",
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
    text: "The address at which the other processes of the fleet reach this one.",
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
});
