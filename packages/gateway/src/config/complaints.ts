/** Lists what is wrong with a configuration, one sentence per problem. */
import { UsageError } from "@meterport/protocol/errors";
import type { z } from "zod";
import type { Place } from "./config-file.ts";
import { knownNames } from "./config-schema.ts";
import { didYouMean } from "./did-you-mean.ts";

/** A name in quotes may hold a line feed, and each line is a sentence. */
const oneLine = (name: PropertyKey): string => String(name).replace(/\p{Cc}+/gu, " ");

/** "meters[0].link" */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.map((part, n) => (typeof part === "number" ? `[${part}]` : `${n === 0 ? "" : "."}${oneLine(part)}`)).join("");

/** How a value is called in sentences. */
export type PathName = (path: readonly PropertyKey[]) => string;

const position = (sentence: string): number => {
  const [, line = "0", column = "0"] = /:(\d+)(?::(\d+))?: /.exec(sentence) ?? [];
  return 1e6 * Number(line) + Number(column);
};

/** One sentence per problem, from top to bottom: place, path, what is wrong, and what to do. */
export const complaints = (issues: readonly z.core.$ZodIssue[], place: Place, named: PathName = pathText): string[] => {
  const sentences = issues.flatMap((issue) => {
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
  return fromTop(sentences);
};

/** From the top of the file to its end; what is not about the file comes first. */
const fromTop = (sentences: readonly string[]): string[] =>
  sentences
    .map((sentence) => ({ sentence, at: position(sentence) }))
    .sort((a, b) => a.at - b.at)
    .map(({ sentence }) => sentence);

/** Nobody mends more at once. */
const mostSentences = 50;

/** What is wrong, all of it: the message names the first ones. */
class ConfigError extends UsageError {
  readonly sentences: readonly string[];

  constructor(sentences: readonly string[]) {
    const more = sentences.length - mostSentences;
    const told = more > 0 ? [...sentences.slice(0, mostSentences), `and ${more} more problems`] : sentences;
    super("config", told.join("\n"));
    this.sentences = sentences;
  }
}

export const wrong = (sentences: readonly string[]): UsageError => new ConfigError(sentences);

/** Notes what is wrong in one part, so that those after it are looked at too. */
export class Problems {
  readonly #sentences: string[] = [];

  /** @returns undefined if something is wrong with this part */
  readonly in = <T>(part: () => T): T | undefined => {
    try {
      return part();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#sentences.push(...(error instanceof ConfigError ? error.sentences : [error.message]));
      return undefined;
    }
  };

  /** @throws UsageError with a line per problem, from the top of the file to its end */
  end(): void {
    if (this.#sentences.length > 0) throw wrong(fromTop(this.#sentences));
  }
}
