/** RTS and DTR of a serial port: their state while it is open, and their use to power an adapter or enable the meter's port. */
import type { Millis, Signal } from "@meterport/protocol/ports";

/** State of the two lines while the port is open; an omitted one stays on, as every system opens it. */
export interface EnableLine {
  /** True: it enables while it is on. False: while it is off. */
  readonly rts?: boolean;
  readonly dtr?: boolean;
  /** How long it stays off before it is switched on, and then how long the adapter gets to wake up. */
  readonly pulse: Millis;
}

/** State of the two lines while the port is open, true for on; an omitted one is on, as every system opens it. */
export interface SteadyLines {
  readonly rts?: boolean;
  readonly dtr?: boolean;
  /** A port without such lines, such as a pseudo-terminal, may still be used. */
  readonly optional?: boolean;
}

/** What optical heads need: many take their supply from RTS, and some get none while DTR is on. */
export const headLines: SteadyLines = { rts: true, dtr: false, optional: true };

/** Both lines, true for on. */
export interface ModemLines {
  readonly rts: boolean;
  readonly dtr: boolean;
}

/** Another meter reader restarts a stuck adapter with half a second without its enable line. */
export const defaultPulse: Millis = 500;

/**
 * The lines that switch the adapter on or off; the others keep their steady state.
 *
 * @example
 * modemLines({ rts: false, pulse: 500 }, true) // { rts: false, dtr: true }
 * modemLines({ rts: true, pulse: 500 }, true, headLines) // { rts: true, dtr: false }
 */
export const modemLines = ({ rts, dtr }: EnableLine, enabled: boolean, steady: SteadyLines = {}): ModemLines => ({
  rts: rts === undefined ? (steady.rts ?? true) : rts === enabled,
  dtr: dtr === undefined ? (steady.dtr ?? true) : dtr === enabled,
});

/** The lines of a port without an enable line. */
export const steadyLines = ({ rts = true, dtr = true }: SteadyLines): ModemLines => ({ rts, dtr });

/** Resolves after the time, or at once when the signal is aborted. */
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

/** Off, then on again, to restart what the line powers. Ends early if the signal is aborted; the caller checks. */
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
