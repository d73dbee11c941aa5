/** The API's OpenAPI document. */
import type { OpenAPIHono } from "@hono/zod-openapi";

const description = `Live values, history and health of electricity meters.

Times are ISO 8601 in UTC; \`null\` is unknown, never 0. Units are in the names: W, Wh, var, varh, V, A, Hz.

Addresses below \`/api/v1/points\`, \`/journal\`, \`/stream\` and \`/metrics\` refuse unknown parameters with 400; those below \`/api/v1/meters\`, which are older, ignore them.

Errors have a status of 400 or above and \`{ "error", "message" }\`: a stable code and one sentence. With \`Accept: application/problem+json\` they are
RFC 9457 problems with the same two fields beside. JSON answers carry an \`ETag\`; a request with \`If-None-Match\` gets a 304 if nothing changed.`;

const tags = [
  { name: "access", description: "Who may do what" },
  { name: "points", description: "Metering points, their links and meters" },
  { name: "history", description: "Stored values and events, and where they come from" },
  { name: "changes", description: "What changes, as a stream or as a journal" },
  { name: "meter reads", description: "Read from the meter on request, at most once a minute" },
  { name: "operation", description: "The gateway itself" },
  { name: "meters", description: "The older addresses, which stay" },
];

export const describeApi = (app: OpenAPIHono, version: string): void => {
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
