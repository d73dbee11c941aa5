/** Reads the power quality in a rhythm of its own: what differs from the last time is an event. */
import { LayoutError, ResponseError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { PointJob } from "../plan/point-job.ts";
import { recurring } from "../plan/recurring.ts";
import type { Log } from "../ports/log.ts";
import { keepQuality, type QualityContext } from "./visit-reads.ts";

/** @param interval milliseconds from one read to the next */
export const qualityJob = (context: QualityContext & { readonly log: Log }, interval: Millis): PointJob => {
  const { id, log } = context;
  let last: string | undefined;
  let isRefused = false;
  return recurring({
    ...{ point: id, name: "read the power quality", interval },
    run: async () => {
      try {
        last = await keepQuality(context, last);
        isRefused = false;
      } catch (error) {
        // No meter changes its mind within seconds, and the next turn may find another one.
        if (!(error instanceof ResponseError || error instanceof LayoutError)) throw error;
        if (!isRefused) log.info(`its power quality is not read: ${error.message}`, { meter: id });
        isRefused = true;
      }
    },
  });
};
