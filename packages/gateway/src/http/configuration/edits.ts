/** What the API answers when the configuration file was to be changed. */
import { UsageError } from "@meterport/protocol/errors";
import type { Context } from "hono";
import { type EditOutcome, EditProblem, type Problem } from "../../config/edit/config-editor.ts";
import { type RawChange, rawChangeOf } from "../../config/edit/raw-config.ts";
import type { ReloadOutcome } from "../../config/reloader.ts";
import type { ApiProblem } from "../api.ts";
import { type BodyOf, give } from "../give.ts";
import { changeAnswer, type reloadAnswer } from "./routes.ts";

const ids = (meters: readonly { readonly id: string }[]): readonly string[] => meters.map(({ id }) => id);

/** Without the meters' keys, which are in the plan. */
export const outcomeAnswer = (outcome: ReloadOutcome): BodyOf<typeof reloadAnswer> => {
  if (!outcome.ok)
    return { ok: false, problems: outcome.problems, apply: [], restart: [], added: [], changed: [], removed: [] };
  const { apply, restart, added, changed, removed } = outcome.plan;
  return { ok: true, problems: [], apply, restart, added: ids(added), changed: ids(changed), removed };
};

const mostProblems = 50;
/** A sentence may name many keys. */
const longest = 380;

const shortened = ({ path, message }: Problem): Problem => ({
  path,
  message: message.length > longest ? `${message.slice(0, longest)}…` : message,
});

const wrong = (c: Context, status: 400 | 409, error: string, all: readonly Problem[]) => {
  const problems = all.slice(0, mostProblems).map(shortened);
  const message = problems[0]?.message ?? "the configuration cannot be changed";
  return c.json({ error, message, problems } satisfies ApiProblem, status);
};

type Done = Extract<EditOutcome, { readonly result: "done" }>;

/** A change with `ok: false` was written and could not be carried out. */
export const doneAnswer = ({ outcome, revision, written, before }: Done): BodyOf<typeof changeAnswer> => ({
  ...outcomeAnswer(outcome),
  ...{ revision, written, before },
});

/** The answer to a change that was made. */
export const editAnswer = (c: Context, outcome: EditOutcome) =>
  outcome.result === "done" ? give(c, changeAnswer, doneAnswer(outcome)) : notDone(c, outcome);

/** The answer to a change that was not made. */
export const notDone = (c: Context, outcome: Exclude<EditOutcome, Done>) => {
  switch (outcome.result) {
    case "wrong":
      return wrong(c, 400, "wrong-setting", outcome.problems);
    case "impossible":
      return wrong(c, 409, "not-possible", outcome.problems);
    case "stale": {
      const message = "somebody else has changed the configuration meanwhile: read it again, and repeat the change";
      return wrong(c, 409, "changed-meanwhile", [{ path: null, message }]);
    }
  }
};

/** A value of a request in the form of the file. @throws EditProblem that names the path */
export const changeOf = (path: string, value: unknown): RawChange | null => {
  try {
    return rawChangeOf(value);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new EditProblem([
      { path: path === "" ? null : path, message: `${path === "" ? "the body" : path} ${error.message}` },
    ]);
  }
};
