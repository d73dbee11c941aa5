/** BT63 to BT67 and ET21: the registers at the end of each interval, computed when they are read. */
import { encode, tableExists, utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { channelStatus, intervalStatus } from "@meterport/protocol/tables/basic/load-profile-data";
import { BT63, BT64, BT65, BT66, BT67, ET21 } from "@meterport/protocol/tables/index";
import { type BlockShape, blockShape } from "../contents/block-shape.ts";
import { zeroValue } from "../contents/filled.ts";
import { sourcesOf } from "../contents/load-profile.ts";
import type { LiveTable, PartwiseTable } from "../contents/memory.ts";
import type { Setup } from "../contents/setup.ts";
import { denmark } from "../contents/zone.ts";
import type { Counters } from "./counters.ts";
import { isSummer, localMillis } from "./local-time.ts";
import type { Past } from "./past.ts";

const minute = 60_000;
/** What erased memory holds: intervals of the newest block that are not recorded yet. */
const erased = 0xff;
const firstMapped = 112;

/** Where recording stands in a data set. Blocks and intervals are counted from 1970. */
interface Position {
  /** Newest block with a recorded interval. */
  readonly block: number;
  /** Recorded intervals of that block, at least one. */
  readonly recorded: number;
  /** Number of the newest block and its place in the table. */
  readonly sequence: number;
  readonly index: number;
}

class DataSet {
  readonly shape: BlockShape;
  readonly #sources: readonly number[];
  readonly #counters: Counters;
  readonly #mapped: RecorderOptions["mapped"];
  readonly #unit: () => number;
  readonly #firstBlock: number;
  readonly #earlier: number;
  readonly #kept = new Map<number, { readonly key: string; readonly bytes: Uint8Array }>();

  constructor(set: number, shape: BlockShape, options: RecorderOptions, earlier: number) {
    const { setup, counters, mapped, unit } = options;
    this.shape = shape;
    this.#mapped = mapped;
    this.#sources = sourcesOf(setup, set);
    this.#counters = counters;
    this.#unit = unit;
    this.#firstBlock = Math.floor(counters.past.origin / this.blockMillis);
    this.#earlier = earlier;
  }

  get intervalMillis(): Millis {
    return this.shape.minutes * minute;
  }

  get blockMillis(): Millis {
    return this.intervalMillis * this.shape.intervals;
  }

  get past(): Past {
    return this.#counters.past;
  }

  position(time: Millis): Position {
    const newest = Math.floor(time / this.intervalMillis) - 1;
    const block = Math.floor(newest / this.shape.intervals);
    const sequence = this.#earlier + block - this.#firstBlock;
    return {
      block,
      recorded: newest - block * this.shape.intervals + 1,
      sequence,
      index: sequence % this.shape.blocks,
    };
  }

  /** Blocks that were recorded: all that there is room for, unless its memory does not reach back that far. */
  validBlocks(time: Millis): number {
    return Math.min(this.shape.blocks, this.position(time).block - this.#firstBlock + 1);
  }

  read(time: Millis, offset: number, count: number): Uint8Array {
    const { blocks, blockSize } = this.shape;
    const end = Math.min(offset + count, blocks * blockSize);
    const out = new Uint8Array(Math.max(0, end - offset));
    const position = this.position(time);
    for (let index = Math.floor(offset / blockSize); index * blockSize < end; index++) {
      const start = index * blockSize;
      const from = Math.max(offset, start);
      out.set(this.#block(position, index).subarray(from - start, end - start), from - offset);
    }
    return out;
  }

  /** The block at a place of the table. */
  #block(position: Position, index: number): Uint8Array {
    const { blocks, intervals } = this.shape;
    const age = (position.index - index + blocks) % blocks;
    const recorded = age === 0 ? position.recorded : intervals;
    const key = `${position.block - age} ${recorded} ${this.#unit()}`;
    const kept = this.#kept.get(index);
    if (kept?.key === key) return kept.bytes;
    const bytes = this.#compute(position.block - age, recorded);
    this.#kept.set(index, { key, bytes });
    return bytes;
  }

  #compute(block: number, recorded: number): Uint8Array {
    const { headerSize, intervalSize, blockSize, simpleStatusSize } = this.shape;
    const bytes = new Uint8Array(blockSize).fill(erased);
    const start = block * this.blockMillis;
    const end = utcFields(start + recorded * this.intervalMillis);
    bytes.set([end.year, end.month, end.day, end.hour, end.minute]);
    bytes.fill(0, headerSize - simpleStatusSize, headerSize);
    for (let i = 0; i < recorded; i++) {
      const at = headerSize - simpleStatusSize + (i >> 3);
      bytes[at] = (bytes[at] ?? 0) | (1 << (i & 7));
      this.#interval(bytes.subarray(headerSize + i * intervalSize), start + (i + 1) * this.intervalMillis);
    }
    return bytes;
  }

  /** The interval that ends at a time; its power failures and clock changes are those of its half-open span. */
  #interval(bytes: Uint8Array, end: Millis): void {
    const { channels, statusSize } = this.shape;
    const flags = this.flagsAt(end);
    const partial = (flags & intervalStatus.clockForward) === 0 ? channelStatus.ok : channelStatus.partialInterval;
    const { bySource } = this.#counters.at(end);
    // The M-Bus cannot be polled without power.
    const missing = this.past.outages.some(({ off, on }) => off <= end && end < on);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const nibbles = [flags];
    for (let channel = 0; channel < channels; channel++) {
      const source = this.#sources[channel] ?? 0;
      const at = statusSize + 4 * channel;
      if (source >= firstMapped) {
        nibbles.push(missing ? channelStatus.deviceMissing : partial);
        if (missing) bytes.fill(0, at, at + 4);
        else bytes.set(this.#mapped(source - firstMapped, end), at);
      } else {
        nibbles.push(partial);
        view.setInt32(at, Math.floor((bySource.get(source) ?? 0) / this.#unit()), true);
      }
    }
    for (let i = 0; i < statusSize; i++) bytes[i] = ((nibbles[2 * i] ?? 0) << 4) | (nibbles[2 * i + 1] ?? 0);
  }

  /** Status common to all channels of the interval that ends at a time. */
  flagsAt(end: Millis): number {
    const { outages, clockChange } = this.past;
    const begin = end - this.intervalMillis;
    const summer = isSummer(begin, denmark) || isSummer(end - 1, denmark);
    const dark = outages.some(({ off, on }) => off < end && on > begin);
    const set = clockChange.time > begin && clockChange.time <= end;
    return (
      (summer ? intervalStatus.daylightSaving : 0) |
      (dark ? intervalStatus.powerFail : 0) |
      (set ? intervalStatus.clockForward : 0)
    );
  }
}

export interface RecorderOptions {
  readonly setup: Setup;
  readonly counters: Counters;
  /** The four bytes of what an entry of ET66 stands for, at a time. */
  readonly mapped: (entry: number, time: Millis) => readonly number[];
  /** Wh per count. */
  readonly unit: () => number;
}

/** The load profile's tables. */
export class LoadProfileRecorder {
  readonly #setup: Setup;
  readonly #sets: readonly DataSet[];
  readonly #mapped: RecorderOptions["mapped"];
  readonly #counters: Counters;

  constructor(options: RecorderOptions) {
    const { setup, counters } = options;
    this.#setup = setup;
    this.#counters = counters;
    this.#mapped = options.mapped;
    this.#sets = setup.dimensions.BT61.dataSets.map((entry, set) => {
      // The ring has been full for long.
      const earlier = entry.blocks + Math.floor(setup.noise.between(set, 40, 900, 31));
      return new DataSet(set, blockShape(entry), options, earlier);
    });
  }

  live(): readonly (readonly [number, LiveTable])[] {
    return [
      [BT63.number, (time) => this.#status(time)],
      [ET21.number, (time) => this.#internal(time)],
    ];
  }

  partwise(): readonly (readonly [number, PartwiseTable])[] {
    return [BT64, BT65, BT66, BT67].flatMap((table, i) => {
      const set = this.#sets[i];
      if (set === undefined || !tableExists(table, this.#setup.profile)) return [];
      const { blocks, blockSize } = set.shape;
      const at: PartwiseTable["at"] = (time, offset, count) =>
        blocks === 0 ? new Uint8Array(0) : set.read(time, offset, count);
      return [[table.number, { size: blocks * blockSize, at }] as const];
    });
  }

  /** Blocks that the head-end has not fetched: it had all when the meter was switched on here. */
  #unread(set: DataSet, time: Millis): number {
    return set.position(time).block - set.position(this.#counters.past.start).block;
  }

  #status(time: Millis): Uint8Array {
    const { dimensions } = this.#setup;
    const zero = zeroValue(BT63, dimensions);
    const dataSets = zero.dataSets.map((none, i) => {
      const set = this.#sets[i];
      if (set === undefined || set.shape.blocks === 0) return none;
      const { blocks } = set.shape;
      const { index, sequence, recorded } = set.position(time);
      const unread = this.#unread(set, time);
      return {
        ...none,
        overflow: unread > blocks,
        listType: 1,
        activeMode: true,
        validBlocks: set.validBlocks(time),
        lastBlock: index,
        lastBlockSequenceNumber: sequence,
        unreadBlocks: Math.min(blocks, unread),
        validIntervals: recorded,
      };
    });
    return encode(BT63, { dataSets }, dimensions);
  }

  #internal(time: Millis): Uint8Array {
    const { dimensions } = this.#setup;
    const zero = zeroValue(ET21, dimensions);
    const dataSets = zero.dataSets.map((none, i) => {
      const set = this.#sets[i];
      if (set === undefined || set.shape.blocks === 0) return none;
      const { shape } = set;
      const { block, index, recorded } = set.position(time);
      const end = block * set.blockMillis + recorded * set.intervalMillis;
      const known = sourcesOf(this.#setup, i);
      const mapped = known.findIndex((source) => source >= firstMapped);
      const all = {
        currentBlockAddress: index * shape.blockSize,
        currentIntervalAddress: index * shape.blockSize + shape.headerSize + (recorded - 1) * shape.intervalSize,
        blockSize: shape.blockSize,
        blockHeaderSize: shape.headerSize,
        validBlocks: set.validBlocks(time),
        validIntervals: recorded,
        lastBlockIndex: index,
        lastIntervalNumber: recorded - 1,
        simpleStatusOffset: shape.headerSize - shape.simpleStatusSize,
        simpleStatusSize: shape.simpleStatusSize,
        interval0Offset: shape.headerSize,
        intervalSize: shape.intervalSize,
        channel0Offset: shape.statusSize,
        extendedStatusCommon: set.flagsAt(end + set.intervalMillis),
        channels: shape.channels,
        intervalTime: shape.minutes,
        placeholders: none.placeholders?.map((_, channel) =>
          (known[channel] ?? 0) >= firstMapped ? this.#latest((known[channel] ?? 0) - firstMapped, end) : 0,
        ),
        sources: none.sources.map((_, channel) => known[channel] ?? 0),
        loadProfileConfigurationId: 1,
        mepBillingStartChannel: mapped < 0 ? shape.channels : mapped,
        blockStartTime: utcFields(block * set.blockMillis),
        intervalEndTimeUtc: utcFields(end),
        intervalEndTimeLocal: utcFields(localMillis(end, denmark)),
        maxMemoryLength: dimensions.BT60.memoryLength,
      };
      // Older firmware has only some of these.
      return { ...none, ...Object.fromEntries(Object.entries(all).filter(([name]) => name in none)) };
    });
    return encode(ET21, { dataSets }, dimensions);
  }

  #latest(entry: number, end: Millis): number {
    return new DataView(Uint8Array.from(this.#mapped(entry, end)).buffer).getInt32(0, true);
  }
}
