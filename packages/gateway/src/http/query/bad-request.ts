/** One sentence on what is wrong with a request that its route does not accept. */
import type { z } from "@hono/zod-openapi";
import { shown } from "../answers.ts";

/** @example sentenceOf(issue) // "unknown parameter \"form\": this address knows from, to, limit" */
export const sentenceOf = (issue: z.core.$ZodIssue | undefined): string => {
  if (issue === undefined) return "the request is not valid";
  if (issue.code === "custom") return issue.message;
  if (issue.code === "unrecognized_keys") return `unknown parameter ${shown(issue.keys[0] ?? "")}`;
  const path = issue.path.length === 0 ? "the body" : issue.path.join(".");
  if (issue.code === "invalid_type" && issue.expected === "string") return `${path}: give it once`;
  return `${path}: ${issue.message}`;
};
