/** Whether a line that worked and then fell silent comes back. */
import type { Millis } from "@meterport/protocol/ports";
import type { Report } from "../report.ts";
import { type ExaminedLink, isOver } from "./examined-link.ts";

/** The longest wait for the end of a pause. */
const pauseLimit: Millis = 60_000;
const pauseProbe: Millis = 2_000;

/** The other side closed the pipe: nothing more can be examined. */
export const hungUp = (report: Report): false => {
  report.check("line", "bad", "hung-up");
  report.blame("hangs-up");
  return false;
};

/**
 * Waits until the meter answers again; false if it does not in time. Calls `paused` with how long it was silent.
 *
 * @throws LinkError aborted
 */
export const answersAgain = async (
  examined: ExaminedLink,
  report: Report,
  paused: (silent: Millis) => void,
): Promise<boolean> => {
  const { clock } = examined;
  const began = clock.now();
  let back = false;
  while (!back && clock.now() - began < pauseLimit) {
    await examined.listen(pauseProbe);
    const probe = await examined.ask();
    if (isOver(probe.failure)) return hungUp(report);
    back = probe.answered;
  }
  paused(clock.now() - began);
  return back;
};
