/** Pairs of register states of one meter, between which the energy is known; and what about registers cannot be. */
import { rolledOver } from "@meterport/engine/guard/rollover";
import type { Millis } from "@meterport/protocol/ports";
import { clockGrain } from "./series.ts";
import { dayMillis, type Installation, type RegisterState, type VeeInput } from "./vee-input.ts";

/** Two states in a row of one meter, both at an edge of a slot or where the meter came or went. */
export interface Bracket {
  readonly from: Millis;
  readonly to: Millis;
  /** What was counted between them. */
  readonly rise: number;
}

/** Registers that cannot be of one meter that counts: nobody knows what happened between these two moments. */
export interface Break {
  readonly from: Millis;
  readonly to: Millis;
  readonly cause: "register fell" | "serial changed";
}

export interface Registers {
  readonly brackets: readonly Bracket[];
  readonly breaks: readonly Break[];
}

/** How far registers are looked for on either side of the day: a month and some days. */
export const registerReach: Millis = 40 * dayMillis;

interface State {
  readonly time: Millis;
  readonly value: number;
  /** Where the energy of slots can begin or end. */
  readonly usable: boolean;
}

const edgeNear = (time: Millis, step: Millis): Millis => Math.round(time / step) * step;

/** Whether a register is of an installation. Beside an exchange one that does not name its meter could be of either. */
const isOf = ({ meter, from, to }: Installation, of: string | null, time: Millis): boolean => {
  if (of === null) return time > from + clockGrain && time < (to ?? Infinity) - clockGrain;
  return meter === of && time >= from - clockGrain && time <= (to ?? Infinity) + clockGrain;
};

/** The states of one installation in order of time, one for each moment. */
const statesOf = (input: VeeInput, one: Installation): State[] => {
  const near = (time: Millis): boolean =>
    time >= input.day - registerReach && time <= input.day + dayMillis + registerReach;
  const read: (State & { readonly off: Millis })[] = [];
  const add = (time: Millis, value: number | null, known: boolean): void => {
    if (value === null || !near(time)) return;
    const edge = edgeNear(time, input.step);
    const off = Math.abs(time - edge);
    const usable = known || off <= clockGrain;
    read.push({ time: off <= clockGrain ? edge : time, value, usable, off });
  };
  add(one.from, one.startRegister, true);
  for (const { meter, time, value } of input.registers) if (isOf(one, meter, time)) add(time, value, false);
  if (one.to !== null) add(one.to, one.endRegister, true);
  // Of several states at one edge, the nearest to it counts; of equally near ones the larger.
  read.sort((a, b) => a.time - b.time || a.off - b.off || b.value - a.value);
  return read.filter(({ time }, n) => n === 0 || read[n - 1]?.time !== time);
};

/**
 * How far the counter rose; undefined if it fell. What is known of the end of a counter is what it passed so far, and may be several times its
 * count: then it is one of those that are usual.
 */
const riseOf = (before: number, after: number, count: number | null, room: number): number | undefined => {
  if (after >= before) return after - before;
  if (count === null) return undefined;
  const step = { from: before, to: after, room };
  return (rolledOver({ ...step, count }) ?? rolledOver({ ...step, count: null }))?.rise;
};

/** What the fuse lets through in some time, units. */
type Room = (millis: Millis) => number;

const pairsOf = (
  input: VeeInput,
  states: readonly State[],
  room: Room,
  found: { brackets: Bracket[]; breaks: Break[] },
) => {
  const { rollover } = input.point;
  const fell = new Set<Millis>();
  for (const [n, after] of states.entries()) {
    const before = states[n - 1];
    if (before === undefined) continue;
    if (riseOf(before.value, after.value, rollover, room(after.time - before.time)) !== undefined) continue;
    found.breaks.push({ from: before.time, to: after.time, cause: "register fell" });
    fell.add(after.time);
  }
  const ends = states.filter(({ usable }) => usable);
  for (const [n, after] of ends.entries()) {
    const before = ends[n - 1];
    if (before === undefined) continue;
    // A fall between two ends that happen to rise makes their difference worthless.
    if ([...fell].some((time) => time > before.time && time <= after.time)) continue;
    const rise = riseOf(before.value, after.value, rollover, room(after.time - before.time));
    if (rise !== undefined) found.brackets.push({ from: before.time, to: after.time, rise });
  }
};

/** Registers of meters of which no installation tells. */
const strangers = ({ registers, installations, day }: VeeInput): Break[] => {
  const names = new Set<string | null>(installations.map(({ meter }) => meter));
  const known = ({ meter }: RegisterState): boolean => names.has(meter);
  const sorted = registers
    .filter(({ meter, time }) => meter !== null && Math.abs(time - day) <= registerReach + dayMillis)
    .toSorted((a, b) => a.time - b.time || (known(a) ? 1 : 0) - (known(b) ? 1 : 0));
  const breaks: Break[] = [];
  let trusted: Millis | undefined;
  let from: Millis | undefined;
  for (const { meter, time } of sorted) {
    if (names.has(meter)) {
      // A meter that hangs elsewhere by now is of no concern.
      if (!installations.some((one) => isOf(one, meter, time))) continue;
      if (from !== undefined) breaks.push({ from, to: time, cause: "serial changed" });
      [trusted, from] = [time, undefined];
    } else from ??= trusted ?? time;
  }
  if (from !== undefined) breaks.push({ from, to: sorted.at(-1)?.time ?? from, cause: "serial changed" });
  return breaks;
};

/** What the registers around a day tell. */
export const registersOf = (input: VeeInput, room: Room): Registers => {
  const found = { brackets: [] as Bracket[], breaks: strangers(input) };
  for (const one of input.installations) pairsOf(input, statesOf(input, one), room, found);
  const byTime = (a: { from: Millis }, b: { from: Millis }): number => a.from - b.from;
  return { brackets: found.brackets.sort(byTime), breaks: found.breaks.sort(byTime) };
};
