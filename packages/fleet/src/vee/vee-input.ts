/** What validation and estimation look at: one metering point, one kind of energy, one UTC day and what lies around it. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";

/** A day has 24 hours here: these are UTC days. */
export const dayMillis: Millis = 86_400_000;

/** A UTC day of one channel, as `profile_day` has it. Nothing here is ever changed. */
export interface ChannelDay {
  /** Id of the channel; of two channels that disagree at the same rank, the smaller one is kept. */
  readonly channel: number;
  /** Id of the meter that it is of; null if the channel is of the point, whichever meter hung there. */
  readonly meter: string | null;
  /** Its first moment, milliseconds since 1970. */
  readonly day: Millis;
  /** Energy of each slot in the point's unit; null is unknown. */
  readonly raw: readonly (number | null)[];
  /** One character a slot, a digit or a small letter: `0` is absent, `v` has its energy in a longer interval, and of others the higher is better. */
  readonly rank: string;
  /** One number a slot: `statusBits`. */
  readonly status: readonly number[];
}

/** The state of a counter, in the point's unit. */
export interface RegisterState {
  /** null if the read did not say: then it is of the meter that hung there. */
  readonly meter: string | null;
  /** Corrected by the offset of the meter's clock. */
  readonly time: Millis;
  readonly value: number;
}

/** From when to when a meter hung at the point. */
export interface Installation {
  readonly meter: string;
  readonly from: Millis;
  /** null: still there. */
  readonly to: Millis | null;
  /** Its register when it came and when it went, in the point's unit; null if nobody wrote it down. */
  readonly startRegister: number | null;
  readonly endRegister: number | null;
}

/** How far the meter's clock was from ours when it was read: positive if it was ahead. */
export interface ClockOffset {
  readonly time: Millis;
  readonly offset: Millis;
}

/** The fuse in front of the point. `volts` is between phases if there are three, else to neutral. */
export interface Fuse {
  readonly amps: number;
  readonly volts: number;
  readonly phases: 1 | 3;
}

export interface PointFacts {
  readonly direction: "import" | "export";
  readonly energy: "active" | "reactive";
  /** Wh or varh in one unit of the values. */
  readonly unit: number;
  /** How many units the meter counts at once: 10 or 100 behind large transformers; 1 if omitted. */
  readonly count?: number | undefined;
  /** IANA name. */
  readonly zone: string;
  /** null if unknown. */
  readonly fuse: Fuse | null;
  /** Whether something there can feed in; null if unknown. */
  readonly plant: boolean | null;
  /** Where the counter starts over, in units; null if unknown. */
  readonly rollover: number | null;
}

export interface VeeInput {
  readonly point: PointFacts;
  /** First moment of the UTC day in question. */
  readonly day: Millis;
  /** Length of a slot, milliseconds. */
  readonly step: Millis;
  /** The day, those before it (36 for all like days), and those after it that registers reach. In any order; days without data may be absent. */
  readonly days: readonly ChannelDay[];
  /** Days of which `days` has all that there is; if omitted, of all. A run that looks at another day says so. */
  readonly loaded?: ReadonlySet<Millis> | undefined;
  readonly registers: readonly RegisterState[];
  readonly installations: readonly Installation[];
  readonly clock: readonly ClockOffset[];
  /** Local dates such as "2026-12-25" that are like Sundays. */
  readonly holidays: ReadonlySet<string>;
  /** The same day of the other direction of active energy, in the same unit; null if there is none. */
  readonly opposite: readonly (number | null)[] | null;
  /** Reactive energy of the same day, both directions together, in the same unit with varh for Wh; null if it is not known. */
  readonly reactive: readonly (number | null)[] | null;
}

const steps: readonly number[] = [5, 10, 15, 30, 60].map((minutes) => minutes * 60_000);
/** A caller that gives more has made a mistake; each bound is several times what is needed. */
const most = { days: 2_000, registers: 20_000, installations: 100, clock: 100_000, span: 120 * dayMillis } as const;

