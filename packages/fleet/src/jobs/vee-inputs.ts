/** What each channel of a point is judged by on one day. Pure. */
import type { Millis } from "@meterport/protocol/ports";
import { grouped } from "../books/grouped.ts";
import { likeDaysReach } from "../vee/like-days.ts";
import type { VeeRequest } from "../vee/run-vee.ts";
import { dayMillis, type Installation, type VeeInput } from "../vee/vee-input.ts";
import type { VeeFacts } from "./vee-load.ts";
import {
  type CheckedName,
  checkedNames,
  installationsIn,
  isComplete,
  isoDay,
  registersAt,
  rolloverIn,
  type VeeDay,
  valuesOf,
} from "./vee-rows.ts";

/** As far as registers are looked for. */
const reach = 40 * dayMillis;
/**
 * What lies between two registers is shared out by like days of each of its slots: all days between them must see the same ones, or their shares
 * would not add up.
 */
const before = reach + (likeDaysReach + 1) * dayMillis;
const after = reach;

/** The facts of a point, ready to be asked day by day. */
export interface VeeSource {
  readonly facts: VeeFacts;
  readonly byName: ReadonlyMap<CheckedName, readonly VeeDay[]>;
  readonly byDay: ReadonlyMap<Millis, readonly VeeDay[]>;
  readonly holidays: ReadonlySet<string>;
}

export const veeSource = (facts: VeeFacts, holidays: ReadonlySet<string>): VeeSource => ({
  ...{ facts, holidays },
  byName: grouped(facts.days, ({ name }) => name),
  byDay: grouped(facts.days, ({ day }) => day),
});

/** One channel of a point on one day. */
export interface VeeTask extends Pick<VeeRequest, "input" | "previous" | "edits"> {
  readonly name: CheckedName;
  readonly obis: string;
  /** Something is known of each slot. */
  readonly isComplete: boolean;
}

const nearest = (days: readonly VeeDay[], day: Millis): VeeDay | undefined =>
  days.reduce<VeeDay | undefined>((best, one) => {
    if (best === undefined) return one;
    const [is, was] = [Math.abs(one.day - day), Math.abs(best.day - day)];
    return is < was || (is === was && one.step < best.step) ? one : best;
  }, undefined);

/** Values of a name in slots of this length; null if it has none. */
const companion = (ofDay: readonly VeeDay[], name: CheckedName, step: Millis): readonly (number | null)[] | null => {
  const found = ofDay.find((one) => one.name === name && one.step === step);
  return found === undefined ? null : valuesOf(found);
};

const sum = (a: readonly (number | null)[] | null, b: readonly (number | null)[] | null) => {
  if (a === null || b === null) return a ?? b;
  return a.map((value, slot) => (value === null ? (b[slot] ?? null) : value + (b[slot] ?? 0)));
};

/** Whether a meter hung at the point on some part of a day. */
const hung = ({ from, to }: Installation, day: Millis): boolean =>
  from < day + dayMillis && (to ?? Number.POSITIVE_INFINITY) > day;

/** Steps in which meters count, Wh or varh (MEP guide 1.1, pp. 164-165), and how many different values make one of them likely. */
const countSteps = [100, 10] as const;
const valuesNeeded = 4;

/** In which steps a meter counts, by what it recorded: one with large transformers knows no single Wh. */
const countIn = (days: readonly VeeDay[]): number => {
  let possible: readonly number[] = countSteps;
  const seen = new Set<number>();
  for (const { raw } of days)
    for (const value of raw) {
      if (value === null || value === 0) continue;
      possible = possible.filter((step) => value % step === 0);
      if (possible.length === 0) return 1;
      if (seen.size < valuesNeeded) seen.add(value);
    }
  return seen.size < valuesNeeded ? 1 : (possible[0] ?? 1);
};

const taskOf = (source: VeeSource, name: CheckedName, own: readonly VeeDay[], day: Millis): VeeTask | undefined => {
  const { facts, byDay, holidays } = source;
  const loaded = facts.usual?.(facts.point.zone, day);
  const near = own.filter((one) =>
    loaded === undefined ? one.day >= day - before && one.day <= day + after : loaded.has(one.day),
  );
  const step = nearest(near, day)?.step;
  // Before the first day nobody measured.
  if (step === undefined || !near.some((one) => one.day <= day)) return undefined;
  const ofDay = byDay.get(day) ?? [];
  const { obis, direction, energy } = checkedNames[name];
  const { zone, fuse, plant } = facts.point;
  const isActive = energy === "active";
  const installations = installationsIn(facts.installations, name);
  const previous = facts.chosen.get(`${obis} ${isoDay(day)}`) ?? null;
  const ofName = ofDay.filter((one) => one.name === name);
  // After the last meter went nobody measures either, and nobody has to look at such days.
  if (previous === null && ofName.length === 0 && !installations.some((one) => hung(one, day))) return undefined;
  const opposite = direction === "import" ? "energy_export_wh" : "energy_import_wh";
  const days = near.filter((one) => one.step === step);
  const rollover = rolloverIn(facts.installations, name);
  const input: VeeInput = {
    point: { direction, energy, unit: 1, count: countIn(days), zone, fuse, plant, rollover },
    ...{ day, step, days, loaded, holidays, clock: facts.clock },
    registers: registersAt(
      (facts.registers.get(name) ?? []).filter(({ time }) => Math.abs(time - day) <= reach + dayMillis),
      installations,
    ),
    installations,
    opposite: isActive ? companion(ofDay, opposite, step) : null,
    reactive: isActive
      ? sum(
          companion(ofDay, "reactive_energy_import_varh", step),
          companion(ofDay, "reactive_energy_export_varh", step),
        )
      : null,
  };
  return {
    ...{ name, obis, input },
    isComplete: isComplete(ofName.filter((one) => one.step === step)),
    edits: facts.edits.get(obis) ?? [],
    previous,
  };
};

/** What there is to judge of a point on a day: one task for each channel of which anything is known around it. */
export const veeTasks = (source: VeeSource, day: Millis): readonly VeeTask[] =>
  [...source.byName].flatMap(([name, own]) => taskOf(source, name, own, day) ?? []);
