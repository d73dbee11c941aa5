/** `meterport read`: tables and fields of a meter. */
import type { Meter, Outcome } from "@meterport/client";
import { readWhole } from "@meterport/client/meter/read/table-bytes";
import { LayoutError, LinkError, MeterportError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { numberOf } from "@meterport/protocol/tables/catalogue";
import { errorDocument, tellFailure } from "../../failure/failure.ts";
import { toJson } from "../../format/json.ts";
import { paintFor } from "../../format/paint.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { openMeter } from "../../meter/open-meter.ts";
import { meterKey } from "../../options/key-option.ts";
import type { ReadOptions } from "../../options/shared-options.ts";
import { pathOn } from "./located.ts";
import { valueRows } from "./read-text.ts";
import { sourceNames } from "./source-names.ts";
import { type Path, parseTarget, type Target } from "./target.ts";

interface Answer {
  readonly target: Target;
  readonly path: Path;
  readonly outcome: Outcome<unknown>;
}

const settle = async <T>(task: () => Promise<T>): Promise<Outcome<T>> => {
  try {
    return { ok: true, value: await task() };
  } catch (error) {
    // A link that fails, fails for all: waiting for the others would only take time.
    if (error instanceof MeterportError && !(error instanceof LinkError)) return { ok: false, error };
    throw error;
  }
};

const readBytes = (meter: Meter, number: number, name: string, signal: AbortSignal): Promise<Uint8Array> =>
  readWhole(meter.session, number, meter.session.readLimit, { label: `read ${name}`, signal });

const readAll = async (meter: Meter, targets: readonly Target[], signal: AbortSignal): Promise<Answer[]> => {
  const answers: Answer[] = [];
  const wanted: {
    readonly table: Extract<Target, { table: unknown }>["table"];
    readonly path: Path;
    readonly at: number;
  }[] = [];
  for (const [at, target] of targets.entries()) {
    const located = await settle(() => pathOn(meter, target, signal));
    const path = located.ok ? located.value : [];
    if (!located.ok) answers[at] = { target, path, outcome: located };
    else if (target.kind === "bytes") {
      const read = () => readBytes(meter, numberOf(target.id), target.id, signal);
      answers[at] = { target, path, outcome: await settle(read) };
    } else if (path.length === 0) {
      // A whole table may depend on its own content, which only a full read shows.
      answers[at] = { target, path, outcome: await settle(() => meter.readPath(target.table, [], { signal })) };
    } else wanted.push({ table: target.table, path, at });
  }
  const outcomes = await meter.batch(() => wanted, { signal });
  for (const [i, { at, path }] of wanted.entries())
    answers[at] = { target: targets[at] as Target, path, outcome: outcomes[i] as Outcome<unknown> };
  return answers;
};

const documentOf = (answers: readonly Answer[]): Record<string, unknown> =>
  Object.fromEntries(
    answers.map(({ target, outcome }) => [
      target.name,
      outcome.ok ? outcome.value : { error: errorDocument(outcome.error) },
    ]),
  );

const tell = async (meter: Meter, answers: readonly Answer[], io: Io): Promise<void> => {
  const paint = paintFor(io.stdout);
  const read = answers.filter(({ outcome }) => outcome.ok).map(({ target }) => target);
  const tables = new Set(read.map((target) => (target.kind === "bytes" ? target.id : target.table.id)));
  const sourceOf = await sourceNames(meter, tables, io.interrupted);
  for (const { target, path, outcome } of answers) {
    if (!outcome.ok) {
      // A layout does not know its table.
      if (outcome.error instanceof LayoutError) say(io, `read ${target.name}: ${outcome.error.message}`);
      else tellFailure(io, outcome.error, meter.optical);
      continue;
    }
    const table = target.kind === "bytes" ? undefined : target.table;
    const env = table === undefined ? undefined : await meter.environment(table);
    const value = { name: target.name, table, env, path, value: outcome.value };
    // For programs, one value is one line.
    const width = io.stdout.isTerminal ? io.stdout.columns : Number.POSITIVE_INFINITY;
    io.stdout.write(valueRows(value, sourceOf, paint, width));
  }
};

const exitOf = (answers: readonly Answer[]): Exit => {
  const errors = answers.flatMap(({ outcome }) => (outcome.ok ? [] : [outcome.error]));
  if (errors.length === 0) return exit.done;
  return errors.every(({ name }) => name === "UsageError") ? exit.usage : exit.failed;
};

/** @throws UsageError, LinkError */
export const readCommand = async (ids: readonly string[], options: ReadOptions, io: Io): Promise<Exit> => {
  const targets = ids.map(parseTarget);
  const profile = options.profile === undefined ? undefined : parseProfile(options.profile);
  const key = meterKey(options, io);
  const meter = await openMeter({ ...options, key, profile }, io);
  try {
    const answers = await readAll(meter, targets, io.interrupted);
    if (options.json === true) print(io, toJson(documentOf(answers)));
    else await tell(meter, answers, io);
    return exitOf(answers);
  } finally {
    await meter.close();
  }
};
