/** A meter as a clock: its time, and how far that can be wrong. Nothing here sets a clock. */
import { utcMillis } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { BT52 } from "@meterport/protocol/tables/basic/bt52-utc-clock";
import { BT55 } from "@meterport/protocol/tables/basic/bt55-local-clock-state";
import type { CallOptions, Meter } from "../meter/meter.ts";
import { unlessRefused } from "../meter/outcome.ts";
import { localIso } from "./quality.ts";

/** What a meter's clock showed. */
export interface MeterTime {
  /** When the answer came, Unix milliseconds. */
  readonly time: Millis;
  /** The meter's clock showed `time` give or take this many milliseconds; whether that clock is right is another question. */
  readonly error: Millis;
  /** The meter's clock minus the wall clock of this machine, with the same error. */
  readonly offset: Millis;
}

/** The meter counts whole seconds. */
const resolution: Millis = 1_000;

/**
 * The bound of one read: the meter looked at its clock at some moment between request and answer, and that clock shows
 * the second that has begun. `sent` and `received` are of a clock that nobody sets.
 *
 * @example
 * meterTimeOf({ shown: 60_000, sent: 0, received: 200, wall: 60_000 }) // { time: 60600, error: 600, offset: 600 }
 */
export const meterTimeOf = ({
  shown,
  sent,
  received,
  wall,
}: {
  readonly shown: Millis;
  readonly sent: Millis;
  readonly received: Millis;
  /** The machine's wall clock when the answer came. */
  readonly wall: Millis;
}): MeterTime => {
  const error = (Math.max(0, received - sent) + resolution) / 2;
  const time = shown + error;
  return { time, error, offset: time - wall };
};

/**
 * Reads the meter's clock once (BT52). null if it shows a date that no calendar has. MEP guide 1.1, pp. 230-231.
 *
 * @throws LinkError, ResponseError
 */
export const meterTime = async (meter: Meter, call: CallOptions = {}): Promise<MeterTime | null> => {
  const { clock } = meter;
  const sent = clock.now();
  const shown = utcMillis(await meter.read(BT52, ["clock"], call));
  const received = clock.now();
  return shown === undefined ? null : meterTimeOf({ shown, sent, received, wall: clock.wall() });
};

/**
 * The meter's local time to the minute (BT55), without a zone; null if it refuses that, or shows no real date. MEP guide
 * 1.1, p. 235.
 *
 * @throws LinkError
 */
export const meterLocalTime = async (meter: Meter, call: CallOptions = {}): Promise<string | null> => {
  const [clock] = await meter.batch((want) => [want.read(BT55, ["clock"])], call);
  const now = unlessRefused(clock);
  return now === null ? null : localIso(now);
};
