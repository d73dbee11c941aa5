/** The copies of its registers that the meter takes at midnight and at demand resets, as states of the point's registers. */
import { type BillingSnapshot, readBilling } from "@meterport/client/readers/billing";
import { readOffsets } from "@meterport/client/readers/outages";
import type { RegisterBlock } from "@meterport/client/readers/snapshot";
import type { Millis } from "@meterport/protocol/ports";
import { dayBounds, standardOffset, utcOfLocal } from "../calendar/local-calendar.ts";
import type { Proof } from "../model/proof.ts";
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
  readonly proof: Proof;
}

/** When the copies were read, and from what. */
interface CopiesRead {
  readonly point: string;
  readonly zone: string;
  readonly serial: string | null;
  readonly profile: string | null;
  readonly wall: Millis;
}

const proofOf = ({ table, takenAt }: BillingSnapshot, { wall, profile }: CopiesRead): Proof => ({
  ...{ time: wall, table, offset: null, raw: null, profile, clockOffset: null },
  note: `the meter's own copy of its registers, taken at ${takenAt} by its own clock`,
});

/** Energies with a live key; other counters are no totals of the point. */
const statesOf = (copied: Copied, tier: number, { registers }: RegisterBlock): RegisterState[] =>
  registers.flatMap(({ source, value }) => {
    const register = channelName(source);
    return value === null || register.startsWith("source_") ? [] : [{ ...copied, register, tier, value }];
  });

/** The states that a copy holds: of the total, tier 0, and of each tier. */
const copyStates = (copy: BillingSnapshot, read: CopiesRead): RegisterState[] => {
  const { point, zone, serial } = read;
  const reason = reasons[copy.kind];
  // Under another configuration its values may be those of other sources.
  if (reason === undefined || copy.takenAt === null || copy.doubts.some((doubt) => doubt !== "unit")) return [];
  const time = utcOfLocal(zone, Date.parse(`${copy.takenAt}Z`));
  const copied = { point, time, serial, reason, proof: proofOf(copy, read) };
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
  keep: async (copies, { deps: { point, zone, store, source, clock }, serial, since, memo }) => {
    const read = { point, zone, serial, profile: source.identity()?.profile ?? null, wall: clock.wall() };
    const states = copies.flatMap((copy) => copyStates(copy, read));
    const newest = copies
      .flatMap(({ takenAt }) => takenAt ?? [])
      .sort()
      .at(-1);
    if (newest === undefined) return;
    await store.write({ registers: states.filter(({ time }) => time >= since), memos: [memo(newest)] });
  },
};

export const selfReadJob = (deps: BackfillDeps): BackfillJob => new MemoryJob(deps, selfReads);
