/** RTS and DTR of a serial port: as they stay while it is open, and as the line that powers an adapter or enables the meter's port. */
import type { Millis, Signal } from "@meterport/protocol/ports";

/** What the two lines are while the port is open; one that is left out stays on, as every system opens it. */
export interface EnableLine {
  /** True: it enables while it is on. False: while it is off. */
  readonly rts?: boolean;
  readonly dtr?: boolean;
  /** How long it stays off before it is switched on, and how long the adapter gets to wake up then. */
  readonly pulse: Millis;
}

/** How the two lines stay while the port is open, true for on; one that is left out is on, as every system opens it. */
export interface SteadyLines {
  readonly rts?: boolean;
  readonly dtr?: boolean;
  /** A port without such lines, as a pseudo terminal is one, may be used all the same. */
  readonly optional?: boolean;
}

/** What optical heads want: many take their supply from RTS, and with DTR on some of them get none. */
export const headLines: SteadyLines = { rts: true, dtr: false, optional: true };

/** Both lines, true for on. */
export interface ModemLines {
  readonly rts: boolean;
  readonly dtr: boolean;
}

/** A reader of others restarts a stuck adapter by half a second without its enable line. */
export const defaultPulse: Millis = 500;

/**
 * The lines that switch the adapter on or off; those that do not stay as they are meant to.
 *
 * @example
 * modemLines({ rts: false, pulse: 500 }, true) // { rts: false, dtr: true }
 * modemLines({ rts: true, pulse: 500 }, true, headLines) // { rts: true, dtr: false }
 */
export const modemLines = ({ rts, dtr }: EnableLine, enabled: boolean, steady: SteadyLines = {}): ModemLines => ({
  rts: rts === undefined ? (steady.rts ?? true) : rts === enabled,
  dtr: dtr === undefined ? (steady.dtr ?? true) : dtr === enabled,
});

/** The lines of a port that nothing is switched by. */
export const steadyLines = ({ rts = true, dtr = true }: SteadyLines): ModemLines => ({ rts, dtr });

/** Resolves after the time, or at once when the signal ends. */
const pause = (time: Millis, signal?: Signal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, time);
    signal?.addEventListener("abort", done, { once: true });
  });

/** Off, and on again: what hangs behind the line starts anew. Ends early where the signal ends; the caller looks. */
export const pulseEnable = async (
  enable: EnableLine,
  set: (lines: ModemLines) => Promise<void>,
  signal?: Signal,
  steady?: SteadyLines,
): Promise<void> => {
  await set(modemLines(enable, false, steady));
  await pause(enable.pulse, signal);
  await set(modemLines(enable, true, steady));
  await pause(enable.pulse, signal);
};
