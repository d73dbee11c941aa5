/** RTS and DTR of a serial port as the line that powers an adapter or enables the meter's port. */
import type { Millis, Signal } from "@meterport/protocol/ports";

/** What the two lines are while the port is open; one that is left out stays on, as every system opens it. */
export interface EnableLine {
  /** True: it enables while it is on. False: while it is off. */
  readonly rts?: boolean;
  readonly dtr?: boolean;
  /** How long it stays off before it is switched on, and how long the adapter gets to wake up then. */
  readonly pulse: Millis;
}

/** Both lines, true for on. */
export interface ModemLines {
  readonly rts: boolean;
  readonly dtr: boolean;
}

/** A reader of others restarts a stuck adapter by half a second without its enable line. */
export const defaultPulse: Millis = 500;

/**
 * The lines that switch the adapter on or off.
 *
 * @example
 * modemLines({ rts: false, pulse: 500 }, true) // { rts: false, dtr: true }
 */
export const modemLines = ({ rts, dtr }: EnableLine, enabled: boolean): ModemLines => ({
  rts: rts === undefined ? true : rts === enabled,
  dtr: dtr === undefined ? true : dtr === enabled,
});

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
): Promise<void> => {
  await set(modemLines(enable, false));
  await pause(enable.pulse, signal);
  await set(modemLines(enable, true));
  await pause(enable.pulse, signal);
};
