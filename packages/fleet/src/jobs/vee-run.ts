/** Checks days of points: loads, judges, and keeps what came of it. */
import type { Millis } from "@meterport/protocol/ports";
import type { Database, Run } from "../books/database.ts";
import { type Month, makeMonth, monthOf, monthsIn } from "../books/partitions.ts";
import type { ChosenDay } from "../vee/choose-day.ts";
import { runVee, type VeeRun } from "../vee/run-vee.ts";
import { defaultVeeSettings, type VeeSettings } from "../vee/settings.ts";
import { dayMillis } from "../vee/vee-input.ts";
import { iso } from "./campaign-rows.ts";
import { writeChosen, writeVeeDays } from "./sql/vee.ts";
import { usualDays } from "./vee-days.ts";
import { type VeeTask, veeSource, veeTasks } from "./vee-inputs.ts";
import { daysFrom, loadVee, type VeeFacts, type VeeRange } from "./vee-load.ts";
import { checkedNames, chosenTexts, isoDay } from "./vee-rows.ts";

/** Enough for days of which nothing is missing: the registers on both sides. */
const shortReach = 3;
/** As far as registers are looked for. */
const longReach = 40;
/** Points of which all days are loaded at once. */
const lateAtOnce = 40;

export interface VeeOptions {
  readonly settings?: VeeSettings | undefined;
  /** Local dates that are like Sundays. */
  readonly holidays?: ReadonlySet<string> | undefined;
  /** Now, milliseconds since 1970. */
  readonly now: Millis;
  /** Until when a day may be completed; then it is checked as it is. */
  readonly deadline: Millis;
  /** What cannot be checked, a sentence each. */
  readonly complain: (sentence: string) => void;
}

/** What came of a channel on a day. */
interface VeeResult {
  readonly point: number;
  readonly obis: string;
  readonly day: Millis;
  readonly run: VeeRun;
  /** The version that holds now. */
  readonly chosen: ChosenDay;
}

export interface VeeCount {
  /** Channel-days that were judged. */
  readonly checked: number;
  /** Of which a new version was made. */
  readonly versions: number;
  /** Points with a day that is not simply as it was measured: days that share registers with it may be as well. */
  readonly unsettled: readonly number[];
}

const count = (chosen: ChosenDay, codes: readonly string[]): number =>
  chosen.codes.filter((code) => codes.includes(code)).length;

/** Whether a person should look at it. */
const stateOf = ({ run, chosen }: VeeResult): "o" | "f" => {
  if (count(chosen, ["suspect", "missing"]) > 0) return "o";
  const { day } = run.verdicts;
  return (day === "refuse" || day === "stop") && chosen.by === "vee" ? "o" : "f";
};

const isUnsettled = ({ verdicts: { day } }: VeeRun): boolean => day !== null && day !== "notice";

const monthsNeeded = (results: readonly VeeResult[]): ReadonlySet<Month> =>
  new Set(results.map(({ day }) => monthOf(day)));

/** Months that are there, asked for once. */
const madeMonths = new WeakMap<Database, Set<Month>>();

const makeMonths = async (database: Database, results: readonly VeeResult[]): Promise<void> => {
  const known = madeMonths.get(database) ?? new Set<Month>();
  madeMonths.set(database, known);
  const missing = [...monthsNeeded(results)].filter((month) => !known.has(month));
  if (missing.length === 0) return;
  const { of } = await monthsIn(database.run);
  for (const month of missing) {
    for (const table of ["chosen_day", "vee_day"] as const)
      if (of.get(table)?.has(month) !== true) await makeMonth(database, table, month);
    known.add(month);
  }
};

const keep = async (run: Run, results: readonly VeeResult[], now: Millis): Promise<number> => {
  const made = results.flatMap((one) =>
    one.run.chosen === "unchanged" ? [] : [{ ...one, texts: chosenTexts(one.chosen) }],
  );
  if (made.length > 0) {
    const written = await run(writeChosen, [
      made.map(({ point }) => point),
      made.map(({ obis }) => obis),
      made.map(({ day }) => isoDay(day)),
      made.map(({ chosen }) => chosen.version),
      made.map(({ texts }) => texts.value),
      made.map(({ texts }) => texts.code),
      made.map(({ texts }) => texts.rule),
      made.map(({ chosen }) => chosen.by),
      made.map(({ chosen }) => chosen.reason),
      made.map(({ chosen }) => iso(chosen.at)),
    ]);
    // It may know of an edit that this one does not, or the other way round: all of it is done again.
    if (written.count < made.length) throw new Error("another check made a version of the same day meanwhile");
  }
  await run(writeVeeDays, [
    results.map(({ point }) => point),
    results.map(({ obis }) => obis),
    results.map(({ day }) => isoDay(day)),
    results.map(({ run: { verdicts } }) => verdicts.day),
    results.map(({ run: { verdicts } }) => (verdicts.findings.length === 0 ? null : JSON.stringify(verdicts.findings))),
    results.map(stateOf),
    results.map(({ chosen }) => chosen.version),
    results.map(({ chosen }) => count(chosen, ["suspect"])),
    results.map(({ chosen }) => count(chosen, ["missing"])),
    results.map(({ chosen }) => count(chosen, ["line", "like-day", "registers"])),
    results.map(() => iso(now)),
  ]);
  return made.length;
};

