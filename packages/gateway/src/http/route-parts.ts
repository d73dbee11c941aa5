/** Parts that the descriptions of several routes share. */
import { z } from "@hono/zod-openapi";
import { problemType } from "./edge/problem-json.ts";
import type { BodyOf } from "./give.ts";
import { query } from "./query/params.ts";
import * as schema from "./schemas.ts";

export const answer = <T extends z.ZodType>(schema: T, description: string, example: BodyOf<T>) => ({
  description,
  content: { "application/json": { schema, example } },
});

/** A request's body. */
export const jsonBody = <T extends z.ZodType>(schema: T, example: z.input<T>) => ({
  body: { required: true, content: { "application/json": { schema, example } } },
});

/** The answer of a status of 400 or above, in both shapes. */
export const problem = (description: string, error = "bad-request") => {
  const plain = { error, message: description };
  const title = error.replaceAll("-", " ");
  const detailed = { type: `urn:meterport:problem:${error}`, title, status: 400, detail: description, instance: "/" };
  return {
    description,
    content: {
      "application/json": { schema: schema.apiProblem, example: plain },
      [problemType]: { schema: schema.problem, example: { ...detailed, ...plain } },
    },
  };
};

export const params = z.object({ id: z.string().openapi({ description: "The meter's id", example: "home" }) });
export const notFound = problem("No such meter", "no-such-meter");

export const pointParams = z.object({ id: z.string().openapi({ description: "The point's id", example: "home" }) });
export const noSuchPoint = problem("No such point", "no-such-point");
export const wrongParameter = problem("A parameter is not valid, or unknown");

export const storeFails = problem("The store does not answer", "store-failing");

/**
 * What a route differs in that has an older address as well: below `/api/v1/meters` unknown parameters are ignored, and what is missing is
 * a meter.
 */
export const ofMeter = {
  tag: "meters",
  params,
  missing: notFound,
  query: <T extends z.ZodRawShape>(shape: T) => z.object(shape),
};
export const ofPoint = (tag: string) => ({ tag, params: pointParams, missing: noSuchPoint, query });
export type OfWhich = typeof ofMeter | ReturnType<typeof ofPoint>;

/** Errors of most routes of a point. */
export const pointProblems = { 400: wrongParameter, 404: noSuchPoint, 503: storeFails };
