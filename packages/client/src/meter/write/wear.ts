/**
 * How often a meter may be written to: each write to some tables wears its memory. Pure: takes the moments of past writes and
 * the time, returns a verdict. MEP guide 1.1, pp. 50, 57 and 265-268.
 */
import { type Profile, reaches } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { firstPending, numberOf } from "@meterport/protocol/tables/identifiers";
import { writtenByHosts } from "@meterport/protocol/tables/non-volatile";

/** What must survive a restart: the moments of writes, milliseconds since 1970, oldest first. */
export interface WearState {
  readonly writes: readonly Millis[];
}

/** At most `most` writes within any `span` of milliseconds. */
export interface WearLimit {
  readonly span: Millis;
  readonly most: number;
}

const hour: Millis = 3_600_000;

/** 4 an hour and 100 a day, which the guide recommends as averages and this code uses as limits. */
export const wearLimits: readonly WearLimit[] = [
  { span: hour, most: 4 },
  { span: 24 * hour, most: 100 },
];

/** Each transaction is kept through a power failure, whatever the firmware (p. 50). */
const always = numberOf("ET52");

/** Appendix C, "Write - NVM", if some key may write them; and BT07, which page 57 includes. */
const nonVolatile: ReadonlySet<number> = new Set([numberOf("BT07"), ...[...writtenByHosts].map(numberOf)]);

/**
 * Whether writing a table counts: ET52 always, other non-volatile tables on meters before firmware 3.40. A pending table
 * counts as the table that it will replace.
 *
 * @example
 * wears(2099, { family: "meter", firmware: [3, 30] }) // true
 * wears(2099, { family: "meter", firmware: [3, 40] }) // false
 */
export const wears = (table: number, profile: Profile): boolean => {
  const number = table % firstPending;
  if (number === always) return true;
  return profile.family === "meter" && !reaches(profile, { meter: [3, 40] }) && nonVolatile.has(number);
};

export type Admission =
  /** They may be sent; `state` already counts them. */
  | { readonly ok: true; readonly state: WearState }
  /** Not before `at`; `undefined` if that many are never allowed at once. */
  | { readonly ok: false; readonly at: Millis | undefined };

/** Never more than the limits need, whatever a store returns. */
const mostKept = (limits: readonly WearLimit[]): number => Math.max(0, ...limits.map(({ most }) => most));

/** The writes that still count; a clock that was set back must not lock the meter for longer than a limit's span. */
const counted = (state: WearState, now: Millis, limits: readonly WearLimit[]): Millis[] => {
  const longest = Math.max(0, ...limits.map(({ span }) => span));
  return state.writes
    .filter((time) => Number.isFinite(time) && time > now - longest)
    .map((time) => Math.min(time, now))
    .sort((a, b) => a - b)
    .slice(-mostKept(limits));
};

/**
 * Whether `count` more writes at time `now` are within the limits.
 *
 * @example
 * admit({ writes: [] }, 1, 0).ok // true
 * admit({ writes: [0, 1, 2, 3] }, 1, 10) // { ok: false, at: 3600000 }
 */
export const admit = (
  state: WearState,
  count: number,
  now: Millis,
  limits: readonly WearLimit[] = wearLimits,
): Admission => {
  const writes = counted(state, now, limits);
  let at = now;
  for (const { span, most } of limits) {
    if (count > most) return { ok: false, at: undefined };
    const within = writes.filter((time) => time > now - span);
    const surplus = within.length + count - most;
    // When the last write in excess has left the span.
    if (surplus > 0) at = Math.max(at, (within[surplus - 1] as Millis) + span);
  }
  if (at > now) return { ok: false, at };
  const added = Array.from({ length: count }, () => now);
  return { ok: true, state: { writes: [...writes, ...added].slice(-mostKept(limits)) } };
};
