/** Looks at a meter's alarms, tariff and outputs now and then: what begins and what ends are events of the point. */
import type { Meter } from "@meterport/client";
import { type Alarms, readAlarms } from "@meterport/client/readers/alarms";
import { readControlState } from "@meterport/client/readers/control-state";
import { ResponseError } from "@meterport/protocol/errors";
import type { Millis, Signal } from "@meterport/protocol/ports";
import type { BackfillDeps, BackfillJob } from "../backfill/job.ts";
import { MemoryJob } from "../backfill/memory-job.ts";
import type { PointEvent } from "../model/point-event.ts";
import { type Conditions, conditionsText, follow, type MeterState, parseConditions } from "./conditions.ts";

/** Name of the memo in the store. */
const conditionsMemoName = "meter-state";

const usually: Millis = 300_000;
/** While nothing changes, only the times of the last look do. */
const keptEvery: Millis = 3_600_000;

export interface ConditionsJobOptions {
  /** Time between two looks; five minutes if omitted. */
  readonly every?: Millis | undefined;
  /** Time until the first one. */
  readonly first?: Millis | undefined;
}

/** @throws ResponseError if the meter refuses everything; LinkError, LayoutError */
const readState = async (meter: Meter, signal: Signal): Promise<MeterState> => {
  const control = await readControlState(meter, { signal });
  const nothing = control.tariff === null && control.calendarId === null && control.outputs.length === 0;
  let alarms: Alarms = { meter: null, devices: null };
  try {
    alarms = await readAlarms(meter, { signal });
  } catch (error) {
    if (nothing || !(error instanceof ResponseError)) throw error;
  }
  return { alarms, control };
};

const sentenceOf = ({ kind, detail, until }: PointEvent): string | undefined => {
  const { name, output, state } = JSON.parse(detail) as Readonly<Record<string, string>>;
  if (kind === "alarm") return until === null ? `the meter reports: ${name}` : `the meter no longer reports: ${name}`;
  // Tariffs change each day; how an output stands is worth a line.
  return kind === "control" && until === null ? `${output} is ${state}` : undefined;
};

export const conditionsJob = (
  deps: BackfillDeps,
  { every = usually, first }: ConditionsJobOptions = {},
): BackfillJob => {
  const { point, store, clock, log } = deps;
  let known: Conditions | undefined;
  let kept: Millis = Number.NEGATIVE_INFINITY;
  return new MemoryJob<MeterState>(deps, {
    name: conditionsMemoName,
    rest: () => every,
    first,
    read: async (meter, text, signal) => {
      known ??= parseConditions(text);
      return [await readState(meter, signal)];
    },
    keep: async ([state], { serial, memo }) => {
      if (state === undefined) return;
      const { events, now } = follow(point, known ?? parseConditions(undefined), { ...state, serial }, clock.wall());
      if (events.length > 0 || clock.now() - kept >= keptEvery) {
        await store.write({ events, memos: [memo(conditionsText(now))] });
        kept = clock.now();
      }
      // Not before it is stored: what a failing store does not take is found again at the next look.
      known = now;
      for (const event of events) {
        const sentence = sentenceOf(event);
        if (sentence !== undefined) log?.info(sentence, { meter: point });
      }
    },
  });
};
