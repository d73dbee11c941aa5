/** The jobs of back-fill of one point, the most urgent first. */
import { SumsJob, type SumsJobOptions } from "../intervals/sums-job.ts";
import type { PointJob } from "../plan/point-job.ts";
import { eventLogJob } from "./event-log-job.ts";
import type { BackfillDeps } from "./job.ts";
import { outageJob } from "./outage-job.ts";
import { ProfileJob, type ProfileJobOptions } from "./profile-job.ts";
import { selfReadJob } from "./self-read-job.ts";

export interface BackfillJobs {
  readonly profile: ProfileJob;
  /** All of them: what is short comes before the load profile. */
  readonly all: readonly PointJob[];
  /** Ends them: they listen to the link. */
  readonly close: () => void;
}

export interface BackfillOptions extends BackfillDeps {
  readonly store: BackfillDeps["store"] & SumsJobOptions["store"];
  readonly loadProfile?: Omit<ProfileJobOptions, keyof BackfillDeps> | undefined;
}

/** @throws UsageError (`zone`) if there is no such zone */
export const backfillJobs = ({ loadProfile, ...deps }: BackfillOptions): BackfillJobs => {
  const profile = new ProfileJob({ ...deps, ...loadProfile });
  const read = [eventLogJob(deps), outageJob(deps), selfReadJob(deps), profile];
  const sums = new SumsJob({ ...deps, settled: () => profile.progress().settled });
  return {
    profile,
    all: [...read, sums],
    close: () => {
      for (const job of read) job.close();
    },
  };
};
