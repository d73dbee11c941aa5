/** Lists what is wrong with a configuration, one sentence per problem. */
import { UsageError } from "@meterport/protocol/errors";
import type { z } from "zod";
import type { Place } from "./config-file.ts";
import { knownNames } from "./config-schema.ts";
import { didYouMean } from "./did-you-mean.ts";

/** "meters[0].link" */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.map((part, n) => (typeof part === "number" ? `[${part}]` : `${n === 0 ? "" : "."}${String(part)}`)).join("");

/** How a value is called in sentences. */
export type PathName = (path: readonly PropertyKey[]) => string;

/** One sentence per problem: place, path, what is wrong, and what to do. */
export const complaints = (issues: readonly z.core.$ZodIssue[], place: Place, named: PathName = pathText): string[] =>
  issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((name) => {
        const meant = didYouMean(name, knownNames(issue.path));
        const hint = meant === undefined ? `known: ${knownNames(issue.path).join(", ")}` : `did you mean ${meant}?`;
        return `${place(issue.path, name)}: ${named([...issue.path, name])}: unknown name; ${hint}`;
      });
    }
    const what =
      issue.code === "invalid_type" && issue.expected === "object" ? "must hold names with values" : issue.message;
    return [`${place(issue.path)}: ${issue.path.length === 0 ? "the configuration" : named(issue.path)} ${what}`];
  });

/** Nobody mends more at once. */
const mostSentences = 50;

export const wrong = (sentences: readonly string[]): UsageError => {
  const more = sentences.length - mostSentences;
  const told = more > 0 ? [...sentences.slice(0, mostSentences), `and ${more} more problems`] : sentences;
  return new UsageError("config", told.join("\n"));
};
