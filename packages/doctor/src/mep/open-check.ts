/** Whether a link opens at all, and if not, why. */
import { LinkError, type OpenFailure } from "@meterport/protocol/errors";
import type { Sickness } from "../diagnosis.ts";
import type { Report } from "../report.ts";
import type { ExaminedLink } from "./examined-link.ts";

const unopened: Readonly<Record<OpenFailure, Sickness>> = {
  missing: "no-device",
  denied: "no-permission",
  busy: "device-busy",
  unsuitable: "unsuitable-device",
  refused: "bridge-refuses",
  unreachable: "bridge-unreachable",
  "hung-up": "hangs-up",
};

/** @throws UsageError for a malformed link; LinkError (`aborted`) */
export const opens = async (examined: ExaminedLink, report: Report): Promise<boolean> => {
  const { now } = examined.clock;
  const began = now();
  try {
    await examined.open();
    report.check("open", "good", "opened", { millis: Math.round(now() - began) });
    return true;
  } catch (error) {
    if (!(error instanceof LinkError) || error.code === "aborted") throw error;
    report.check("open", "bad", "not-opened", { detail: error.detail });
    report.blame(error.reason === undefined ? "cannot-open" : unopened[error.reason]);
    return false;
  }
};
