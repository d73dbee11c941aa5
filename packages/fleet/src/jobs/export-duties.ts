/** The duties of exports: files are made when they are due, and handed to their targets until those have them. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import { Deliverer } from "../exports/delivery/deliverer.ts";
import { afterFailure } from "../exports/delivery/schedule.ts";
import { signerFrom } from "../exports/delivery/signature.ts";
import { Spool } from "../exports/delivery/spool.ts";
import type { CarriedVersion } from "../exports/model/export-day.ts";
import { millis } from "./campaign-rows.ts";
import { type Duty, type DutyParts, keysOf } from "./duty.ts";
import { duePeriods, firstDayOf } from "./export-periods.ts";
import { type KeptPlan, planOf, plansIn, targetOf } from "./export-plans.ts";
import { carriedName, filesIn, type KeptFile, makeRun, partsOf } from "./export-runs.ts";
import { noteDelivery, readDelivering, readKnown, readWaiting, setRunState } from "./sql/exports.ts";

/** After a stop of more periods the older ones are made only if somebody asks for them. */
const mostMissed = 31;
/** What could not be made is tried again. */
const failedRest: Millis = 3_600_000;
/** A process delivers for so long, then another may. */
const shift: Millis = 45 * 60_000;

/** What is to be made of a plan, the oldest first; corrections of earlier periods come with the newest one. */
const periodsToMake = async (run: Run, plan: KeptPlan, now: Millis): Promise<readonly string[]> => {
  if (plan.isPaused) return [];
  const { schedule, zone, made } = plan;
  const due = duePeriods(schedule, zone, { now, since: made, most: mostMissed });
  const corrected = duePeriods(schedule, zone, { now, since: 0, most: 1 + (schedule.correctionsBack ?? 0) });
  const oldest = [...due, ...corrected].sort()[0];
  const { rows } = await run(readKnown, [plan.id, oldest === undefined ? "9999-12-31" : firstDayOf(oldest)]);
  const isKnown = new Set(
    rows.flatMap(({ period, state, at, version }) =>
      Number(version) > 0 && (state !== "f" || millis(at) > now - failedRest) ? [String(period)] : [],
    ),
  );
  const wanted = rows.flatMap(({ period, wanted }) => (wanted === true ? [String(period)] : []));
  const missing = due.filter((period) => !isKnown.has(period));
  // Only what was made once is corrected.
  const again =
    due[0] !== undefined && missing.includes(due[0]) ? corrected.filter((period) => isKnown.has(period)) : [];
  return [...new Set([...wanted, ...missing, ...again])].sort();
};

export const exportDuty = ({ database, now, log }: DutyParts): Duty => ({
  name: "export",
  atOnce: 1,
  due: async (run, time) => {
    const keys: string[] = [];
    for (const plan of await plansIn(run))
      if ((await periodsToMake(run, plan, time)).length > 0) keys.push(String(plan.id));
    return keys;
  },
  perform: async (key, signal) => {
    const [plan, time] = [await planOf(database.run, Number(key)), await now()];
    if (plan === undefined) return;
    for (const period of await periodsToMake(database.run, plan, time)) {
      signal.throwIfAborted();
      const made = await makeRun(database, plan, period, time);
      if (made === "failed") log(`the export ${plan.name} of ${period} cannot be made: see its runs for the reason`);
    }
  },
});

const textOf = async (
  run: Run,
  key: { plan: number; day: string; version: number },
  name: string,
): Promise<readonly string[]> => {
  const parts: string[] = [];
  for await (const part of partsOf(run, key, name)) parts.push(Buffer.from(part).toString("utf8"));
  return parts;
};

/** A run that waits. */
interface Waiting {
  readonly day: string;
  readonly version: number;
  readonly at: Millis;
  readonly files: readonly KeptFile[];
}

const waitingOf = async (run: Run, plan: number): Promise<readonly Waiting[]> =>
  (await run(readWaiting, [plan])).rows.map((row) => ({
    ...{ day: String(row.day), version: Number(row.version), at: millis(row.at), files: filesIn(row) },
  }));

export interface DeliveryParts extends DutyParts {
  readonly clock: Clock;
  /** A number from 0 to 1. */
  readonly chance: () => number;
  /** Where files wait for their targets. What is in it can be made again from the database. */
  readonly folder: string;
}

/** Hands over one run. Its parcels are made again from the database, so whatever a process before left is of no interest. */
const stage = async (run: Run, plan: KeptPlan, waiting: Waiting, folder: string): Promise<Spool> => {
  rmSync(folder, { recursive: true, force: true });
  const spool = new Spool(folder, plan.signingKeyFile === undefined ? undefined : signerFrom(plan.signingKeyFile));
  const key = { plan: plan.id, day: waiting.day, version: waiting.version };
  for (const { name, mediaType } of waiting.files) {
    const carried = JSON.parse((await textOf(run, key, carriedName(name))).join("")) as readonly CarriedVersion[];
    const file = { name, mediaType, parts: await textOf(run, key, name), carried: () => carried };
    spool.add({ file, created: waiting.at, version: waiting.version });
  }
  return spool;
};

const deliverRun = async (
  parts: DeliveryParts,
  plan: KeptPlan,
  waiting: Waiting,
  signal: AbortSignal,
): Promise<void> => {
  const { database, clock, chance, log, folder } = parts;
  const { run } = database;
  const place = join(folder, `export-${plan.id}`);
  const spool = await stage(run, plan, waiting, place);
  const done = new AbortController();
  const refusals: string[] = [];
  const deliverer = new Deliverer({
    ...{ spool, target: targetOf(plan.target), clock, chance, log },
    state: (await planOf(run, plan.id))?.state ?? plan.state,
    onAttempt: async (state, refusal) => {
      if (refusal !== null) refusals.push(refusal);
      // How the target is doing is told with the next attempt at the latest.
      await run(noteDelivery, [plan.id, JSON.stringify(state)]).catch(() => {});
      if (spool.waiting().length === 0) done.abort();
    },
  });
  if (spool.waiting().length > 0) await deliverer.run(AbortSignal.any([signal, done.signal]));
  if (spool.waiting().length === 0) {
    const [problem] = refusals;
    const key = [plan.id, waiting.day, waiting.version];
    await run(setRunState, [...key, problem === undefined ? "d" : "r", problem ?? null]);
  }
  rmSync(place, { recursive: true, force: true });
};

const noteProblem = async (
  { database, now }: DeliveryParts,
  { id, state }: KeptPlan,
  problem: string,
): Promise<void> => {
  await database.run(noteDelivery, [id, JSON.stringify(afterFailure(state, await now(), problem))]);
};

export const deliverDuty = (parts: DeliveryParts): Duty => ({
  name: "deliver",
  atOnce: 4,
  due: (run) => keysOf(run, readDelivering, []),
  perform: async (key, signal) => {
    const { database, clock } = parts;
    const over = new AbortController();
    const cancel = clock.at(clock.now() + shift, () => over.abort());
    const ends = AbortSignal.any([signal, over.signal]);
    try {
      for (;;) {
        const plan = await planOf(database.run, Number(key));
        if (plan === undefined || plan.isPaused || ends.aborted) return;
        const [first] = await waitingOf(database.run, plan.id);
        if (first === undefined) return;
        await deliverRun(parts, plan, first, ends).catch(async (error) => {
          // A key that cannot be read, or a target that cannot be: no attempt would tell.
          if (error instanceof UsageError) await noteProblem(parts, plan, error.message);
          throw error;
        });
      }
    } finally {
      cancel();
    }
  },
});
