/** Finds the blocks that hold the wanted time, by reading few headers. */
import type { Millis } from "@meterport/protocol/ports";
import type { ByteRange } from "../meter/read/ranges.ts";
import {
  type BlockAt,
  type BlockHeader,
  type BlockShape,
  blockBack,
  decodeHeader,
  headerRange,
  type Slots,
  slotsBetween,
} from "./load-profile-blocks.ts";
import type { ProfileStatus } from "./load-profile-setup.ts";

/** A wanted block: its header if already read, and which of its intervals. */
export interface WantedBlock {
  readonly at: BlockAt;
  readonly header: BlockHeader | undefined;
  readonly slots: Slots;
}

/** The blocks with intervals of the wanted time, oldest first. */
export const planBlocks = async (
  { newest, validBlocks }: ProfileStatus,
  shape: BlockShape,
  since: Millis,
  until: Millis,
  read: (range: ByteRange) => Promise<Uint8Array>,
): Promise<WantedBlock[]> => {
  if (validBlocks === 0) return [];
  const count = validBlocks;
  const at = (position: number): BlockAt => blockBack(newest, count - 1 - position, shape.blocks);
  const headers = new Map<number, BlockHeader>();
  const headerOf = async (position: number): Promise<BlockHeader> => {
    const known = headers.get(position);
    if (known !== undefined) return known;
    const range = headerRange(at(position), shape);
    const header = decodeHeader(await read(range), shape);
    headers.set(position, header);
    return header;
  };
  const last = await headerOf(count - 1);
  const firstAfter = (time: Millis): Promise<number> => firstEndingAfter(time, count, last, shape, headerOf);
  const from = since === Number.NEGATIVE_INFINITY ? 0 : await firstAfter(since);
  const to = until === Number.POSITIVE_INFINITY ? count - 1 : Math.min(count - 1, await firstAfter(until));
  const wanted: WantedBlock[] = [];
  for (let position = from; position <= to; position++) {
    const header = headers.get(position);
    const all = { from: 0, to: shape.intervalsPerBlock - 1 };
    const slots = header === undefined ? all : slotsBetween(header, shape, since, until);
    wanted.push({ at: at(position), header, slots });
  }
  return wanted;
};

/**
 * The position of the oldest block that ends after `time`, `count` if there is none: the first guess counts blocks back
 * from the newest one, and is right unless the meter was off; then the rest is searched by bisection.
 */
const firstEndingAfter = async (
  time: Millis,
  count: number,
  newest: BlockHeader,
  shape: BlockShape,
  headerOf: (position: number) => Promise<BlockHeader>,
): Promise<number> => {
  // A block without a date may hold anything: it counts as wanted.
  const endsAfter = async (position: number): Promise<boolean> =>
    ((await headerOf(position)).end ?? Number.POSITIVE_INFINITY) > time;
  if (!(await endsAfter(count - 1))) return count;
  // The answer lies in low..high; `high` ends after the time.
  let [low, high] = [0, count - 1];
  const duration = shape.durationMinutes * 60_000;
  const start = (newest.end ?? time) - (newest.last + 1) * duration;
  let probe = count - 1 - Math.max(0, Math.ceil((start - time) / (shape.intervalsPerBlock * duration)));
  let probes = 0;
  while (low < high) {
    // The guess, its neighbour on the other side of the time, then bisection.
    const position = probes < 2 ? Math.min(high - 1, Math.max(low, probe)) : (low + high) >> 1;
    if (await endsAfter(position)) {
      high = position;
      probe = position - 1;
    } else {
      low = position + 1;
      probe = position + 1;
    }
    probes++;
  }
  return high;
};
