/** Asks a person at the terminal for a password, without showing it. */
import { Writable } from "node:stream";

/** What was typed; undefined if there is no terminal, or the person gave up with Ctrl-C or Ctrl-D. */
export const askSecret = async (question: string, interrupted: AbortSignal): Promise<string | undefined> => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const { createInterface } = await import("node:readline/promises");
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silence, terminal: true, historySize: 0 });
  const given = new AbortController();
  const stop = (): void => given.abort();
  lines.once("SIGINT", stop);
  lines.once("close", stop);
  process.stderr.write(`${question}: `);
  try {
    return await lines.question("", { signal: AbortSignal.any([given.signal, interrupted]) });
  } catch {
    return undefined;
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
};
