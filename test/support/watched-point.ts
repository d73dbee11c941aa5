/**
 * A metering point for tests of the whole gateway: virtual meters over the real protocol, one after the other, on a line that fails on request. It
 * notes what the meter's tables held at each request, so that every value can be compared with the truth.
 */
import { rc4 } from "@meterport/client";
import { registerKeys } from "@meterport/engine/guard/measured";
import type { Interval } from "@meterport/engine/model/interval";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import { type LinkedMeter, linkMeter, superviseMeter } from "@meterport/gateway/meters/meter-link";
import type { GatewayMeter } from "@meterport/gateway/operation/open-meter";
import { LinkError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { type LiveReading, liveKeys, liveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis, Transport } from "@meterport/protocol/ports";
import { type Behaviour, type Random, seeded, VirtualMeter } from "@meterport/simulator";
import { type BentLine, bentLine } from "./bent-line.ts";
import { advancedKey, basicKey, noEntropy } from "./supervised-link.ts";

const quarter: Millis = 900_000;

/** One meter that hung there. */
interface Installed {
  readonly meter: VirtualMeter;
  /** By its own clock. */
  readonly from: Millis;
  to: Millis;
  /** What its registers held, by its clock; looking takes a while. */
  readonly held: Map<Millis, readonly number[]>;
}

/** The bytes of a table when the meter was asked for it. */
interface Snapshot {
  readonly table: number;
  readonly bytes: Uint8Array;
}

export interface WatchedPointOptions {
  readonly id: string;
  readonly seed: number;
  readonly interval: Millis;
  /** True time: meters run by it. */
  readonly real: Clock;
  /** The machine's clock. */
  readonly machine: Clock;
  readonly zone: string;
  /** Whether its meter's memory is read. */
  readonly backFill: boolean;
}

/** Damages a packet in one of the ways in which lines do. */
const damaged = (random: Random, bytes: Uint8Array): readonly Uint8Array[] => {
  const junk = Uint8Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.floor(random() * 256));
  const copy = bytes.slice();
  const at = Math.floor(random() * bytes.length);
  switch (Math.floor(random() * 5)) {
    case 0:
      return [];
    case 1:
      copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      return [copy];
    case 2:
      return [copy.subarray(0, at)];
    case 3:
      return [junk, copy];
    default:
      return [copy, copy];
  }
};

export class WatchedPoint {
  readonly options: WatchedPointOptions;
  readonly meters: Installed[] = [];
  /** What went wrong before the guard: values that no table held. */
  readonly wrong: string[] = [];
  /** What the tables held, by the time of the reading: more than one if they changed while they were read. */
  readonly #truths = new Map<string, readonly LiveReading[]>();
  readonly #random: Random;
  #snapshots: Snapshot[] | undefined;
  #linked: LinkedMeter | undefined;
  #line: BentLine | undefined;
  #plugged = true;
  #shift: Millis = 0;
  /** Share of the packets that are damaged; of all of them if 1. */
  garbage = 0;
  /** Nothing arrives. */
  silent = false;
  /** Longest step of the meter's clock so far, in either direction. */
  worstShift: Millis = 0;
  readings = 0;

  constructor(options: WatchedPointOptions) {
    this.options = options;
    this.#random = seeded(options.seed);
    this.install(options.seed);
  }

  get meter(): VirtualMeter {
    return (this.meters.at(-1) as Installed).meter;
  }

  /** Serial numbers of all meters, oldest first, as the first contact with each showed them. */
  readonly serials: string[] = [];

  /** The clock that the meter runs by. */
  get #meterClock(): Clock {
    const { real } = this.options;
    return {
      now: () => real.now() + this.#shift,
      wall: () => real.wall() + this.#shift,
      at: (time, task) => real.at(time - this.#shift, task),
    };
  }

