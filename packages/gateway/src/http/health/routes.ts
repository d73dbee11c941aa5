/** How the API describes health and readiness. */
import { createRoute, z } from "@hono/zod-openapi";
import { answer } from "../route-parts.ts";
import * as schema from "../schemas.ts";

export const readyAnswer = z
  .object({
    ready: z.boolean(),
    problem: z.string().nullable().openapi({ description: "Why it is not ready, or what is wrong although it is" }),
    store: z.object({
      kind: z.string(),
      state: z.enum(["ok", "busy", "failing", "replaced"]),
      problem: z.string().nullable(),
    }),
    parts: z
      .array(
        z.object({
          name: z.string(),
          ready: z.boolean(),
          problem: z.string().nullable(),
          figures: z.record(z.string(), z.union([z.number(), z.string()]).nullable()),
        }),
      )
      .optional()
      .openapi({ description: "What a process of a fleet depends on besides: its database, its shards, its outbox" }),
  })
  .openapi("ReadyAnswer");

/** What anyone is told who may not read: whether it works is no secret. */
const bareAnswer = z.object({ status: z.enum(["ok", "failed"]) }).openapi("BareAnswer");

const orBare = <T extends z.ZodType>(schema: T) =>
  z.union([schema, bareAnswer]).openapi({ description: "Without the right to read, the status alone" });

const readyExample = {
  ready: true,
  problem: null,
  store: { kind: "sqlite", state: "ok", problem: null },
} as const;

const health = (path: string) =>
  createRoute({
    method: "get",
    path,
    summary: "Whether the gateway works",
    description: "A silent meter does not count as a fault.",
    tags: ["operation"],
    responses: {
      200: answer(orBare(schema.healthAnswer), "The gateway works", {
        ...{ status: "ok", version: "0.1.0", uptime_s: 3_600, meters: 1, meters_up: 1 },
      }),
    },
  });

const ready = (path: string) =>
  createRoute({
    method: "get",
    path,
    summary: "Whether the gateway has started and its store takes values",
    tags: ["operation"],
    responses: {
      200: answer(orBare(readyAnswer), "It is ready", readyExample),
      503: answer(orBare(readyAnswer), "It is not ready; `problem` says why", {
        ready: false,
        problem: "the disk is full",
        store: { kind: "sqlite", state: "failing", problem: "the disk is full" },
      }),
    },
  });

export const healthRoute = health("/api/v1/health");
export const healthRootRoute = health("/health");
export const readyRoute = ready("/api/v1/ready");
export const readyRootRoute = ready("/ready");
