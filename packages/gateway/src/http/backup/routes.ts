/** How the API describes backups. */
import { createRoute, z } from "@hono/zod-openapi";
import type { RestoreAnswer } from "../api.ts";
import { countParam, query } from "../query/params.ts";
import { answer, jsonBody, problem, wrongParameter } from "../route-parts.ts";
import { moment, orNull } from "../schemas.ts";

/** Far above any backup; what fits on the disk is the limit. */
const longestBackup = 2 ** 43;
/** As long as any body may be. */
export const longestPart = 1 << 20;

const contents = z.object({
  created: moment("The moment of the backup"),
  files: z.array(z.object({ name: z.string(), bytes: z.number() })),
  values: z.boolean().openapi({ description: "Whether stored values are in it, not only users and tokens" }),
});

export const restoreState = z
  .object({
    state: z.enum(["none", "uploading", "staged"]).openapi({
      description: "`staged`: it is whole and checked, and the next start of the gateway takes it in",
    }),
    received: z
      .number()
      .int()
      .openapi({ description: "Bytes of the upload that have arrived: the next part begins there" }),
    part_bytes: z.number().int().openapi({ description: "How long a part may be" }),
    backup: orNull(contents, "The backup that is staged; null if there is none"),
  })
  .openapi("RestoreState") satisfies z.ZodType<RestoreAnswer>;

const none = { state: "none", received: 0, part_bytes: longestPart, backup: null } as const;
const staged = {
  ...none,
  state: "staged",
  backup: { created: "2026-01-01T12:00:00.000Z", files: [{ name: "meterport.db", bytes: 1_048_576 }], values: true },
} as const;

const unavailable = problem("Backups cannot be made or restored here", "not-available");
const admin = "Needs the scope `admin`.";

export const backupRoute = createRoute({
  method: "get",
  path: "/api/v1/backup",
  summary: "The stored data as one file, as of one moment",
  description: `A tar file with what \`meterport backup\` copies: values, users and tokens. The configuration and the keys are not in it, nor values in a PostgreSQL database. Meters are read on while it is made; it needs as much room on the disk as the data. ${admin}`,
  tags: ["operation"],
  request: { query: query({}) },
  responses: {
    200: {
      description: "The file",
      content: { "application/x-tar": { schema: z.string().openapi({ format: "binary" }), example: "backup.json" } },
    },
    400: wrongParameter,
    409: problem("There is nothing to copy, or no room for the copy", "not-possible"),
    503: problem("Another backup is in progress", "busy"),
  },
});

export const restoreStateRoute = createRoute({
  method: "get",
  path: "/api/v1/restore",
  summary: "Whether a backup waits to be taken in",
  description: admin,
  tags: ["operation"],
  request: { query: query({}) },
  responses: { 200: answer(restoreState, "The state", none), 400: wrongParameter, 503: unavailable },
});

export const uploadRoute = createRoute({
  method: "put",
  path: "/api/v1/restore/upload",
  summary: "Takes the next part of a backup",
  description: `The file of \`GET /api/v1/backup\`, in parts of at most 1 MiB, one after the other. Send the header \`x-meterport: 1\`. ${admin}`,
  tags: ["operation"],
  request: {
    query: query({
      offset: countParam("offset", {
        least: 0,
        most: longestBackup,
        description: "Where the part begins: 0 begins again, everything else is `received` of the answer before",
        example: "0",
      }),
    }),
    body: {
      required: true,
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
    },
  },
  responses: {
    200: answer(restoreState, "It has arrived", { ...none, state: "uploading", received: 1_048_576 }),
    400: problem("The part is empty or too long"),
    409: problem("It does not continue what is there, or the disk has no room", "not-possible"),
    503: unavailable,
  },
});

export const restoreRoute = createRoute({
  method: "post",
  path: "/api/v1/restore",
  summary: "Checks the backup that was uploaded, which then waits for the next start",
  description: `Every file is compared with its checksum. Nothing changes until the gateway is started again; then what is there is put aside, not deleted. Users and tokens are those of the backup afterwards. ${admin}`,
  tags: ["operation"],
  request: {
    query: query({}),
    ...jsonBody(
      z.object({
        bytes: z.number().int().min(1).max(longestBackup).openapi({ description: "How long the whole file is" }),
      }),
      { bytes: 1_048_576 },
    ),
  },
  responses: {
    200: answer(restoreState, "It is taken in at the next start", staged),
    400: problem("It is not whole, damaged, or not a backup", "no-backup"),
    503: unavailable,
  },
});

export const discardRoute = createRoute({
  method: "delete",
  path: "/api/v1/restore",
  summary: "Forgets a backup that was uploaded and not taken in yet",
  description: `Needs the scope \`admin\`, and the header \`x-meterport: 1\`, since there is no body.`,
  tags: ["operation"],
  request: { query: query({}) },
  responses: { 200: answer(restoreState, "It is gone", none), 400: wrongParameter, 503: unavailable },
});
