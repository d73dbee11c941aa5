/** How failures are reported: one sentence for people, one document for programs, and the exit code of the contract. */
import { MeterportError } from "@meterport/protocol/errors";
import { linkRemedy, responseRemedy } from "@meterport/protocol/meaning/remedies";
import { toJson } from "../format/json.ts";
import { type Exit, exit, type Io, print, say } from "../io/io.ts";
import { databaseFailure } from "./database-error.ts";

const remedyOf = (error: MeterportError, optical: boolean): string | undefined => {
  if (error.name === "LinkError") return linkRemedy(error.code, optical);
  return error.name === "ResponseError" ? responseRemedy(error.code, optical) : undefined;
};

/** The error as a JSON document. */
export const errorDocument = (error: MeterportError): { readonly code: string; readonly message: string } => ({
  code: error.code,
  message: error.message,
});

/** A configuration has a line for each problem; any other line feed is foreign. */
const sentencesOf = ({ code, message }: MeterportError): readonly string[] =>
  code === "config" ? message.split("\n") : [message];

/** Reports a failure to people, with the remedy for an optical port or for another link. */
export const tellFailure = (io: Io, error: MeterportError, optical: boolean): void => {
  for (const sentence of sentencesOf(error)) say(io, sentence);
  const remedy = remedyOf(error, optical);
  if (remedy !== undefined) io.stderr.write(`  ${remedy}\n`);
};

/** What the words of the command line show. */
export interface Asked {
  readonly json: boolean;
  /** The link leads to an optical port. */
  readonly optical: boolean;
}

/**
 * Reports what ended a command, and gives the exit code.
 *
 * @throws any error that is not Meterport's own: that is a bug and shows its stack
 */
export const reportFailure = (io: Io, cause: unknown, { json, optical }: Asked): Exit => {
  const error = databaseFailure(cause);
  if (!(error instanceof MeterportError)) throw error;
  if (json) print(io, toJson({ error: { code: error.code, message: io.hide(error.message) } }));
  else tellFailure(io, error, optical);
  return error.name === "UsageError" ? exit.usage : exit.failed;
};
