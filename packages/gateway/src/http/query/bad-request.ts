/** One sentence on what is wrong with a request that its route does not accept. */
import type { z } from "@hono/zod-openapi";
import { shown } from "../answers.ts";

/** Kinds of JSON values in words. */
const kinds: Readonly<Record<string, string>> = {
  ...{ string: "a text", number: "a number", int: "a whole number", boolean: "true or false" },
  ...{ array: "a list", object: "an object", null: "null" },
};

/** What is wrong with a value of another kind than its schema has; undefined if zod does not say which. */
const ofAnotherKind = (path: string, message: string): string | undefined => {
  const [, expected = "", received = ""] = /expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (received === "undefined") return `${path} is missing`;
  // A parameter that comes twice is a list of both.
  if (expected === "string" && received === "array") return `${path}: give it once`;
  const [wanted, given] = [kinds[expected], kinds[received]];
  return wanted === undefined || given === undefined ? undefined : `${path} must be ${wanted}, not ${given}`;
};

/** @example sentenceOf(issue) // "unknown parameter \"form\": this address knows from, to, limit" */
export const sentenceOf = (issue: z.core.$ZodIssue | undefined): string => {
  if (issue === undefined) return "the request is not valid";
  if (issue.code === "custom") return issue.message;
  if (issue.code === "unrecognized_keys") return `unknown parameter ${shown(issue.keys[0] ?? "")}`;
  const path = issue.path.length === 0 ? "the body" : issue.path.join(".");
  return (
    (issue.code === "invalid_type" ? ofAnotherKind(path, issue.message) : undefined) ?? `${path}: ${issue.message}`
  );
};
