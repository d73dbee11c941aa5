/**
 * The load profile: the meter's own record of its registers, interval by interval. Only the requested blocks
 * are read, in as few requests as possible, and what the meter overwrites meanwhile is discarded.
 * MEP guide 1.1, pp. 35-40, 238-247.
 */
import { LayoutError, UsageError } from "@meterport/protocol/errors";
import type { EnergyUnit } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import type { CallOptions, Meter } from "../meter/meter.ts";
import type { ByteRange } from "../meter/read/ranges.ts";
import { readSlice } from "../meter/read/table-bytes.ts";
import {
  type BlockAt,
  type BlockShape,
  blockBack,
  decodeHeader,
  headerRange,
  intervalEnd,
  isIntact,
  slotsBetween,
  slotsRange,
} from "./load-profile-blocks.ts";
import { batches, readBlocks } from "./load-profile-bytes.ts";
import { intervalDecoder, type LoadProfileInterval, type ProfileChannel } from "./load-profile-intervals.ts";
import { planBlocks } from "./load-profile-plan.ts";
import {
  isSameConfiguration,
  type ProfileSetup,
  type ProfileStatus,
  readRollover,
  readSetup,
  readStatus,
} from "./load-profile-setup.ts";

export type { LoadProfileInterval, ProfileChannel } from "./load-profile-intervals.ts";
export type { ChannelState, ChannelValue } from "./load-profile-status.ts";

/** A block whose intervals are not given. */
export interface DiscardedBlock {
  readonly block: number;
  readonly sequence: number;
  /** `overwritten` while it was read; `no-date` where its time is impossible, as in a block that was never filled. */
  readonly reason: "overwritten" | "no-date";
}

export interface ReadIntervalsOptions extends CallOptions {
  /** Only intervals that end after it, Unix milliseconds: pass the `end` of the last interval to continue there. */
  readonly since?: Millis | undefined;
  /** Only intervals that end at or before it, Unix milliseconds. */
  readonly until?: Millis | undefined;
  /** Indices of the wanted channels, in the wanted order; all by default. */
  readonly channels?: readonly number[] | undefined;
  /** Called with the number of blocks that have been read, and of those that will be. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  readonly onDiscarded?: ((block: DiscardedBlock) => void) | undefined;
  /** Awaited before each request for blocks, so that more urgent work on the link can come first. */
  readonly before?: (() => Promise<void>) | undefined;
  /** Called with the bytes of each such request, for callers that keep evidence. */
  readonly onBytes?: ((range: ByteRange, bytes: Uint8Array) => void) | undefined;
}

/** What is recorded at the moment. */
export interface ProfileExtent {
  /** When the oldest interval that is kept ended, and the newest one, Unix milliseconds UTC. */
  readonly oldest: Millis;
  readonly newest: Millis;
}

const tableOfSet1 = 0x0040;

type InUse = ProfileSetup & { readonly shape: BlockShape };
const inUse = (setup: ProfileSetup): setup is InUse => setup.shape !== undefined;

/** One data set of a meter's load profile. */
export class LoadProfile {
  readonly meter: Meter;
  /** 1 to 4. */
  readonly set: number;
  readonly #setup: ProfileSetup;
  #generation: number;

  constructor(meter: Meter, set: number, setup: ProfileSetup, generation: number) {
    this.meter = meter;
    this.set = set;
    this.#setup = setup;
    this.#generation = generation;
  }

  /** All channels; none if the data set is not in use. */
  get channels(): readonly ProfileChannel[] {
    return this.#setup.channels;
  }

  /** Undefined if the data set is not in use. */
  get durationMinutes(): number | undefined {
    return this.#setup.shape?.durationMinutes;
  }

  /** Wh or varh in a step of an energy channel; null if the meter does not say. */
  get energyUnit(): EnergyUnit | null {
    return this.#setup.energyUnit;
  }

  /** With ANSI compliance, a meter reports some statuses as others (p. 247). */
  get ansi(): boolean {
    return this.#setup.ansi;
  }

  /** How many intervals a block holds. Undefined if the data set is not in use. */
  get intervalsPerBlock(): number | undefined {
    return this.#setup.shape?.intervalsPerBlock;
  }

  /** How many blocks there are, the one that is being filled among them. Undefined if the data set is not in use. */
  get blocks(): number | undefined {
    return this.#setup.shape?.blocks;
  }

  /** The table that holds the intervals: 64 for data set 1. */
  get table(): number {
    return tableOfSet1 + this.set - 1;
  }

  /** Where an interval of this load profile is in its table. */
  placeOf({ block, index }: Pick<LoadProfileInterval, "block" | "index">): ByteRange {
    const { shape } = this.#setup;
    if (shape === undefined) return { offset: 0, length: 0 };
    return slotsRange({ block, sequence: 0 }, { from: index, to: index }, shape);
  }