const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value);
/** Values are stored with 32 bits. */
const isRaw = (value: number | null): boolean => value === null || (isCount(value) && Math.abs(value) <= 2 ** 31);
const isDay = (value: number): boolean => isCount(value) && value % dayMillis === 0;

const refuse = (where: string, what: string): never => {
  throw new UsageError("vee", `${where}: ${what}`);
};

const checkChannelDay = (one: ChannelDay, slots: number, day: Millis): void => {
  const where = `channel ${one.channel}, day ${one.day}`;
  if (!isDay(one.day)) refuse(where, "a day is the first moment of a UTC day in milliseconds");
  if (Math.abs(one.day - day) > most.span) refuse(where, "the day is more than 120 days from the one in question");
  if (one.raw.length !== slots || one.rank.length !== slots || one.status.length !== slots)
    refuse(where, `values, ranks and status must each have ${slots} slots`);
  if (!one.raw.every(isRaw)) refuse(where, "values are whole numbers of 32 bits or null");
  if (!/^[0-9a-z]*$/.test(one.rank)) refuse(where, "a rank is a digit or a small letter");
  if (!one.status.every(isCount)) refuse(where, "a status is a whole number");
};

const checkCompanion = (name: string, values: readonly (number | null)[] | null, slots: number): void => {
  if (values === null) return;
  if (values.length !== slots || !values.every(isRaw)) refuse(name, `give ${slots} whole numbers of 32 bits or null`);
};

const checkInstallations = (installations: readonly Installation[]): void => {
  for (const [n, { from, to, startRegister, endRegister }] of installations.entries()) {
    const where = `installation ${n + 1}`;
    if (!isCount(from) || (to !== null && (!isCount(to) || to <= from))) refuse(where, "it must end after it began");
    for (const register of [startRegister, endRegister])
      if (register !== null && !isCount(register)) refuse(where, "its registers are whole numbers or null");
    const before = installations[n - 1];
    if (before !== undefined && (before.to === null || before.to > from))
      refuse(where, "it begins before the one before it ended: give them in order");
  }
};

const checkPoint = ({ unit, count = 1, fuse, rollover }: PointFacts): void => {
  if (!(isCount(count) && count >= 1 && count <= 1_000)) refuse("count", "give whole units from 1 to 1000");
  if (!(unit > 0 && unit <= 1e6)) refuse("unit", "give Wh or varh in one unit, above 0");
  if (rollover !== null && !(isCount(rollover) && rollover > 0)) refuse("rollover", "give a whole number above 0");
  if (fuse !== null && !(fuse.amps > 0 && fuse.amps <= 1e5 && fuse.volts > 0 && fuse.volts <= 1e6))
    refuse("fuse", "amps and volts are above 0");
};

/**
 * Refuses what no day can be judged by.
 *
 * @throws UsageError (`vee`) with the place and what is wrong there
 */
export const checkInput = (input: VeeInput): void => {
  const { day, step, days, registers, installations, clock } = input;
  if (!isDay(day)) refuse("day", "give the first moment of a UTC day in milliseconds");
  if (!steps.includes(step)) refuse("step", "a slot has 5, 10, 15, 30 or 60 minutes");
  const slots = dayMillis / step;
  for (const name of ["days", "registers", "installations", "clock"] as const)
    if (input[name].length > most[name]) refuse(name, `${input[name].length} are more than ${most[name]}`);
  checkPoint(input.point);
  for (const one of days) checkChannelDay(one, slots, day);
  const twice = new Set(days.map(({ channel, day: of }) => `${channel} ${of}`));
  if (twice.size < days.length) refuse("days", "a channel has two entries for one day: give each once");
  for (const { time, value } of registers)
    if (!isCount(time) || !isCount(value)) refuse("registers", "times and values are whole numbers");
  for (const { time, offset } of clock)
    if (!isCount(time) || !Number.isFinite(offset)) refuse("clock", "times and offsets are milliseconds");
  checkInstallations(installations);
  checkCompanion("opposite", input.opposite, slots);
  checkCompanion("reactive", input.reactive, slots);
};
