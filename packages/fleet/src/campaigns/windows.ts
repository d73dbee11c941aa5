/** Windows of the local day in which a campaign may read. Pure. */
import { type LocalOffset, type QuietWindow, quietAt, quietRest } from "@meterport/engine/plan/quiet";
import type { Millis } from "@meterport/protocol/ports";

/** From one minute of the local day to another, as quiet windows are written: "00:30-05:30". */
export type ReadWindow = QuietWindow;

const minute: Millis = 60_000;
const day: Millis = 1_440 * minute;
/** A change to or from summer time may lie between now and the opening: so much before it, smaller steps begin. */
const margin: Millis = 3 * 60 * minute;
/** Two days in steps of 10 min, and some of a minute around a change of the clock. */
const mostSteps = 700;

/** Whether a campaign with these windows may read now; without windows it always may. */
export const mayRead = (windows: readonly ReadWindow[], wall: Millis, offset: LocalOffset): boolean =>
  windows.length === 0 || quietAt(windows, wall, offset) !== undefined;

/** From a local time to the next opening, if no clock is changed in between. */
const untilOpening = (windows: readonly ReadWindow[], local: Millis): Millis =>
  Math.min(...windows.map(({ from }) => (((from * minute - local) % day) + day) % day));

/** How long nothing changes at least; around a change of the clock windows may open or close at any minute. */
const restFrom = (windows: readonly ReadWindow[], at: Millis, offset: LocalOffset): Millis => {
  const rest = quietRest(windows, at, offset);
  const now = offset(at);
  return offset(at + rest) === now && offset(at - margin) === now ? rest : minute - (at % minute);
};

/**
 * The first moment at or after `wall` at which a campaign may read.
 *
 * @param wall milliseconds since 1970
 * @example
 * nextOpening([{ from: 60, to: 120 }], Date.UTC(2026, 0, 15, 12), () => 0) === Date.UTC(2026, 0, 16, 1) // true
 */
export const nextOpening = (windows: readonly ReadWindow[], wall: Millis, offset: LocalOffset): Millis => {
  if (mayRead(windows, wall, offset)) return wall;
  let at = wall + Math.max(0, untilOpening(windows, wall + offset(wall)) - margin);
  for (let step = 0; step < mostSteps && !mayRead(windows, at, offset); step++) at += restFrom(windows, at, offset);
  return at;
};

/**
 * When the window that is open now closes, looking two days ahead; `undefined` if that is later, and without windows.
 *
 * @example
 * nextClosing([{ from: 60, to: 120 }], Date.UTC(2026, 0, 15, 1), () => 0) === Date.UTC(2026, 0, 15, 2) // true
 */
export const nextClosing = (windows: readonly ReadWindow[], wall: Millis, offset: LocalOffset): Millis | undefined => {
  if (windows.length === 0) return undefined;
  let at = wall;
  for (let step = 0; step < mostSteps; step++) {
    if (!mayRead(windows, at, offset)) return at;
    at += restFrom(windows, at, offset);
  }
  return undefined;
};