const isOver = (task: VeeTask, day: Millis, { deadline }: VeeOptions): boolean =>
  task.isComplete || task.previous !== null || day + dayMillis <= deadline;

/** Whether a channel that has nothing on the days that were loaded is over: days that were not loaded may have something. */
const isHidden = ({ point, chosen, usual }: VeeFacts, tasks: readonly VeeTask[], day: Millis, options: VeeOptions) =>
  usual !== undefined &&
  point.names.some(
    (name) =>
      !tasks.some((task) => task.name === name) &&
      (chosen.has(`${checkedNames[name].obis} ${isoDay(day)}`) || day + dayMillis <= options.deadline),
  );

/**
 * What is loaded for a check, in stages: of most days a complete one needs few others. With `usual`, those; then all days, where something is unusual;
 * then registers that are far away as well, where something is missing.
 */
interface Stage extends Pick<VeeRange, "reach" | "usual"> {
  /** Points at once. */
  readonly most: number;
}
const [ofAllDays, ofFarRegisters] = [1, 2] as const;

interface Judged {
  readonly results: readonly VeeResult[];
  /** The stage in which it has to be done again; undefined if what is found holds. */
  readonly again: number | undefined;
}

/** All channels of one point. */
const judgePoint = (facts: VeeFacts, days: readonly Millis[], stage: number, options: VeeOptions): Judged => {
  const { settings = defaultVeeSettings, holidays = new Set<string>(), now, complain } = options;
  const source = veeSource(facts, holidays);
  const results: VeeResult[] = [];
  let lacked = false;
  for (const day of days) {
    const tasks = veeTasks(source, day);
    const over = tasks.filter((task) => isOver(task, day, options));
    const isLate = isHidden(facts, tasks, day, options) || over.some((task) => !task.isComplete);
    if (isLate && stage < ofFarRegisters) return { results: [], again: ofFarRegisters };
    for (const { input, previous, edits, obis } of over) {
      try {
        const run = runVee({ input, previous, edits, at: now, settings });
        lacked ||= run.lacked;
        const chosen = run.chosen === "unchanged" ? previous : run.chosen;
        if (chosen !== null) results.push({ point: facts.point.number, obis, day, run, chosen });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        complain(`point ${facts.point.id}, ${obis}, ${isoDay(day)} cannot be checked: ${reason}`);
      }
    }
  }
  return lacked ? { results: [], again: ofAllDays } : { results, again: undefined };
};

const stagesOf = ({ settings = defaultVeeSettings, holidays = new Set<string>() }: VeeOptions): readonly Stage[] => [
  {
    reach: shortReach,
    usual: usualDays({ settings, holidays, reach: shortReach }),
    most: Number.POSITIVE_INFINITY,
  },
  { reach: shortReach, most: lateAtOnce },
  { reach: longReach, most: lateAtOnce },
];

type Checked = Omit<VeeRange, "reach" | "usual" | "clockBeyond">;

/** No slots are shorter. */
const shortestSlot: Millis = 300_000;
const clockBeyondOf = ({ settings = defaultVeeSettings }: VeeOptions): Millis => {
  const { on, suspectFraction, refuseFraction } = settings["clock-offset"];
  return on ? Math.min(suspectFraction, refuseFraction) * shortestSlot : Number.MAX_SAFE_INTEGER;
};

/** What comes of all channels of some points. */
const judgeAll = async (run: Run, range: Checked, options: VeeOptions): Promise<readonly VeeResult[]> => {
  const days = daysFrom(range.first, range.last);
  const clockBeyond = clockBeyondOf(options);
  const results: VeeResult[] = [];
  const waiting: number[][] = [[...range.points], [], []];
  for (const [n, { reach, usual, most: atOnce }] of stagesOf(options).entries()) {
    const left = waiting[n] ?? [];
    while (left.length > 0) {
      const points = left.splice(0, atOnce);
      for (const facts of await loadVee(run, { ...range, points, reach, usual, clockBeyond })) {
        const { results: found, again } = judgePoint(facts, days, n, options);
        results.push(...found);
        if (again !== undefined) waiting[again]?.push(facts.point.number);
      }
    }
  }
  return results;
};

const most = 1_000;

/**
 * Checks all channels of some points from one day to another. A day that may still be completed is left out. The same again changes
 * nothing.
 *
 * @throws PostgresError
 */
export const checkDays = async (database: Database, range: Checked, options: VeeOptions): Promise<VeeCount> => {
  const results = await judgeAll(database.run, range, options);
  if (results.length === 0) return { checked: 0, versions: 0, unsettled: [] };
  await makeMonths(database, results);
  let versions = 0;
  for (let from = 0; from < results.length; from += most)
    versions += await database.transaction((run) => keep(run, results.slice(from, from + most), options.now));
  const unsettled = new Set(results.flatMap(({ point, run }) => (isUnsettled(run) ? [point] : [])));
  return { checked: results.length, versions, unsettled: [...unsettled] };
};