  /**
   * From when to when there are intervals, by the headers of two blocks; undefined if there is none with a possible date.
   *
   * @throws LinkError, ResponseError; LayoutError, also if the load profile is reconfigured meanwhile
   */
  async extent({
    before,
    ...call
  }: Pick<ReadIntervalsOptions, "signal" | "before"> = {}): Promise<ProfileExtent | undefined> {
    const setup = this.#setup;
    if (!inUse(setup)) return undefined;
    const { shape } = setup;
    const headerOf = async (at: BlockAt) => decodeHeader(await this.#read(headerRange(at, shape), call, before), shape);
    const { newest, validBlocks } = await this.#status(setup, call);
    if (validBlocks === 0) return undefined;
    const last = await headerOf(newest);
    if (last.end === undefined || last.last < 0) return undefined;
    // The oldest one may be overwritten in between, and then is newer than the newest was; one that was never filled has no date.
    for (let back = validBlocks - 1; back > 0 && back > validBlocks - 4; back--) {
      const first = await headerOf(blockBack(newest, back, shape.blocks));
      if (first.end === undefined || first.last < 0 || first.end > last.end) continue;
      return { oldest: intervalEnd(first.end, first.last, 0, shape), newest: last.end };
    }
    return { oldest: intervalEnd(last.end, last.last, 0, shape), newest: last.end };
  }

  /** The count at which energy channels roll over to 0; null if the meter does not say. @throws LinkError */
  rollover(options: CallOptions = {}): Promise<number | null> {
    return readRollover(this.meter, this.energyUnit, options);
  }

  /**
   * The intervals, oldest first. One that was never recorded comes between its neighbours with `valid` false. Times
   * derive from the end of each block, so they are as right as the meter's clock.
   *
   * @throws UsageError for a channel that does not exist; LinkError, ResponseError; LayoutError, also if the load profile
   * is reconfigured meanwhile
   */
  async *intervals(options: ReadIntervalsOptions = {}): AsyncGenerator<LoadProfileInterval> {
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = options;
    const { before, onBytes, onProgress, onDiscarded } = options;
    const call: CallOptions = { signal: options.signal };
    const setup = this.#setup;
    if (!inUse(setup)) return;
    const { shape } = setup;
    const decode = intervalDecoder(this.set, shape, wantedChannels(setup.channels, options.channels));
    const status = await this.#status(setup, call);
    const read = async (range: ByteRange): Promise<Uint8Array> => {
      const bytes = await this.#read(range, call, before);
      onBytes?.(range, bytes);
      return bytes;
    };
    const wanted = await planBlocks(status, shape, since, until, read);
    let done = 0;
    let began = false;
    for (const batch of batches(wanted, shape)) {
      const bytesOf = await readBlocks(batch, {
        shape,
        read,
        limit: this.meter.session.readLimit,
        onBlocks: (complete) => onProgress?.({ done: done + complete, total: wanted.length }),
      });
      done += batch.length;
      if (!(await isSameConfiguration(this.meter, this.set, setup, call))) throw configuredAnew(this.set);
      const now = await this.#status(setup, call);
      for (const { at, header: known, slots } of batch) {
        const discard = (reason: DiscardedBlock["reason"]): void => onDiscarded?.({ ...at, reason });
        if (!isIntact(at.sequence, now.newest.sequence, shape.blocks)) {
          discard("overwritten");
          continue;
        }
        const header = known ?? decodeHeader(bytesOf(headerRange(at, shape)), shape);
        const { end } = header;
        if (end === undefined) {
          discard("no-date");
          continue;
        }
        const within = slotsBetween(header, shape, since, until);
        const kept = { from: Math.max(within.from, slots.from), to: Math.min(within.to, slots.to) };
        if (kept.from > kept.to) continue;
        for (const interval of decode(at.block, { ...header, end }, kept, bytesOf(slotsRange(at, kept, shape)))) {
          // Nothing can be missing before the first interval.
          began ||= interval.valid;
          if (began) yield interval;
        }
      }
    }
  }

  /** What is recorded at the moment. @throws LayoutError if the load profile is no longer the one that was opened */
  async #status(setup: InUse, call: CallOptions): Promise<ProfileStatus> {
    const { generation } = this.meter;
    if (generation !== this.#generation) {
      if (!(await this.#isUnchanged(setup, call))) throw configuredAnew(this.set);
      this.#generation = generation;
    }
    return readStatus(this.meter, this.set, setup.shape, call);
  }

  /** Dimensions change for many reasons, most of which do not affect the load profile. */
  async #isUnchanged(setup: InUse, call: CallOptions): Promise<boolean> {
    const now = await readSetup(this.meter, this.set, call);
    return JSON.stringify(now) === JSON.stringify(setup);
  }

  async #read(range: ByteRange, { signal }: CallOptions, before: ReadIntervalsOptions["before"]): Promise<Uint8Array> {
    const { table } = this;
    const label = `read BT${table}`;
    await before?.();
    return this.meter.steadily(label, () =>
      readSlice(this.meter.session, table, range, signal === undefined ? { label } : { label, signal }),
    );
  }
}

const configuredAnew = (set: number): LayoutError =>
  new LayoutError(
    "shape",
    { path: `data set ${set}`, offset: 0 },
    "the load profile was reconfigured since it was opened; open it again",
  );

/** @throws UsageError */
const wantedChannels = (
  channels: readonly ProfileChannel[],
  wanted: readonly number[] | undefined,
): readonly ProfileChannel[] =>
  wanted?.map((index) => {
    const channel = channels[index];
    if (channel !== undefined) return channel;
    throw new UsageError("no-such-channel", `this load profile has channels 0 to ${channels.length - 1}, not ${index}`);
  }) ?? channels;

/**
 * Opens a data set of the load profile (1 by default): reads its shape, its channels and their unit once.
 *
 * @throws UsageError if the meter has no such data set; LinkError, ResponseError; LayoutError for dimensions that no
 * meter has
 */
export const openLoadProfile = (
  meter: Meter,
  { set = 1, ...call }: CallOptions & { readonly set?: number } = {},
): Promise<LoadProfile> =>
  meter.steadily("load profile", async () => {
    const { generation } = meter;
    return new LoadProfile(meter, set, await readSetup(meter, set, call), generation);
  });
