/** Tries again if a line fell silent meanwhile. */
import { LinkError, type LinkFailure } from "@meterport/protocol/errors";
import type { Sickness } from "../diagnosis.ts";
import type { Report } from "../report.ts";
import type { ExaminedLink } from "./examined-link.ts";

/** How often a task is tried, such as asking the meter what it is. */
const attempts = 3;

export interface Persistence {
  readonly examined: ExaminedLink;
  readonly report: Report;
  /** Waits for a line that fell silent; false if it does not come back. */
  readonly returns: () => Promise<boolean>;
  /** What is to blame if the meter never answers. */
  readonly blamed: (failure: LinkFailure) => Sickness;
}

/** Runs a task; if the line falls silent, waits for it and runs the task again. False if that did not help. */
export const persists = async (
  { examined, report, returns, blamed }: Persistence,
  task: () => Promise<void>,
): Promise<boolean> => {
  for (let attempt = 1; ; attempt++)
    try {
      await task();
      return true;
    } catch (error) {
      if (!(error instanceof LinkError) || error.code === "aborted") throw error;
      if (attempt < attempts && ((await examined.ask()).answered || (await returns()))) continue;
      report.blame(blamed(error.code));
      return false;
    }
};