  /** Hangs another meter there, with a past of its own. */
  install(seed: number): void {
    const { real } = this.options;
    const last = this.meters.at(-1);
    if (last !== undefined) last.to = last.meter.time;
    this.#shift = 0;
    const meter = new VirtualMeter({
      profile: parseProfile("meter:3.70"),
      keys: { basic: basicKey, advanced: advancedKey },
      scenario: "house",
      seed,
      start: real.wall(),
      epoch: real.now(),
      tls: ["off"],
    });
    meter.use(this.#note);
    this.meters.push({ meter, from: real.wall(), to: Number.POSITIVE_INFINITY, held: new Map() });
  }

  /** Sets the meter's clock forward; back, it stands still for that time. */
  stepMeter(milliseconds: Millis): void {
    this.#shift += milliseconds;
    this.worstShift = Math.max(this.worstShift, Math.abs(this.#shift));
  }

  unplug(): void {
    this.#plugged = false;
    this.#line?.pull();
  }

  plugIn(): void {
    this.#plugged = true;
  }

  readonly #note: Behaviour = ({ request, memory }) => {
    const reads = request.kind === "read" || request.kind === "read-at";
    if (!reads || this.#snapshots === undefined) return undefined;
    const bytes = memory.get(request.table);
    if (bytes !== undefined) this.#snapshots.push({ table: request.table, bytes });
    return undefined;
  };

  readonly #open = async (): Promise<Transport> => {
    if (!this.#plugged) throw new LinkError("not-open", "line", "there is no such device");
    const line = bentLine(this.meter, this.#meterClock);
    const pass = (bytes: Uint8Array): readonly Uint8Array[] => {
      if (this.silent) return [];
      return this.garbage > 0 && this.#random() < this.garbage ? damaged(this.#random, bytes) : [bytes];
    };
    line.bend({ up: pass, down: pass });
    this.#line = line;
    return line;
  };

  /** A meter of the gateway, with a link of its own. */
  gatewayMeter(): GatewayMeter {
    const { id, interval, machine, zone, backFill } = this.options;
    const source = superviseMeter({
      name: "line",
      open: this.#open,
      connect: async (transport, signal, onSession) => {
        const security = rc4({ key: basicKey, entropy: noEntropy, level: "basic" });
        const linked = await linkMeter(transport, { security, clock: machine, signal, onSession });
        this.#linked = linked;
        const { serial } = linked.meter.identity;
        if (serial !== undefined && serial !== this.serials.at(-1)) this.serials.push(serial);
        return linked;
      },
      clock: machine,
      entropy: noEntropy,
      near: false,
    });
    return {
      ...{ id, name: id, url: "line", simulated: true, interval, zone, backFill, fuseAmps: 63 },
      source: { ...source, read: (...wanted) => this.#read(source, wanted) },
      redact: async () => undefined,
    };
  }

  async #read(source: MeterSource, wanted: Parameters<MeterSource["read"]>): Promise<LiveReading> {
    const snapshots: Snapshot[] = [];
    this.#snapshots = snapshots;
    const reading = await source.read(...wanted);
    if (this.#snapshots === snapshots) this.#snapshots = undefined;
    this.readings++;
    this.#compare(reading, snapshots);
    return reading;
  }

  /** Each value is one that the tables held while they were asked for. */
  #compare(reading: LiveReading, snapshots: readonly Snapshot[]): void {
    let truths: Map<number, number>[] = [new Map()];
    for (const { table, range, sources } of this.#linked?.live.plan ?? []) {
      const held = snapshots.filter((snapshot) => snapshot.table === table.number).map(({ bytes }) => bytes);
      const known = new Map(held.map((bytes) => [bytes.join(), bytes]));
      truths = truths.flatMap((values) =>
        [...known.values()].map((bytes) => {
          const more = new Map(values);
          for (const { id, at, place } of sources) {
            const start = range.offset + at;
            more.set(id, place.decode(bytes.subarray(start, start + place.length)) as number);
          }
          return more;
        }),
      );
    }
    const { time } = reading;
    const possible = truths.map((values) => liveReading(values, { time, energyUnit: 1 }));
    this.#truths.set(time, [...(this.#truths.get(time) ?? []), ...possible]);
    for (const key of liveKeys)
      if (reading[key] !== null && !possible.some((truth) => truth[key] === reading[key]))
        this.wrong.push(`${time} ${key} ${reading[key]}: the meter had ${possible.map((truth) => truth[key])}`);
  }

  /** What is wrong with a reading that came out of the store or the API; undefined if each value is one that the meter had then. */
  faultOf(shown: Partial<LiveReading> & Pick<LiveReading, "time">): string | undefined {
    const truths = this.#truths.get(shown.time);
    for (const key of liveKeys) {
      const value = shown[key] ?? null;
      if (value !== null && truths?.some((truth) => truth[key] === value) !== true)
        return `${shown.time} ${key} ${value}: the meter had ${truths?.map((truth) => truth[key]) ?? "no such reading"}`;
    }
    return undefined;
  }

  /** Makes the meter answer live readings with altered values, by source id; the returned function ends it. */
  lie(alter: (values: Map<number, number>, n: number) => void): () => void {
    let answers = 0;
    return this.meter.use(({ request }, next) => {
      const answer = next();
      const reads = request.kind === "read" || request.kind === "read-at";
      const read = reads ? this.#linked?.live.plan.find(({ table }) => table.number === request.table) : undefined;
      if (!reads || read === undefined || answer.kind !== "data") return undefined;
      const bytes = new DataView(answer.data.slice().buffer);
      const first = read.range.offset - (request.kind === "read-at" ? request.offset : 0);
      const places = read.sources.filter(({ place }) => place.length === 4);
      const values = new Map(places.map(({ id, at }) => [id, bytes.getInt32(first + at, true)]));
      alter(values, answers++);
      for (const { id, at } of places) bytes.setInt32(first + at, values.get(id) ?? 0, true);
      return { kind: "data", data: new Uint8Array(bytes.buffer) };
    });
  }

  /**
   * What is wrong with an interval; undefined if it is what a meter counted then, or marked. A difference of readings may be as far off as
   * the readings are from its ends, and as the meter's clock was from ours.
   *
   * @param ahead how far the machine's clock was ahead when it was stored
   */
  intervalFault(interval: Interval, ahead: Millis = 0): string | undefined {
    const { channel, value, quality, source, seconds } = interval;
    const register = (registerKeys as readonly string[]).indexOf(channel);
    if (value === null) return quality === "missing" ? undefined : `${channel}: null, and not marked as missing`;
    if (quality === "suspect" || register < 0) return undefined;
    const exact = source === "profile";
    const end = exact ? interval.end : interval.end - ahead;
    const begin = end - 1_000 * seconds;
    const slack = exact ? 0 : 65_000 + this.worstShift;
    const found: string[] = [];
    for (const [n, installed] of this.meters.entries()) {
      // What it counted elsewhere before it came here is not of this point; the first one's past is.
      if (begin > installed.to + quarter || (end < installed.from - quarter && n > 0)) continue;
      const at = (time: Millis): number => stateOf(installed, time)[register] ?? 0;
      const right = at(end) - at(begin);
      if (value === right) return undefined;
      const [low, high] = [at(end - slack) - at(begin + slack), at(end + slack) - at(begin - slack)];
      if (value >= low && value <= high) return undefined;
      found.push(exact ? `${right}` : `${low} to ${high}`);
    }
    const when = new Date(interval.end).toISOString();
    return `${channel} until ${when}: ${value} (${source}, ${quality}, ${interval.flags.join()}), not ${found.join(" or ")}`;
  }
}

const stateOf = ({ meter, held }: Installed, time: Millis): readonly number[] => {
  let state = held.get(time);
  if (state === undefined) {
    const values = meter.valuesAt(time);
    state = registerKeys.map((_, source) => values.get(source) ?? 0);
    held.set(time, state);
  }
  return state;
};
