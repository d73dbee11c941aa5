/** What the guard knows of a point across a restart: the registers in the store, and a memo with what is in doubt. */
import { type LiveKey, liveKeys } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import type { FrozenState } from "../guard/frozen.ts";
import { emptyGuard, type GuardState } from "../guard/guard.ts";
import { registerKeys } from "../guard/measured.ts";
import type { Device } from "../model/device.ts";
import type { LastRegisters } from "../ports/store.ts";

/** Name of the memo in the store. */
export const guardMemoName = "guard";

type Numbers = Readonly<Partial<Record<LiveKey, number>>>;

/** Undefined instead of an empty object, so that a memo without news is short. */
const some = (values: Numbers): Numbers | undefined => (Object.keys(values).length === 0 ? undefined : values);

const registersOf = (values: Numbers): Numbers =>
  Object.fromEntries(registerKeys.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])));

/** What must survive a restart; null if there is nothing. Two states with the same memo need not be written twice. */
export const guardMemo = ({ pending, read, widened, still }: GuardState): string | null => {
  const waiting = some(registersOf(pending));
  const memo = {
    pending: waiting,
    read: waiting === undefined ? undefined : read,
    widened: some(widened),
    grain: some(still.grain),
    still: some(still.frozen) === undefined ? undefined : stillMemo(still),
  };
  const text = JSON.stringify(memo);
  return text === "{}" ? null : text;
};

/** Writes the memo of a state, cheaply if nothing of it has changed since the state before. */
export const guardMemoWriter = (): ((state: GuardState) => string | null) => {
  let last: GuardState | undefined;
  let text: string | null = null;
  return (state) => {
    if (last === undefined || !hasSameMemo(last, state)) text = guardMemo(state);
    last = state;
    return text;
  };
};

const isWaiting = ({ pending }: GuardState): boolean => registerKeys.some((key) => pending[key] !== undefined);

const hasSameMemo = (a: GuardState, b: GuardState): boolean =>
  a.widened === b.widened &&
  a.still.grain === b.still.grain &&
  a.still.frozen === b.still.frozen &&
  !isWaiting(a) &&
  !isWaiting(b);

/** Only what stands still, so that the memo does not change with each reading. */
const stillMemo = ({ set, frozen, registers }: FrozenState) => {
  const isSet = liveKeys.some((key) => frozen[key] !== undefined && !(registerKeys as readonly string[]).includes(key));
  return {
    frozen,
    set: set === null || !isSet ? null : { values: numbersIn(set.values), since: set.since, registers: set.registers },
    registers: Object.fromEntries(
      registerKeys.flatMap((key) => {
        const one = frozen[key] === undefined ? undefined : registers[key];
        return one === undefined ? [] : [[key, { value: one.value, since: one.since }]];
      }),
    ),
  };
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const numberOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

/** The live keys of an object that are numbers; a memo that somebody else wrote is no reason to fail. */
const numbersIn = (value: unknown): Partial<Record<LiveKey, number>> => {
  const found: Partial<Record<LiveKey, number>> = {};
  if (isObject(value))
    for (const key of liveKeys) {
      const number = numberOf(value[key]);
      if (number !== null) found[key] = number;
    }
  return found;
};

/** What stood still long ago is still frozen, so that it has no patience to be counted from the start. */
const longStill = { readings: 1_000, flowed: 1e9 };

const stillFrom = (value: unknown, grain: Numbers): FrozenState => {
  const none: FrozenState = { ...emptyGuard.still, grain };
  if (!isObject(value)) return none;
  const registers: Partial<Record<LiveKey, { value: number; since: Millis; flowed: number }>> = {};
  for (const key of registerKeys) {
    const one = isObject(value.registers) ? value.registers[key] : undefined;
    const [last, since] = isObject(one) ? [numberOf(one.value), numberOf(one.since)] : [null, null];
    if (last !== null && since !== null) registers[key] = { value: last, since, flowed: longStill.flowed };
  }
  const { set } = value;
  const since = isObject(set) ? numberOf(set.since) : null;
  return {
    ...none,
    registers,
    frozen: numbersIn(value.frozen),
    set:
      isObject(set) && since !== null
        ? { values: numbersIn(set.values), since, readings: longStill.readings, registers: numberOf(set.registers) }
        : null,
  };
};

const parsed = (memo: string | undefined): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(memo ?? "{}");
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
};

/** What a guard resumes from. */
export interface GuardMemory {
  readonly last?: LastRegisters | undefined;
  readonly memo?: string | undefined;
  /** The meter that hangs at the point. */
  readonly device?: Pick<Device, "start"> | undefined;
  /** What the machine's clock says. */
  readonly wall: Millis;
}

/**
 * The guard after a restart. Registers that were stored with a time after now come from a moment when the clock was wrong: they are
 * compared, but it is unknown how long ago that was, so nothing can be said about the power since. If another meter was installed
 * after them, its first registers count.
 */
export const resumedGuard = ({ last, memo, device, wall }: GuardMemory): GuardState => {
  const { pending, read, widened, grain, still } = parsed(memo);
  const isFuture = last !== undefined && last.time > wall;
  const registers = { ...last?.registers };
  if (isFuture)
    for (const key of registerKeys) {
      const [known, start] = [registers[key], device?.start[key]];
      if (known !== undefined && start !== undefined) registers[key] = Math.min(known, start);
    }
  return {
    ...emptyGuard,
    registers,
    time: isFuture ? null : (last?.time ?? null),
    pending: registersOf(numbersIn(pending)),
    read: numberOf(read),
    widened: numbersIn(widened),
    still: stillFrom(still, numbersIn(grain)),
  };
};
