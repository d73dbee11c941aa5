/** The output `hook`: a program of the user that is run with changes on its standard input. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { Batch, Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis, Signal } from "@meterport/protocol/ports";
import { changeMessage } from "../change-payload.ts";
import type { HookSettings } from "./hook-settings.ts";
import { runProgram } from "./run-program.ts";

const usualBatch = 100;
const usualLimit: Millis = 30_000;

export const openHook =
  (settings: HookSettings): Output["open"] =>
  async (context, signal) => {
    await checkProgram(settings);
    return running(settings, context, signal);
  };

const checkProgram = async ({ command: [program = ""] }: HookSettings): Promise<void> => {
  try {
    await access(program, constants.X_OK);
  } catch (cause) {
    throw new Error(`the program ${program} is not there or may not be run: check its path, and make it executable`, {
      cause,
    });
  }
};

const running = (settings: HookSettings, context: OutputContext, signal: Signal): RunningOutput => ({
  ended: new Promise(() => {}),
  deliver: (batch, acknowledge) => deliver(settings, context, signal, batch, acknowledge),
  // It is not run: nobody knows what it does with a change that never was.
  test: async () => {
    await checkProgram(settings);
    return `the program ${settings.command[0]} is there and may be run`;
  },
  close: async () => {},
});

const deliver = async (
  { command, kinds, batch: most = usualBatch, timeout: limit = usualLimit }: HookSettings,
  { clock, log }: OutputContext,
  signal: Signal,
  { entries, lost }: Batch,
  acknowledge: (number: number) => void,
): Promise<void> => {
  if (lost !== null) log.warn(`the program did not get the changes after ${lost.after} and before ${lost.before}`);
  for (let from = 0; from < entries.length && !signal.aborted; from += most) {
    const some = entries.slice(from, from + most);
    const wanted = some.filter(({ kind }) => kinds === undefined || (kinds as readonly string[]).includes(kind));
    if (wanted.length > 0)
      await runProgram({ command, input: linesOf(wanted), env: environmentOf(wanted), limit }, { clock, signal });
    acknowledge(some.at(-1)?.number ?? 0);
  }
};

/** One JSON object a line. */
export const linesOf = (entries: readonly JournalEntry[]): string =>
  entries.map((entry) => `${JSON.stringify(changeMessage(entry))}\n`).join("");

const environmentOf = (entries: readonly JournalEntry[]): Readonly<Record<string, string>> => ({
  METERPORT_CHANGES: String(entries.length),
  METERPORT_FIRST: String(entries[0]?.number ?? ""),
  METERPORT_LAST: String(entries.at(-1)?.number ?? ""),
});
