/** What is read of a metering point, how often, and whether the line has the time for it: pure arithmetic. */
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";

/** Sets that have their own rates, the most urgent first. */
export const setNames = [
  "power",
  "live",
  "registers",
  "quality",
  "events",
  "state",
  "profile",
  "clock",
  "children",
  "identity",
] as const;
export type SetName = (typeof setNames)[number];

/** Milliseconds from one read of a set to the next. A set without a number is not read on its own. */
export type PointRates = { readonly [K in SetName]?: Millis | undefined };

/** Without a configuration. Power and registers come with each live set, and the identity with each connection. */
export const defaultRates = {
  power: undefined,
  live: 2_000,
  registers: undefined,
  quality: undefined,
  events: 300_000,
  state: 300_000,
  profile: 3_600_000,
  clock: 3_600_000,
  children: 3_600_000,
  identity: undefined,
} as const satisfies PointRates;

/**
 * The keys of the set `power`: the total alone, since the phases lie far from it in the meter's table and would take four times the
 * bytes. They stay those of the last live set.
 */
export const powerKeys: readonly LiveKey[] = ["power_w"];

/** What one read of a set costs. */
export interface SetCost {
  readonly requests: number;
  /** In both directions, with frames and digests. */
  readonly bytes: number;
}

/**
 * As measured on a meter of firmware 3.70 with four tiers (`live`, `power`: `npm run bench -- live-line`), or added up from the
 * tables' lengths; other meters differ by some ten per cent.
 */
export const usualCosts: { readonly [K in SetName]: SetCost } = {
  power: { requests: 1, bytes: 43 },
  live: { requests: 2, bytes: 214 },
  registers: { requests: 2, bytes: 360 },
  quality: { requests: 2, bytes: 260 },
  events: { requests: 2, bytes: 240 },
  state: { requests: 9, bytes: 680 },
  profile: { requests: 3, bytes: 620 },
  clock: { requests: 1, bytes: 48 },
  children: { requests: 4, bytes: 560 },
  identity: { requests: 3, bytes: 220 },
};

/** A meter takes one request in this time (MEP guide 1.1, p. 27). */
const requestSpacing: Millis = 100;
/** How long a meter takes to begin its answer, and to pause in a long one. */
const answerDelay: Millis = 35;
const bitsPerByte = 10;

/**
 * How long a line is busy with one read of a set.
 *
 * @param baud bits per second of the slowest part of the way; infinite if nobody knows, then only the meter's own limit counts
 * @example
 * Math.round(lineTime({ requests: 1, bytes: 43 }, 9_600)) // 100
 * Math.round(lineTime({ requests: 2, bytes: 214 }, 9_600)) // 293
 */
export const lineTime = ({ requests, bytes }: SetCost, baud: number): Millis =>
  Math.max(requests * requestSpacing, (1_000 * bitsPerByte * bytes) / baud + requests * answerDelay);

/** A share of the line that is left free: for repeats, alerts, other clients and back-fill. */
const spare = 0.2;

/** Sets that take more than the line has. */
export interface Misfit {
  readonly set: SetName;
  /** The shortest interval at which it would fit beside the more urgent ones; undefined if nothing is left for it. */
  readonly fits: Millis | undefined;
}

/** Live values come first, since everything else is read beside them. */
const byWeight: readonly SetName[] = ["live", ...setNames.filter((name) => name !== "live")];

/**
 * The sets that do not fit. Each is weighed with the more urgent ones that do: live values first, then the order of `setNames`.
 *
 * @example
 * misfits({ live: 2_000, power: 1_000 }, 9_600) // []
 * misfits({ live: 1_000, power: 100 }, 9_600) // [{ set: "power", fits: 198 }]
 */
export const misfits = (
  rates: PointRates,
  baud: number,
  costs: { readonly [K in SetName]: SetCost } = usualCosts,
): readonly Misfit[] => {
  let left = 1 - spare;
  const found: Misfit[] = [];
  for (const set of byWeight) {
    const interval = rates[set];
    if (interval === undefined) continue;
    const time = lineTime(costs[set], baud);
    const share = time / interval;
    if (share <= left) left -= share;
    else found.push({ set, fits: left > 0.001 ? Math.ceil(time / left) : undefined });
  }
  return found;
};

const seconds = (time: Millis): string => `${time < 10_000 ? Math.ceil(time / 10) / 100 : Math.ceil(time / 1_000)} s`;

/**
 * One sentence that says which rates do not fit and what to do; undefined if all fit.
 *
 * @example
 * rateProblem({ live: 1_000, power: 100 }, 9_600) // "at 9600 baud the line has no time for power each 0.1 s: set power to 0.2 s or more"
 */
export const rateProblem = (rates: PointRates, baud: number): string | undefined => {
  const found = misfits(rates, baud);
  if (found.length === 0) return undefined;
  const what = found.map(({ set }) => `${set} each ${seconds(rates[set] ?? 0)}`).join(" and ");
  const cure = found.map(({ set, fits }) =>
    fits === undefined
      ? `read something else less often, or leave ${set} out`
      : `set ${set} to ${seconds(fits)} or more`,
  );
  const limit = Number.isFinite(baud)
    ? `at ${baud} baud the line has no time`
    : `a meter takes a request each ${seconds(requestSpacing)}, which leaves no time`;
  return `${limit} for ${what}: ${cure.join(", and ")}`;
};
