/** ET09 and ET81: the power failures of the past, in UTC and in local time. */
import { encode, tableExists, utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { ET09, ET81 } from "@meterport/protocol/tables/index";
import { filled, zeroValue } from "../contents/filled.ts";
import type { Filling } from "../contents/memory.ts";
import type { Setup } from "../contents/setup.ts";
import { denmark } from "../contents/zone.ts";
import type { Household } from "../household/household.ts";
import { localMillis } from "./local-time.ts";
import type { Past } from "./past.ts";

const hour = 3_600_000;
const powerFailure = 3;
/** How many hours back frequencies are compared, one in each. */
const comparedHours = 48;

/** The lowest and highest frequency of some hours before the start, mHz, with the moments. */
const frequencies = (household: Household, start: Millis) => {
  const samples = Array.from({ length: comparedHours }, (_, i) => {
    const time = start - (i + 1) * hour;
    return { time, value: Math.round(household.state(time).frequency * 1000) };
  });
  const sorted = samples.sort((a, b) => a.value - b.value);
  return { low: sorted[0], high: sorted.at(-1) };
};

const quality = (setup: Setup, past: Past, household: Household): Uint8Array => {
  const { dimensions } = setup;
  const zero = zeroValue(ET09, dimensions);
  const newestFirst = [...past.outages].reverse();
  const { low, high } = frequencies(household, past.start);
  return filled(ET09, dimensions, {
    sag1Threshold: 10,
    surgeThreshold: 10,
    powerOutages: zero.powerOutages.map((none, i) => {
      const outage = newestFirst[i];
      if (outage === undefined) return none;
      return {
        ...none,
        powerOn: utcFields(outage.on),
        resetCause: powerFailure,
        powerOff: utcFields(outage.off),
        powerOffDuration: (outage.on - outage.off) / 1000,
      };
    }),
    ...(low === undefined || high === undefined
      ? {}
      : {
          minFrequency: low.value,
          minFreqTime: utcFields(low.time),
          maxFrequency: high.value,
          maxFreqTime: utcFields(high.time),
        }),
    powerUpQualityHoldTime: 2,
    sag2Threshold: 255,
    averageCurrentCalculationInterval: 600,
  });
};

const log = ({ dimensions }: Setup, past: Past): Uint8Array => {
  const zero = zeroValue(ET81, dimensions);
  const capacity = zero.entries.length;
  const entries = [...zero.entries];
  const total = past.outages.length;
  for (const [i, { off, on }] of past.outages.entries())
    if (capacity > 0)
      entries[i % capacity] = {
        ...(zero.entries[0] as ET81["entries"][number]),
        start: utcFields(localMillis(off, denmark)),
        end: utcFields(localMillis(on, denmark)),
      };
  const value = {
    ...zero,
    overflow: total > capacity,
    listType: capacity > 0,
    validEntries: Math.min(total, capacity),
    lastEntryElement: total === 0 || capacity === 0 ? 0 : (total - 1) % capacity,
    lastEntrySequenceNumber: total,
    entries,
  };
  return encode(ET81, value, dimensions);
};

export const outageTables = (
  setup: Setup,
  past: Past,
  household: Household,
): readonly (readonly [number, Filling])[] => [
  [ET09.number, () => quality(setup, past, household)],
  ...(tableExists(ET81, setup.profile) ? ([[ET81.number, () => log(setup, past)]] as const) : []),
];
