/** A new start of the daemon on request: it can only end, and what started it has to start it again. */
import type { Clock, Millis } from "@meterport/protocol/ports";

/** What can start it again. */
export const restarters = ["systemd", "container", "home-assistant"] as const;
export type Restarter = (typeof restarters)[number];

/** The exit code that asks for it; those who start the daemon take it for no failure. */
export const restartCode = 75;

/** Long enough for the answer to leave. */
const grace: Millis = 300;

export interface RestartAccess {
  /** What starts it again; null if nothing says that it would. */
  readonly by: Restarter | null;
  /** Ends the daemon soon; again while it ends changes nothing. */
  readonly begin: () => void;
}

/**
 * @param said what `METERPORT_RESTARTED_BY` says
 * @param end ends the process with `restartCode`; undefined if the program that runs the daemon cannot
 */
export const restartAccess = (
  said: string | undefined,
  { clock, end }: { readonly clock: Clock; readonly end: (() => void) | undefined },
): RestartAccess => {
  const by = end === undefined ? null : (restarters.find((known) => known === said) ?? null);
  let begun = false;
  return {
    by,
    begin: () => {
      if (by === null || end === undefined || begun) return;
      begun = true;
      clock.at(clock.now() + grace, end);
    },
  };
};
