/** The copies of its registers that the meter takes at midnight and at demand resets, as states of the point's registers. */
import { type BillingSnapshot, readBilling } from "@meterport/client/readers/billing";
import { readOffsets } from "@meterport/client/readers/outages";
import type { RegisterBlock } from "@meterport/client/readers/snapshot";
import type { Millis } from "@meterport/protocol/ports";
import { dayBounds, standardOffset, utcOfLocal } from "../calendar/local-calendar.ts";
import type { RegisterReason, RegisterState } from "../model/register-state.ts";
import type { BackfillDeps, BackfillJob } from "./job.ts";
import { MemoryJob, type MemoryLog } from "./memory-job.ts";
import { channelName } from "./profile-channels.ts";

/** The meter takes its copies at local midnight by its own clock. */
const afterMidnight: Millis = 600_000;
const mostCopies = 400;
const minute: Millis = 60_000;

const reasons: Readonly<Partial<Record<BillingSnapshot["kind"], RegisterReason>>> = {
  "self-read": "self-read",
  "demand-reset": "demand-reset",
};

interface Copied {
  readonly point: string;
  readonly time: Millis;
  readonly serial: string | null;
  readonly reason: RegisterReason;
}

/** Energies with a live key; other counters are no totals of the point. */
const statesOf = (copied: Copied, tier: number, { registers }: RegisterBlock): RegisterState[] =>
  registers.flatMap(({ source, value }) => {
    const register = channelName(source);
    return value === null || register.startsWith("source_") ? [] : [{ ...copied, register, tier, value }];
  });

/** The states that a copy holds: of the total, tier 0, and of each tier. */
const copyStates = (
  copy: BillingSnapshot,
  { point, zone, serial }: { readonly point: string; readonly zone: string; readonly serial: string | null },
): RegisterState[] => {
  const reason = reasons[copy.kind];
  // Under another configuration its values may be those of other sources.
  if (reason === undefined || copy.takenAt === null || copy.doubts.some((doubt) => doubt !== "unit")) return [];
  const copied = { point, time: utcOfLocal(zone, Date.parse(`${copy.takenAt}Z`)), serial, reason };
  return [statesOf(copied, 0, copy.total), ...copy.tiers.map((block, i) => statesOf(copied, i + 1, block))].flat();
};

const selfReads: MemoryLog<BillingSnapshot> = {
  name: "self-reads",
  rest: ({ zone, clock }) => {
    const now = clock.wall();
    const midnight = dayBounds(zone, now, now + 1).at(-1) ?? now;
    return midnight - now + afterMidnight;
  },
  read: async (meter, known, signal, { zone, clock }) => {
    const copies: BillingSnapshot[] = [];
    for await (const copy of readBilling(meter, { kinds: ["self-read", "demand-reset"], since: known, signal })) {
      copies.push(copy);
      if (copies.length >= mostCopies) break;
    }
    if (copies.length === 0) return copies;
    // The copies carry local time without a zone: in another one than the point's they would be dated wrong.
    const [own] = await readOffsets(meter, { signal });
    const ours = standardOffset(zone, clock.wall());
    if (own === undefined || own === ours) return copies;
    const detail = { zone, zone_offset_min: ours / minute, meter_offset_min: own / minute };
    return { trouble: "zone", detail };
  },
  keep: async (copies, { deps: { point, zone, store }, serial, since, memo }) => {
    const states = copies.flatMap((copy) => copyStates(copy, { point, zone, serial }));
    const newest = copies
      .flatMap(({ takenAt }) => takenAt ?? [])
      .sort()
      .at(-1);
    if (newest === undefined) return;
    await store.write({ registers: states.filter(({ time }) => time >= since), memos: [memo(newest)] });
  },
};

export const selfReadJob = (deps: BackfillDeps): BackfillJob => new MemoryJob(deps, selfReads);
