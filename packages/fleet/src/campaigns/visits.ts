/** Visits: what several campaigns want of one meter is read together, since opening its link costs more than a read. Pure. */
import { type ReadKind, readKinds } from "./campaign.ts";

/** A target that is due, with what its campaign reads. */
export interface DueTarget {
  readonly campaign: number;
  readonly meter: number;
  readonly site: number;
  /** `priorityAfter` its attempts. */
  readonly priority: number;
  readonly attempts: number;
  readonly reads: readonly ReadKind[];
}

export interface Visit {
  readonly meter: number;
  readonly site: number;
  /** That of its most urgent target. */
  readonly priority: number;
  /** All of its targets have failed before: it may be for nothing again. */
  readonly retry: boolean;
  /** Each kind once, in the order of `readKinds`. */
  readonly reads: readonly ReadKind[];
  /** Campaigns for which it is, the most urgent first. */
  readonly campaigns: readonly number[];
}

const byUrgency = (a: DueTarget, b: DueTarget): number => b.priority - a.priority || a.campaign - b.campaign;

const visitOf = (targets: readonly DueTarget[]): Visit => {
  const sorted = targets.toSorted(byUrgency);
  const [first] = sorted as [DueTarget, ...DueTarget[]];
  const wanted = new Set(sorted.flatMap(({ reads }) => reads));
  return {
    ...{ meter: first.meter, site: first.site, priority: first.priority },
    retry: sorted.every(({ attempts }) => attempts > 0),
    reads: readKinds.filter((kind) => wanted.has(kind)),
    campaigns: [...new Set(sorted.map(({ campaign }) => campaign))],
  };
};

const byMeter = (targets: readonly DueTarget[]): Iterable<readonly DueTarget[]> => {
  const groups = new Map<number, DueTarget[]>();
  for (const target of targets) {
    const group = groups.get(target.meter);
    if (group === undefined) groups.set(target.meter, [target]);
    else group.push(target);
  }
  return groups.values();
};

/** One visit for each meter, the most urgent first. */
export const visitsOf = (targets: readonly DueTarget[]): readonly Visit[] =>
  [...byMeter(targets)]
    .map(visitOf)
    .sort((a, b) => b.priority - a.priority || Number(a.retry) - Number(b.retry) || a.meter - b.meter);
