/** What each route needs: the only table of rights. A route that is not listed needs `read` for GET and `admin` for anything else. */

import type { Scope } from "../../access/scope.ts";
import { fileTypes } from "../static-files.ts";

/**
 * `anyone` needs no right; `bare` neither, but anyone without `read` is told only whether it works. `own`: the route looks at a token that only it
 * knows, before it reads the body.
 */
export type Need = Scope | "anyone" | "bare" | "own";

/** `{…}` stands for one part of a path. The first line that fits counts. */
const table: readonly (readonly [methods: string, path: string, need: Need])[] = [
  ["GET POST DELETE", "/api/v1/session", "anyone"],
  ["POST", "/api/v1/session/pairing", "anyone"],
  ["POST", "/api/v1/session/password", "read"],
  ["GET POST", "/api/v1/users", "admin"],
  ["PATCH DELETE", "/api/v1/users/{name}", "admin"],
  ["GET POST", "/api/v1/tokens", "admin"],
  ["DELETE", "/api/v1/tokens/{name}", "admin"],
  ["GET", "/api/v1/health", "bare"],
  ["GET", "/health", "bare"],
  ["GET", "/api/v1/ready", "bare"],
  ["GET", "/ready", "bare"],
  ["GET PATCH", "/api/v1/configuration", "admin"],
  ["GET", "/api/v1/points/{id}/settings", "admin"],
  ["POST", "/api/v1/points", "admin"],
  ["PATCH DELETE", "/api/v1/points/{id}", "admin"],
  ["GET", "/api/v1/links", "admin"],
  // Sends something into the network.
  ["GET", "/api/v1/links/found", "admin"],
  ["GET POST", "/api/v1/restart", "admin"],
  // All values, and who may sign in.
  ["GET", "/api/v1/backup", "admin"],
  ["GET POST DELETE", "/api/v1/restore", "admin"],
  ["PUT", "/api/v1/restore/upload", "admin"],
  ["GET", "/api/v1/logs", "operate"],
  // Nothing is there. Home Assistant asks this of port 443 of an address where it found a device of HomeWizard, which the output
  // `homewizard` is: with 401 it would take it for one with another API.
  ["GET", "/api", "anyone"],
  // Reads any table of the meter, now.
  ["GET", "/api/v1/points/{id}/tables/{table}", "operate"],
  // Says what the head-end will read, and gives files of the head-end.
  ["PUT", "/api/v1/points/{id}/device/sources/{source}", "operate"],
  ["GET", "/api/v1/points/{id}/device/files/{name}", "operate"],
  // Use the port of the meter for themselves, for a minute or two.
  ["GET POST", "/api/v1/points/{id}/link/doctor", "operate"],
  ["GET POST", "/api/v1/points/{id}/link/key-test", "operate"],
  ["GET", "/api/v1/points/{id}/link/tests", "operate"],
  // Keeps what crosses the link, with serial numbers, for some minutes.
  ["GET POST DELETE", "/api/v1/points/{id}/link/recording", "operate"],
  // Sends something to a consumer, now.
  ["POST", "/api/v1/outputs/{name}/test", "operate"],
  // What a process of a fleet adds: looking needs `read`, exports and what brings in sites `admin`.
  ["PATCH", "/api/v1/fleet/sites/{site}", "operate"],
  ["POST", "/api/v1/fleet/campaigns", "operate"],
  ["POST", "/api/v1/fleet/campaigns/{campaign}/cancel", "operate"],
  ["POST", "/api/v1/fleet/campaigns/{campaign}/again", "operate"],
  ["POST", "/api/v1/fleet/points/{point}/read", "operate"],
  ["POST", "/api/v1/fleet/points/{point}/vee/{day}", "operate"],
  ["POST", "/api/v1/fleet/points/{point}/vee/{day}/seen", "operate"],
  ["GET", "/api/v1/fleet/audit", "operate"],
  // Lets a program in that then reads for as long as it likes, as a token does.
  ["POST", "/api/v1/outputs/{name}/pair", "admin"],
  ["POST", "/api/v1/fleet/intake", "own"],
  ["GET", "/api/v1/fleet/intake/requests", "own"],
  ["POST", "/api/v1/fleet/intake/outcomes", "own"],
  ["POST", "/api/v1/fleet/intake/links", "own"],
  ["GET", "/api/v1/fleet/intake/tokens", "admin"],
  // Opens any link that is named.
  ["GET POST", "/api/v1/link/test", "admin"],
];

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]*\}/g, "[^/]+")}$`);

const lines = table.map(([methods, path, need]) => ({ methods: methods.split(" "), pattern: patternOf(path), need }));

/** The page itself tells nothing of a meter, and without it nobody could sign in. */
const isPage = (path: string): boolean =>
  path === "/" || (!path.startsWith("/api/") && fileTypes.some((type) => path.endsWith(type)));

/** The traffic as it was: who has enough of it may find the key of older meters, and reads serial numbers. */
const capture = /^\/api\/v1\/(?:meters|points)\/[^/]+\/captures\/[^/]+$/;

/**
 * @param method HEAD counts as GET
 * @param redacted whether a capture is asked for with pseudonyms and another key
 */
export const needOf = (method: string, path: string, redacted = false): Need => {
  const asked = method === "HEAD" ? "GET" : method;
  if (asked === "GET" && capture.test(path)) return redacted ? "read" : "operate";
  const line = lines.find(({ methods, pattern }) => methods.includes(asked) && pattern.test(path));
  if (line !== undefined) return line.need;
  // Asks which methods there are, and changes nothing.
  if (asked === "OPTIONS") return "read";
  if (asked !== "GET") return "admin";
  return isPage(path) ? "anyone" : "read";
};
