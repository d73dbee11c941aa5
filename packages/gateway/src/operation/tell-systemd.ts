/**
 * Tells systemd that the daemon is ready, alive or stopping. Its socket takes datagrams, which Node cannot send, so the
 * program `systemd-notify` does it; the unit needs NotifyAccess=all for that.
 */
import { execFile } from "node:child_process";
import type { Log } from "@meterport/engine/ports/log";
import type { Clock, Millis } from "@meterport/protocol/ports";

export interface Systemd {
  /** The page is served. `status` is what `systemctl status` shows. */
  readonly ready: (status: string) => void;
  readonly reloading: () => void;
  readonly stopping: () => void;
  /** Ends the signs of life. */
  readonly close: () => void;
}

export interface TellSystemdOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the daemon works: without it systemd gets no sign of life, and restarts the daemon. */
  readonly isAlive: () => boolean;
  /** Sends one message; for tests. */
  readonly send?: ((words: readonly string[], done: (error: Error | null) => void) => void) | undefined;
}

const longestSend: Millis = 5_000;

const byProgram: NonNullable<TellSystemdOptions["send"]> = (words, done) => {
  execFile("systemd-notify", [...words], { timeout: longestSend }, (error) => done(error));
};

/** How often to send a sign of life, from the service manager's limit in microseconds; undefined if it wants none. */
const lifeEvery = (text: string | undefined): Millis | undefined => {
  const limit = Number(text ?? "");
  return Number.isFinite(limit) && limit > 0 ? Math.max(500, limit / 2_000) : undefined;
};

/** Does nothing unless systemd started this process with Type=notify. */
export const tellSystemd = (options: TellSystemdOptions): Systemd => {
  const { env, clock, log, isAlive, send = byProgram } = options;
  if ((env.NOTIFY_SOCKET ?? "") === "")
    return { ready: () => {}, reloading: () => {}, stopping: () => {}, close: () => {} };
  let failed = false;
  const tell = (...words: string[]): void =>
    send(words, (error) => {
      if (error !== null && !failed)
        log.warn(
          `systemd cannot be told that the daemon runs: ${error.message.split("\n")[0]}; install systemd-notify`,
        );
      failed = error !== null;
    });
  const every = lifeEvery(env.WATCHDOG_USEC);
  let cancel = (): void => {};
  let silent = false;
  const live = (): void => {
    if (every === undefined) return;
    const alive = isAlive();
    if (alive) tell("WATCHDOG=1");
    else if (!silent) log.error("a part of the daemon is stuck, so systemd will restart it");
    silent = !alive;
    cancel = clock.at(clock.now() + every, live);
  };
  return {
    ready: (status) => {
      tell("--ready", `--status=${status}`);
      cancel();
      live();
    },
    reloading: () => tell("RELOADING=1"),
    // As variables: options for these came with systemd 253.
    stopping: () => tell("STOPPING=1"),
    close: () => cancel(),
  };
};
