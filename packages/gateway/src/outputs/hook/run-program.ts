/** Runs a program of the user: without a shell, with bounded time and output. */
import { spawn } from "node:child_process";
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";

export interface Run {
  readonly command: readonly string[];
  readonly input: string;
  /** Beside these it gets PATH, HOME, LANG and TZ only: the gateway's own variables may hold keys. */
  readonly env: Readonly<Record<string, string>>;
  readonly limit: Millis;
}

/** Bytes of its standard error that are kept. */
const mostError = 2_000;
const passedOn = ["PATH", "HOME", "LANG", "TZ"] as const;

const environment = (more: Run["env"]): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  ),
  ...more,
});

const reasonOf = (code: string): string =>
  ({ ENOENT: "there is no such program", EACCES: "it may not be run: make it executable" })[code] ?? code;

/** @throws Error with one sentence if it cannot be started, is killed, or ends with another exit code than 0 */
export const runProgram = (
  run: Run,
  { clock, signal }: { readonly clock: Clock; readonly signal: Signal },
): Promise<void> =>
  new Promise((resolve, reject) => {
    const [program = "", ...args] = run.command;
    // A group of its own, so that what it starts ends with it.
    const child = spawn(program, args, {
      env: environment(run.env),
      stdio: ["pipe", "ignore", "pipe"],
      detached: true,
    });
    let said = "";
    let why: string | undefined;
    const kill = (reason: string): void => {
      why ??= reason;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    };
    const stop = (): void => kill("it was stopped");
    const cancel = clock.at(clock.now() + run.limit, () =>
      kill(`it took longer than ${Math.round(run.limit / 1000)} s`),
    );
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const done = (problem: string | undefined): void => {
      cancel();
      signal.removeEventListener("abort", stop);
      if (problem === undefined) resolve();
      else reject(new Error(`the program ${program} failed: ${problem}`));
    };
    child.on("error", (error) => done(reasonOf("code" in error ? String(error.code) : error.message)));
    child.stderr.on("data", (chunk: Buffer) => {
      if (said.length < mostError) said += chunk.toString("utf8").slice(0, mostError - said.length);
    });
    // It need not read all of its input.
    child.stdin.on("error", () => {});
    child.stdin.end(run.input);
    child.on("close", (code, by) => {
      if (why !== undefined) return done(why);
      if (code === 0) return done(undefined);
      const words = said.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
      const end = code === null ? `it was ended by ${by}` : `its exit code was ${code}`;
      done(words === "" ? end : `${end}: ${words.slice(0, 160)}`);
    });
  });
