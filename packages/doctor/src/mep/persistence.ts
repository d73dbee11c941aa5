/** Asks again where a line fell silent meanwhile. */
import { LinkError, type LinkFailure } from "@meterport/protocol/errors";
import type { Sickness } from "../diagnosis.ts";
import type { Report } from "../report.ts";
import type { ExaminedLink } from "./examined-link.ts";

/** How often the meter is asked what it is and what may be read. */
const attempts = 3;

export interface Persistence {
  readonly examined: ExaminedLink;
  readonly report: Report;
  /** Waits for a line that fell silent; false where it does not come back. */
  readonly returns: () => Promise<boolean>;
  /** What is to blame where the meter never answers. */
  readonly blamed: (failure: LinkFailure) => Sickness;
}

/** A line that fell silent meanwhile is waited for, and what was asked is asked again. False where it could not be had. */
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
