/** Windows of the day in which a point is not read: pure arithmetic over local time. */
import { twoDigits } from "@meterport/protocol/digits";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";

/** From one minute of the local day to another, which is excluded; across midnight if `to` is smaller than `from`. */
export interface QuietWindow {
  /** Minutes after local midnight, 0 to 1439. */
  readonly from: number;
  /** Minutes after local midnight, 0 to 1439, never `from`. */
  readonly to: number;
}

/** How far local time is ahead of UTC at a moment, both in milliseconds (the moment since 1970). */
export type LocalOffset = (wall: Millis) => Millis;

const minute: Millis = 60_000;
const minutesOfDay = 1_440;
const mostWindows = 24;
/** The most by which a change to or from summer time moves the clock. */
const longestShift: Millis = 2 * 60 * minute;
/** How soon a clock that its owner sets is noticed. */
const longestRest: Millis = 10 * minute;

/** "02:10", 130 minutes after midnight; undefined for anything else. */
const minuteOf = (text: string): number | undefined => {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  return hours === undefined || minutes === undefined ? undefined : 60 * Number(hours) + Number(minutes);
};

/**
 * Windows as written in a configuration, separated by commas.
 *
 * @throws UsageError (`quiet`) for anything but windows of the day, and for more than 24; the message quotes nothing, since a key
 * may be in the wrong place
 * @example
 * parseQuiet("02:10-02:18") // [{ from: 130, to: 138 }]
 * @example
 * parseQuiet("23:50-00:10, 12:00-12:05").length // 2
 * @example
 * parseQuiet("2:10-2:18") // throws UsageError
 */
export const parseQuiet = (text: string): readonly QuietWindow[] => {
  const windows = text.split(",").map((part): QuietWindow => {
    const [first = "", last = "", ...more] = part.trim().split("-");
    const [from, to] = [minuteOf(first.trim()), minuteOf(last.trim())];
    if (from === undefined || to === undefined || from === to || more.length > 0)
      throw new UsageError("quiet", "must be windows of the day like 02:10-02:18, separated by commas");
    return { from, to };
  });
  if (windows.length > mostWindows)
    throw new UsageError("quiet", `has ${windows.length} windows, and a meter may have ${mostWindows} at most`);
  return windows;
};

const clockText = (minutes: number): string => [Math.floor(minutes / 60), minutes % 60].map(twoDigits).join(":");

/**
 * A window as people write it.
 *
 * @example
 * quietText({ from: 130, to: 138 }) // "02:10-02:18"
 */
export const quietText = ({ from, to }: QuietWindow): string => `${clockText(from)}-${clockText(to)}`;

const localMinute = (local: Millis): number => Math.floor(local / minute) % minutesOfDay;

const isIn = ({ from, to }: QuietWindow, at: number): boolean =>
  from < to ? at >= from && at < to : at >= from || at < to;

/**
 * Local times that this moment stands for. There are two if the clock was just put forward: the skipped times fall at the same
 * moments as if it had not been, so that a window inside the skipped hour is kept on that day too. A repeated hour is kept twice.
 */
const localTimes = (wall: Millis, offset: LocalOffset): readonly Millis[] => {
  const now = offset(wall);
  const before = offset(wall - longestShift);
  const skipped = now - before;
  return skipped > 0 && offset(wall - skipped) === before ? [wall + now, wall + before] : [wall + now];
};

/**
 * The window that a moment lies in; undefined if there is none.
 *
 * @param wall milliseconds since 1970
 * @example
 * quietAt(parseQuiet("02:10-02:18"), Date.UTC(2026, 0, 15, 1, 12), () => 3_600_000) // { from: 130, to: 138 }
 */
export const quietAt = (
  windows: readonly QuietWindow[],
  wall: Millis,
  offset: LocalOffset,
): QuietWindow | undefined => {
  const minutes = localTimes(wall, offset).map(localMinute);
  return windows.find((window) => minutes.some((at) => isIn(window, at)));
};

/**
 * How long nothing changes at least: until a window begins or ends, and at most ten minutes, since a clock may be set.
 *
 * @param wall milliseconds since 1970
 * @example
 * quietRest(parseQuiet("02:10-02:18"), Date.UTC(2026, 0, 15, 1, 12), () => 3_600_000) // 360000
 */
export const quietRest = (windows: readonly QuietWindow[], wall: Millis, offset: LocalOffset): Millis => {
  const day = minutesOfDay * minute;
  const ahead = localTimes(wall, offset).flatMap((local) =>
    windows.flatMap(({ from, to }) => [from, to].map((edge) => (((edge * minute - local) % day) + day) % day || day)),
  );
  return Math.min(longestRest, ...ahead);
};
