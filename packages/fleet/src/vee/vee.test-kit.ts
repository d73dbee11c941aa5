/** Days for tests: a household in Copenhagen with one meter, 3 × 35 A, and a load that depends on the local hour and the weekday. */
import { localMillis } from "@meterport/engine/calendar/local-calendar";
import { type ChannelDay, dayMillis, type Installation, type RegisterState, type VeeInput } from "./vee-input.ts";

export const step = 900_000;
export const slotsOfDay = 96;
/** Wednesday. */
export const day = Date.UTC(2026, 5, 17);
export const zone = "Europe/Copenhagen";

const loads = new Map<number, number>();

/** Wh of a slot by its moment: never twice the same in a row, more in the evening, more on Sundays. */
export const loadAt = (time: number): number => {
  const known = loads.get(time) ?? loadOf(time);
  loads.set(time, known);
  return known;
};

const loadOf = (time: number): number => {
  const local = localMillis(zone, time);
  const [hour, quarter] = [Math.floor(local / 3_600_000) % 24, Math.floor(local / step) % 4];
  const weekday = Math.floor(local / dayMillis + 4) % 7;
  return 50 + (hour >= 17 && hour < 22 ? 200 : 0) + 10 * hour + 3 * quarter + (weekday === 0 ? 100 : 0);
};

export const channelDay = (
  at: number,
  changes: Partial<ChannelDay> = {},
  valueAt: (time: number) => number | null = loadAt,
): ChannelDay => ({
  channel: 1,
  meter: "A",
  day: at,
  raw: Array.from({ length: slotsOfDay }, (_, n) => valueAt(at + n * step)),
  rank: "2".repeat(slotsOfDay),
  status: new Array<number>(slotsOfDay).fill(0),
  ...changes,
});

/** A day whose slots are changed; an undefined slot stays. */
export const withSlots = (one: ChannelDay, slots: Readonly<Record<number, number | null>>): ChannelDay => ({
  ...one,
  raw: one.raw.map((value, n) => (n in slots ? (slots[n] ?? null) : value)),
});

/** All slots from `from` to before `to` as one value. */
export const fill = (from: number, to: number, value: number | null): Record<number, number | null> =>
  Object.fromEntries(Array.from({ length: to - from }, (_, n) => [from + n, value]));

export const installed: Installation = {
  meter: "A",
  from: Date.UTC(2020, 0, 1),
  to: null,
  startRegister: null,
  endRegister: null,
};

/** Energy between two moments at edges of slots, by the load that the days have. */
export const energyOf = (from: number, to: number, valueAt: (time: number) => number = loadAt): number => {
  let sum = 0;
  for (let time = from; time < to; time += step) sum += valueAt(time);
  return sum;
};

/** A register that was at 1,000,000 at the first moment. */
export const registerAt = (origin: number, time: number): RegisterState => ({
  meter: "A",
  time,
  value: 1_000_000 + energyOf(origin, time),
});

/** A day with 36 days before it and one after, everything measured, and no registers. */
export const inputOf = (changes: Partial<VeeInput> = {}, target: number = day): VeeInput => ({
  point: {
    direction: "import",
    energy: "active",
    unit: 1,
    zone,
    fuse: { amps: 35, volts: 400, phases: 3 },
    plant: null,
    rollover: null,
  },
  day: target,
  step,
  days: Array.from({ length: 38 }, (_, n) => channelDay(target + (n - 36) * dayMillis)),
  registers: [],
  installations: [installed],
  clock: [],
  holidays: new Set(),
  opposite: null,
  reactive: null,
  ...changes,
});

/** The same input with some days changed. */
export const changing = (input: VeeInput, change: (one: ChannelDay) => ChannelDay): VeeInput => ({
  ...input,
  days: input.days.map(change),
});

/** The same input with slots of its day changed. */
export const changingDay = (input: VeeInput, slots: Readonly<Record<number, number | null>>): VeeInput =>
  changing(input, (one) => (one.day === input.day ? withSlots(one, slots) : one));
