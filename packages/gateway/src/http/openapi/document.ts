/** The API's OpenAPI document. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { cookieName } from "../access/credentials.ts";
import { needOf } from "../access/route-scopes.ts";

const description = `Live values, history and health of electricity meters.

Times are ISO 8601 in UTC; \`null\` is unknown, never 0. Units are in the names: W, Wh, var, varh, V, A, Hz.

Addresses below \`/api/v1/points\`, \`/journal\`, \`/stream\` and \`/metrics\` refuse unknown parameters with 400; those below \`/api/v1/meters\`, which are older, ignore them.

Errors have a status of 400 or above and \`{ "error", "message" }\`: a stable code and one sentence. With \`Accept: application/problem+json\` they are
RFC 9457 problems with the same two fields beside. Without users, on a loopback address, nobody has to sign in; else \`security\` of each address
names the right that it needs, and 401 and 403 say what is missing. JSON answers carry an \`ETag\`, except those below \`/api/v1/meters\`; a request with \`If-None-Match\` gets a 304 if nothing changed.`;

const tags = [
  { name: "access", description: "Who may do what" },
  { name: "points", description: "Metering points, their links and meters" },
  { name: "history", description: "Stored values and events, and where they come from" },
  { name: "prices", description: "What a kWh costs, and what energy cost" },
  { name: "changes", description: "What changes, as a stream or as a journal" },
  { name: "meter reads", description: "Read from the meter on request, at most once a minute" },
  { name: "device", description: "Points that are devices of the grid, and what the head-end asked them" },
  { name: "operation", description: "The gateway itself" },
  { name: "meters", description: "The older addresses, which stay" },
];

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/**
 * The name of an operation, for clients that are generated: the words of its path, and its method unless it reads.
 *
 * @example
 * operationIdOf("get", "/api/v1/points/{id}/captures/{name}") // "pointCapture"
 * operationIdOf("delete", "/api/v1/session") // "deleteSession"
 * operationIdOf("get", "/api/v1/points/{id}/link/key-test") // "pointLinkKeyTest"
 */
const operationIdOf = (method: string, path: string): string => {
  const parts = path
    .replace(/^\/api\/v1\//, "")
    .replace(/^\//, "root/")
    .split("/");
  const words = parts.flatMap((part, n) => {
    if (part.startsWith("{") || (part === "root" && parts[1] === "metrics")) return [];
    return (parts[n + 1]?.startsWith("{") ? part.replace(/s$/, "") : part).split("-");
  });
  const [first = "", ...rest] = [...(method === "get" ? [] : [method]), ...words];
  return [first, ...rest.map(capitalised)].join("");
};

/** The right that an address needs, as the document says it: one of these ways to show it is enough. */
const securityOf = (method: string, path: string): Record<string, string[]>[] => {
  const need = needOf(method.toUpperCase(), path);
  if (need === "anyone" || need === "bare") return [];
  // The token of a gateway of a fleet, which has no rights beside it.
  return need === "own" ? [{ token: [] }] : [{ token: [need] }, { session: [need] }];
};

export const describeApi = (app: OpenAPIHono, version: string): void => {
  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "A token of `meterport token add NAME`",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: cookieName(false),
    description: `The page's session; over TLS the cookie is ${cookieName(true)}`,
  });
  for (const each of app.openAPIRegistry.definitions) {
    if (each.type !== "route") continue;
    const { method, path } = each.route;
    each.route.operationId ??= operationIdOf(method, path);
    each.route.security ??= securityOf(method, path);
  }
  app.doc31("/api/v1/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Meterport",
      version,
      description,
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/", description: "The gateway that serves this document" }],
    tags,
  });
};
