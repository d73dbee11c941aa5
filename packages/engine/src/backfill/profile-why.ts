/** How an interval came to be that the meter's load profile gave: the two recorded registers, and the bytes that say so. */
import { fromHex } from "@meterport/protocol/bytes";
import type { Millis } from "@meterport/protocol/ports";
import type { StoredInterval } from "../model/interval.ts";
import type { Proof } from "../model/proof.ts";
import type { Store } from "../ports/store.ts";
import { channelName, isEnergy } from "./profile-channels.ts";
import { type ProvedEntry, provedEntry } from "./profile-proof.ts";

/** What the meter recorded at one end of the interval. */
export interface RecordedEnd {
  readonly time: Millis;
  readonly block: number;
  /** Index of the entry in its block. */
  readonly index: number;
  /** Offset of the entry in the table, and its bytes in lower-case hex; null if they were not kept. */
  readonly offset: number;
  readonly raw: string | null;
  /** Offset of the channel's four bytes in the table, and the integer in them; null if the bytes were not kept. */
  readonly valueOffset: number;
  readonly integer: number | null;
}

export interface ProfileWhy {
  /** One sentence. */
  readonly rule: string;
  readonly table: string;
  /** The guide's source ID of the channel. */
  readonly source: number;
  /** One step of the integer, in the unit of the channel; null if the meter did not say. */
  readonly scale: number | null;
  /** null if the meter no longer had it, or its proof is not kept. */
  readonly begin: RecordedEnd | null;
  readonly end: RecordedEnd;
}

const profileRule = "difference of the registers that the meter recorded at both ends";

/** MEP guide 1.1, pp. 244-246: half a byte of status for the interval and for each channel, then four bytes for each. */
const valueAt = (channels: number, n: number): number => Math.floor(channels / 2) + 1 + 4 * n;

const recordedEnd = (time: Millis, { run, index, offset, raw }: ProvedEntry, n: number): RecordedEnd => {
  const at = valueAt(run.sources.length, n);
  const bytes = raw === null ? undefined : fromHex(raw);
  const integer =
    bytes === undefined || bytes.length < at + 4
      ? null
      : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(at, true);
  return { time, block: run.block, index, offset, raw, valueOffset: offset + at, integer };
};

const entryBefore = async (
  store: Pick<Store, "intervalProof">,
  { point, channel, seconds }: Pick<StoredInterval, "point" | "channel" | "seconds">,
  start: Millis,
  { table }: Proof,
): Promise<ProvedEntry | undefined> => {
  const other = (await store.intervalProof(point, channel, start))?.proof;
  return other === undefined || other === null || other.table !== table
    ? undefined
    : provedEntry(other, start, seconds);
};

/** Undefined if the interval is not from a load profile, or its proof does not say where it was. */
export const profileWhy = async (
  store: Pick<Store, "intervalProof">,
  interval: StoredInterval,
  proof: Proof | null,
): Promise<ProfileWhy | undefined> => {
  const { channel, end, seconds, source: from } = interval;
  if (from !== "profile" || proof === null || proof.table === null) return undefined;
  const entry = provedEntry(proof, end, seconds);
  const n = entry?.run.sources.findIndex((source) => channelName(source) === channel) ?? -1;
  if (entry === undefined || n < 0) return undefined;
  const source = entry.run.sources[n] as number;
  const start = end - 1000 * seconds;
  // The first interval of a run begins with the last entry of the one before.
  const before = provedEntry(proof, start, seconds) ?? (await entryBefore(store, interval, start, proof));
  return {
    ...{ rule: profileRule, table: proof.table, source, scale: isEnergy(source) ? entry.run.unit : 1 },
    begin: before === undefined ? null : recordedEnd(start, before, n),
    end: recordedEnd(end, entry, n),
  };
};
