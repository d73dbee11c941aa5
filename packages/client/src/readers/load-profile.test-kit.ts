/** For tests: a naive recorder of a load profile, whose tables are encoded from their declarations. */
import { encode, type Profile, sizeOf, utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { BT60, BT61, BT62, BT63, BT64, BT65, ET11, ET21, ET54, ET66 } from "@meterport/protocol/tables/index";
import type { Contents } from "../testing/endpoint-line.test-kit.ts";

export interface RecorderOptions {
  readonly profile: Profile;
  /** 1 or 2. */
  readonly set?: 1 | 2 | undefined;
  readonly blocks: number;
  readonly intervals: number;
  /** As in BT61: 84 is a day. */
  readonly minutes?: number | undefined;
  readonly sources: readonly number[];
  /** Entries of ET66. */
  readonly mapped?: readonly number[] | undefined;
  /** End of the interval before the first. */
  readonly start?: Millis | undefined;
  readonly firstSequence?: number | undefined;
}
export interface Slot {
  readonly end: Millis;
  readonly common: number;
  readonly statuses: readonly number[];
  readonly values: readonly number[];
}
interface Block {
  readonly at: number;
  readonly sequence: number;
  /** Undefined if nothing was recorded. */
  readonly slots: (Slot | undefined)[];
}

export class Recorder {
  readonly options: RecorderOptions;
  /** All blocks, oldest first, including overwritten ones. */
  readonly blocks: Block[] = [];
  /** Untrue values for single fields of ET21 and BT63. */
  lies: Record<"ET21" | "BT63" | "BT62", Record<string, unknown>> = { ET21: {}, BT63: {}, BT62: {} };
  /** Changes to the data set's entry in BT61. */
  dimensions: Record<string, number> = {};
  configurationId = 7;
  #time: Millis;

  constructor(options: RecorderOptions) {
    this.options = options;
    this.#time = options.start ?? Date.UTC(2026, 2, 1);
  }

  get minutes(): number {
    const { minutes = 15 } = this.options;
    return minutes === 84 ? 1440 : minutes;
  }

  /** Advances by one interval; `undefined` leaves the slot unrecorded. */
  record(slot: Partial<Omit<Slot, "end">> | undefined): void {
    this.#time += this.minutes * 60_000;
    const { sources, intervals, blocks, firstSequence = 1 } = this.options;
    let block = this.blocks.at(-1);
    if (block === undefined || block.slots.length === intervals) {
      const count = this.blocks.length;
      block = { at: count % blocks, sequence: (firstSequence + count) >>> 0, slots: [] };
      this.blocks.push(block);
    }
    const values = sources.map((_, c) => 1000 * c + this.blocks.length * 100 + (block as Block).slots.length);
    const none = { common: 0, statuses: sources.map(() => 0), values };
    block.slots.push(slot === undefined ? undefined : { ...none, ...slot, end: this.#time });
  }

  /** Blocks that are still there: a new one replaces the oldest with its first recorded interval. */
  get kept(): readonly Block[] {
    return this.blocks.filter(({ slots }) => slots.some((slot) => slot !== undefined)).slice(-this.options.blocks);
  }

  /** Bytes of every table that a reader may request. */
  tables(): [number, Contents][] {
    const { profile, set = 1, blocks, intervals, minutes = 15, sources, mapped = [] } = this.options;
    const base = defaultDimensions(profile);
    const entry = { blocks, intervals, channels: sources.length, maximumIntervalTime: minutes };
    const dataSets = base.BT61.dataSets.map((other, i) => (i === set - 1 ? entry : { ...other, blocks: 0 }));
    const env = { ...base, BT61: { ...base.BT61, dataSets } };
    const told = dataSets.map((other, i) => (i === set - 1 ? { ...other, ...this.dimensions } : other));
    const same = <T>(mine: T, others: T): T[] => dataSets.map((_, i) => (i === set - 1 ? mine : others));
    const channelsOf = (ids: readonly number[]) =>
      ids.map((intervalSource) => ({ endReading: false, filler1: 0, intervalSource, endReadingSource: 0 }));
    const newest = this.kept.at(-1);
    const status = {
      blockOrder: 0,
      overflow: false,
      listType: 1,
      blockInhibitOverflow: false,
      intervalOrder: 0,
      activeMode: true,
      testMode: false,
      filler7: 0,
      validBlocks: this.kept.length,
      lastBlock: newest?.at ?? 0,
      lastBlockSequenceNumber: newest?.sequence ?? 0,
      unreadBlocks: 0,
      validIntervals: newest?.slots.filter((slot) => slot !== undefined).length ?? 0,
    };
    const map = [...mapped, ...Array<number>(16).fill(0)].slice(0, 16);
    const rows = sizeOf(ET66, env) / 32;
    return [
      [ET11.number, encode(ET11, env.ET11, env)],
      [ET54.number, encode(ET54, env.ET54, env)],
      [BT60.number, encode(BT60, env.BT60, env)],
      [BT61.number, encode(BT61, { ...env.BT61, dataSets: told }, env)],
      [
        BT62.number,
        encode(
          BT62,
          {
            dataSets: dataSets.map(({ channels }, i) => ({
              channelSettings: channelsOf(i === set - 1 ? sources : Array<number>(channels).fill(0)),
              format: 32,
              ...(i === set - 1 ? this.lies.BT62 : {}),
            })),
          },
          env,
        ),
      ],
      [BT63.number, encode(BT63, { dataSets: same({ ...status, ...this.lies.BT63 }, status) }, env)],
      [ET21.number, this.#internal(env, set)],
      [
        ET66.number,
        encode(
          ET66,
          { extendedSourceIds: Array.from({ length: rows }, (_, i) => (i === 0 ? map : Array<number>(16).fill(0))) },
          env,
        ),
      ],
      [set === 1 ? BT64.number : BT65.number, this.#data(env, set)],
    ];
  }

  /** ET21 by its printed offsets (p. 101). */
  #internal(env: ReturnType<typeof defaultDimensions>, set: number): Uint8Array {
    const bytes = new Uint8Array(sizeOf(ET21, env));
    const start = (set - 1) * (bytes.length / env.BT61.dataSets.length);
    const view = new DataView(bytes.buffer, start);
    const { sources, intervals } = this.options;
    const status = Math.floor(sources.length / 2) + 1;
    const simple = Math.ceil(intervals / 8);
    const interval = status + 4 * sources.length;
    const fields: Record<string, readonly [number, 1 | 2 | 4, number]> = {
      blockSize: [8, 4, 5 + simple + intervals * interval],
      blockHeaderSize: [12, 2, 5 + simple],
      simpleStatusOffset: [22, 1, 5],
      simpleStatusSize: [23, 1, simple],
      interval0Offset: [24, 1, 5 + simple],
      intervalSize: [25, 1, interval],
      channel0Offset: [26, 1, status],
      channels: [28, 1, sources.length],
      loadProfileConfigurationId: [78, 4, this.configurationId],
      options: [93, 1, 0],
    };
    for (const [name, [at, size, truth]] of Object.entries(fields)) {
      const value = Number(this.lies.ET21[name] ?? truth);
      if (size === 1) view.setUint8(at, value);
      else if (size === 2) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
    }
    return bytes;
  }

  #data(env: ReturnType<typeof defaultDimensions>, set: 1 | 2): Uint8Array {
    const { blocks, intervals, sources } = this.options;
    const nothing = { year: 0, month: 0, day: 0, hour: 0, minute: 0 };
    // Unrecorded slots hold random bytes, so that the test catches a reader that uses them.
    const garbage = {
      extendedStatus: Array<number>(2 * (Math.floor(sources.length / 2) + 1)).fill(0),
      values: sources.map(() => -123_456_789),
    };
    const value = Array.from({ length: blocks }, (_, at) => {
      const block = this.kept.find((kept) => kept.at === at);
      const newest = block?.slots.findLast((slot) => slot !== undefined);
      const { year, month, day, hour, minute } = newest === undefined ? nothing : utcFields(newest.end);
      const simpleStatus = new Uint8Array(Math.ceil(intervals / 8));
      block?.slots.forEach((slot, i) => {
        if (slot !== undefined) simpleStatus[i >> 3] = (simpleStatus[i >> 3] ?? 0) | (1 << (i & 7));
      });
      const slots = Array.from({ length: intervals }, (_, i) => {
        const slot = block?.slots[i];
        if (slot === undefined) return garbage;
        const extendedStatus = [slot.common, ...slot.statuses, 0].slice(0, garbage.extendedStatus.length);
        return { extendedStatus, values: [...slot.values] };
      });
      return { endTime: { year, month, day, hour, minute }, simpleStatus, intervals: slots };
    });
    return set === 1 ? encode(BT64, { blocks: value }, env) : encode(BT65, { blocks: value }, env);
  }
}
