/** The jobs of back-fill of one point, the most urgent first. */

import type { Millis } from "@meterport/protocol/ports";
import { SumsJob, type SumsJobOptions } from "../intervals/sums-job.ts";
import type { PointJob } from "../plan/point-job.ts";
import { eventLogJob } from "./event-log-job.ts";
import type { BackfillDeps } from "./job.ts";
import { outageJob } from "./outage-job.ts";
import type { PieceRoom } from "./piece-room.ts";
import { ProfileJob, type ProfileJobOptions } from "./profile-job.ts";
import type { ProfileKnown } from "./profile-known.ts";
import { selfReadJob } from "./self-read-job.ts";

export interface BackfillJobs {
  readonly profile: ProfileJob;
  /** All of them: what is short comes before the load profile. */
  readonly all: readonly PointJob[];
  /** Stops listening to the link. */
  readonly close: () => void;
}

export interface BackfillOptions extends BackfillDeps {
  readonly store: BackfillDeps["store"] & SumsJobOptions["store"];
  readonly loadProfile?: Omit<ProfileJobOptions, keyof BackfillDeps> | undefined;
  readonly rates?: BackfillRates | undefined;
  readonly room?: PieceRoom | undefined;
  readonly known?: ProfileKnown | undefined;
}

/** How often the meter's memory is looked at, while nothing is known to be missing. */
export interface BackfillRates {
  readonly events?: Millis | "off" | undefined;
  readonly profile?: Millis | "off" | undefined;
}

/** @throws UsageError (`zone`) if there is no such zone */
export const backfillJobs = ({ loadProfile, rates = {}, room, known, ...deps }: BackfillOptions): BackfillJobs => {
  const { events, profile: every } = rates;
  const profile = new ProfileJob({ ...deps, room, known, every: every === "off" ? undefined : every, ...loadProfile });
  const read = [
    ...(events === "off" ? [] : [eventLogJob(deps, events)]),
    outageJob(deps),
    selfReadJob(deps),
    ...(every === "off" ? [] : [profile]),
  ];
  const sums = new SumsJob({ ...deps, settled: () => profile.progress().settled });
  let { answering } = deps.source.status();
  const close = deps.source.listen((status) => {
    // What happened meanwhile is what back-fill is for.
    if (status.answering && !answering) for (const job of read) job.soon();
    ({ answering } = status);
  });
  return { profile, all: [...read, sums], close };
};
