/** What runs of exports carried: by which a new one is made or not, and of which those that tell changes only are the difference. */
import { createHash } from "node:crypto";
import { UsageError } from "@meterport/protocol/errors";
import type { Run } from "../books/database.ts";
import type { ExportDay } from "../exports/model/export-day.ts";
import type { ExportFormat, ExportRun } from "../exports/runs/export-files.ts";
import { type CarriedDay, type ChosenDays, carriedDays, newestDays } from "./export-days.ts";
import { datesOf } from "./export-periods.ts";
import type { KeptPlan } from "./export-plans.ts";
import { readCarried, readChain } from "./sql/exports.ts";

/** What `export_run.carried` holds. */
export interface Carried {
  /** SHA-256 of all values and codes: a version of a day that says the same makes no new file. */
  readonly contents: string;
  readonly days: readonly CarriedDay[];
  /** Which of its files could not be made, and why. The others go on. */
  readonly left?: string | undefined;
  /** SHA-256 of the form that it was made in; older runs lack it. */
  readonly spec?: string | undefined;
  /** The version of which it tells the changes; 0 if it tells everything. Older runs lack it. */
  readonly base?: number | undefined;
}

/** A statement compares a month with those of the year before. */
const statementMonths = 24;

/** The local dates that a run looks at. */
const datesFor = ({ format }: KeptPlan, period: string): readonly string[] =>
  datesOf(period, format.kind === "statement" ? statementMonths : 0);

/** A part of a run that is made by itself. */
export interface RunShare {
  readonly format: ExportFormat;
  readonly chosen: (run: Run) => Promise<ChosenDays>;
}

/** The parts of a run. Each tenant's statement looks at two years, so that not all of them are held in memory at once. */
export const sharesOf = (plan: KeptPlan, period: string): readonly RunShare[] => {
  const { format } = plan;
  const dates = datesFor(plan, period);
  if (format.kind === "statement")
    return format.tenants.map((tenant) => ({
      format: { ...format, tenants: [tenant] },
      chosen: (run: Run) => newestDays(run, { ...plan, only: tenant.points }, dates),
    }));
  let known: Promise<ChosenDays> | undefined;
  const chosen = (run: Run): Promise<ChosenDays> => {
    known ??= newestDays(run, plan, dates);
    return known;
  };
  return [{ format, chosen }];
};

/** SHA-256 of all values and codes, and which versions they are of; of many statements only their files say that. */
export const contentsOf = async (
  run: Run,
  shares: readonly RunShare[],
): Promise<Pick<Carried, "contents" | "days">> => {
  const hash = createHash("sha256");
  let [count, carried]: [number, readonly CarriedDay[]] = [0, []];
  for (const share of shares) {
    const chosen = await share.chosen(run);
    for (const { point, gsrn, obis, start, values } of chosen.days)
      hash.update(JSON.stringify([point, gsrn, obis, start, values.map(({ amount, code }) => [amount, code])]));
    count += chosen.days.length;
    carried = shares.length === 1 ? chosen.carried : [];
  }
  if (count === 0) throw new UsageError("export", "no day of it has been checked yet");
  return { contents: hash.digest("hex"), days: carried };
};

export const specHash = ({ format, channels, zone }: KeptPlan): string =>
  createHash("sha256")
    .update(JSON.stringify([format, channels ?? null, zone]))
    .digest("hex");

/** Whether the plan was changed since. */
export const isOtherSpec = ({ spec }: Carried, plan: KeptPlan): boolean =>
  spec !== undefined && spec !== specHash(plan);

export const tellsChanges = ({ format }: KeptPlan): boolean => format.kind === "e66-fi";

/** A run on which others can build. */
export interface Base {
  readonly version: number;
  readonly carried: Carried;
}

/**
 * The newest run whose values the target has, or will have: it did not refuse that one, nor any of those of which it tells the changes. Undefined if
 * there is none, or if that was made in another form.
 */
export const baseOf = async (run: Run, plan: KeptPlan, day: string): Promise<Base | undefined> => {
  const sound = new Set([0]);
  for (const { version, refused, base } of (await run(readChain, [plan.id, day])).rows)
    if (refused !== true && (base === null || sound.has(Number(base)))) sound.add(Number(version));
  const newest = Math.max(...sound);
  const [row] = newest === 0 ? [] : (await run(readCarried, [plan.id, day, newest])).rows;
  const carried = row?.carried as Carried | undefined;
  return carried === undefined || isOtherSpec(carried, plan) ? undefined : { version: newest, carried };
};

/** A day in intervals of another length is another day: all of it is new to who gets changes. */
const dayKey = ({ point, obis, start, step }: ExportDay): string => `${point} ${obis} ${start} ${step}`;

/** What the target has already, for formats that tell changes only. */
export const beforeOf = async (
  run: Run,
  plan: KeptPlan,
  period: string,
  base: Carried | undefined,
): Promise<ExportRun["before"]> => {
  if (base === undefined || !tellsChanges(plan)) return () => null;
  const days = await carriedDays(run, plan, datesFor(plan, period), base.days);
  const known = new Map(days.map((day) => [dayKey(day), day]));
  return (day) => known.get(dayKey(day)) ?? null;
};
