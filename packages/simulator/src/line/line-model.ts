/** A line in front of a meter's port, as a pure machine: the port itself, as it looks through a bad line. */
import { UsageError } from "@meterport/protocol/errors";
import type { EndpointTiming } from "@meterport/protocol/mep/endpoint/timing";
import { alertBytes } from "@meterport/protocol/mep/frame/frame";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import type { MeterOutput, MeterPort } from "../meter-port.ts";
import { type Random, seeded } from "../random.ts";
import { checkCondition, checkScript, type LineCondition, type LineScript } from "./condition.ts";
import { Direction, type Pace } from "./direction.ts";
import { type FaultRates, Faults, faultNames, noiseBurst } from "./faults.ts";
import { OpticalHabits } from "./optical-habits.ts";
import { SecondClient } from "./second-client.ts";
import { heardAs } from "./wrong-baud.ts";

export interface LineModelOptions {
  readonly meter: MeterPort;
  /** How it is at first, and whenever a step of the script does not say otherwise. */
  readonly condition?: LineCondition | undefined;
  readonly script?: LineScript | undefined;
  /** The same seed gives the same faults; 1 if omitted. */
  readonly seed?: number | undefined;
  /** The `now` at which the script begins; 0 if omitted. */
  readonly epoch?: Millis | undefined;
  /** What `secondClient` asks with. */
  readonly secondClientKey?: Secret | undefined;
}

/** Bytes that were sent since the line began, whether or not a fault ate them. */
export interface LineCounts {
  readonly toMeter: number;
  readonly toClient: number;
}

/** Start bit, eight data bits, stop bit. */
const bitsPerByte = 10;
export const usualBaud = 9600;
/** How often a port hands over what has come in: between one byte and the latency of a USB adapter. */
const handOver: Millis = 16;
/** How long a bridge waits for the packet to fill where only its size is given. */
const usualPacketTime: Millis = 20;
/** A bridge that is only given a time has a buffer of this size. */
const largestPacket = 1024;
/** A longer silence of the meter than this lets a sagging supply recover. */
const recovery: Millis = 50;
/** From a packet that a meter was not ready for to its answer. */
const readiness: Millis = 30;

const ratesOf = (condition: LineCondition, own: FaultRates | undefined): FaultRates | undefined => {
  const rates = Object.fromEntries(faultNames.map((name) => [name, own?.[name] ?? condition[name] ?? 0]));
  return Object.values(rates).some((rate) => rate > 0) ? rates : undefined;
};

/** Speeds that the two ends have chosen themselves. */
interface OwnSpeeds {
  client?: number | undefined;
  meter?: number | undefined;
}

/** A condition, worked out. */
const shapeOf = (condition: LineCondition, own: OwnSpeeds) => {
  const baud = own.client ?? condition.baud ?? usualBaud;
  const meterBaud = own.meter ?? condition.meterBaud ?? condition.baud ?? usualBaud;
  const { byteGap = 0, latency = 0, jitter = 0, packetBytes, packetTime } = condition;
  const at = (speed: number): Millis => (1000 * bitsPerByte) / speed + byteGap;
  const pace = { handOver, latency, jitter };
  const collect =
    packetBytes === undefined && packetTime === undefined
      ? undefined
      : { bytes: packetBytes ?? largestPacket, time: packetTime ?? usualPacketTime };
  const toMeter: Pace = { ...pace, byteTime: at(baud), handOver: byteGap > 0 ? 0 : handOver, collect: undefined };
  const toClient: Pace = { ...pace, byteTime: at(meterBaud), collect };
  return {
    ...condition,
    baud,
    meterBaud,
    pace: { toMeter, toClient },
    rates: { toMeter: ratesOf(condition, condition.toMeter), toClient: ratesOf(condition, condition.toClient) },
  };
};

/**
 * A meter's port behind a line. Whatever serves or reads a port serves or reads it with the line in between.
 *
 * ```ts
 * serve(transport, clock, new LineModel({ meter, condition: { loss: 0.01, latency: 40 }, epoch: clock.now() }));
 * ```
 */
export class LineModel implements MeterPort {
  readonly #options: LineModelOptions;
  readonly #watchers = new Set<() => void>();
  readonly #random: Random;
  readonly #faults: { readonly toMeter: Faults; readonly toClient: Faults };
  readonly #toMeter: Direction;
  readonly #toClient: Direction;
  readonly #counts = { toMeter: 0, toClient: 0 };
  /** Where the script is: which step is next, and when this round of it began. */
  #step = 0;
  #round: Millis;
  #first: LineCondition;
  #difference: LineCondition = {};
  readonly #own: OwnSpeeds = {};
  readonly #habits: OpticalHabits;
  #shape: ReturnType<typeof shapeOf>;
  #timing: Partial<EndpointTiming> = {};
  #second: SecondClient | undefined;
  #now: Millis;
  /** Something changed outside of `handle`. */
  #stirred = false;
  #silentUntil: Millis = Number.NEGATIVE_INFINITY;
  #noiseAt = Number.POSITIVE_INFINITY;
  #stuckAt = Number.POSITIVE_INFINITY;
  #alertAt = Number.POSITIVE_INFINITY;
  /** The reply that the meter is sending: how many bytes of it have gone, where it is cut, and when it last spoke. */
  #reply = { sent: 0, limit: Number.POSITIVE_INFINITY, lastAt: Number.NEGATIVE_INFINITY };

  /** @throws UsageError (`line`) for an impossible condition or script, and for a second client without a key */
  constructor(options: LineModelOptions) {
    const { condition = {}, script = { steps: [] }, seed = 1, epoch = 0, secondClientKey } = options;
    checkCondition(condition);
    checkScript(script);
    const second = [condition, ...script.steps.map((step) => step.condition)].some((each) => each.secondClient);
    if (second && secondClientKey === undefined)
      throw new UsageError("line", "a second client needs a key that the meter knows");
    this.#options = options;
    this.#random = seeded(seed ^ 0x5eed);
    this.#faults = { toMeter: new Faults(seeded(2 * seed)), toClient: new Faults(seeded(2 * seed + 1)) };
    this.#habits = new OpticalHabits(seeded(seed ^ 0x0b7));
    this.#toMeter = new Direction(this.#random);
    this.#toClient = new Direction(this.#random);
    this.#first = condition;
    this.#round = epoch;
    this.#now = epoch;
    this.#shape = shapeOf(condition, this.#own);
    this.#begin(epoch);
  }

  /** Bytes that were sent since the line began. */
  get counts(): LineCounts {
    return { ...this.#counts };
  }

  /** What has happened to messages, by direction. */
  get faults(): { readonly toMeter: Faults; readonly toClient: Faults } {
    return this.#faults;
  }

  /** What the line is like now. */
  get condition(): LineCondition {
    return { ...this.#first, ...this.#difference };
  }

  /** Changes the line's condition from now on; the script goes on. @throws UsageError (`line`) */
  become(condition: LineCondition): void {
    checkCondition(condition);
    if (condition.secondClient !== undefined && this.#options.secondClientKey === undefined)
      throw new UsageError("line", "a second client needs a key that the meter knows");
    this.#first = condition;
    this.#change(this.#now, {});
    this.#stir();
  }

  /** The client's side sends and listens at another speed. @throws UsageError (`line`) */
  setBaud(baud: number): void {
    checkCondition({ baud });
    this.#own.client = baud;
    this.#shape = shapeOf(this.condition, this.#own);
    this.#stir();
  }

  plugIn(timing: Partial<EndpointTiming> = {}): void {
    this.#timing = timing;
    this.#toMeter.clear();
    this.#toClient.clear();
    this.#plugMeter();
  }

  watch(wake: () => void): () => void {
    this.#watchers.add(wake);
    const unwatch = this.#options.meter.watch(wake);
    return () => {
      this.#watchers.delete(wake);
      unwatch();
    };
  }

  reboot(): void {
    this.#options.meter.reboot();
    this.#plugMeter();
  }

  wakeAt(): Millis | undefined {
    if (this.#stirred) return this.#now;
    const at = Math.min(
      this.#nextStepAt(),
      this.#toMeter.next ?? Number.POSITIVE_INFINITY,
      this.#toClient.next ?? Number.POSITIVE_INFINITY,
      this.#options.meter.wakeAt() ?? Number.POSITIVE_INFINITY,
      this.#second?.wakeAt() ?? Number.POSITIVE_INFINITY,
      this.#noiseAt,
      this.#stuckAt,
      this.#alertAt,
    );
    return at === Number.POSITIVE_INFINITY ? undefined : at;
  }

  handle(input: Uint8Array | "tick", now: Millis): MeterOutput[] {
    this.#now = Math.max(this.#now, now);
    this.#stirred = false;
    const out: MeterOutput[] = [];
    this.#advance(now, out);
    if (input !== "tick" && input.length > 0) {
      if (this.#random() < (this.#shape.echo ?? 0)) this.#hear(input.slice(), now);
      this.#fromClient(input, now);
      this.#advance(now, out);
    }
    return out;
  }

  /** Does everything that is due. */
  #advance(now: Millis, out: MeterOutput[]): void {
    const { meter } = this.#options;
    for (;;) {
      const stepAt = this.#nextStepAt();
      if (stepAt <= now) this.#nextStep(stepAt);
      const heard = this.#toMeter.take(now, this.#shape.pace.toMeter);
      for (const bytes of heard) if (!this.#deaf(now)) this.#fromMeter(meter.handle(bytes, now), now, out);
      const due = meter.wakeAt();
      if (due !== undefined && due <= now) this.#fromMeter(meter.handle("tick", now), now, out);
      this.#ownVoices(now);
      const arrived = this.#toClient.take(now, this.#shape.pace.toClient);
      for (const bytes of arrived) {
        out.push({ type: "transmit", bytes });
        for (const sent of this.#second?.handle(bytes, now) ?? []) this.#fromClient(sent, now);
      }
      if (this.#second !== undefined && this.#second.wakeAt() <= now)
        for (const sent of this.#second.handle("tick", now)) this.#fromClient(sent, now);
      const next = this.wakeAt();
      if (next === undefined || next > now) return;
    }
  }

  /** What either client sends. */
  #fromClient(bytes: Uint8Array, now: Millis): void {
    this.#counts.toMeter += bytes.length;
    if (this.#alertAt !== Number.POSITIVE_INFINITY && !this.#deaf(now)) this.#alertAt = now + 1000;
    const { rates, pace, baud, meterBaud, longestDelay } = this.#shape;
    if (this.#keptFromMeter(bytes, now)) return;
    const sent = baud === meterBaud ? bytes : heardAs(bytes, baud, meterBaud);
    if (rates.toMeter === undefined) this.#toMeter.send(sent.slice(), now, pace.toMeter);
    else
      for (const { bytes: left, delay } of this.#faults.toMeter.pass(sent, rates.toMeter, longestDelay).deliveries)
        this.#toMeter.send(left, now + delay, pace.toMeter);
  }

  /** Whether the meter, or the head on it, is not ready for the client's bytes. */
  #keptFromMeter(bytes: Uint8Array, now: Millis): boolean {
    const heard = this.#deaf(now) ? undefined : this.#habits.hears(bytes, now, this.#shape);
    if (heard?.type !== "lost") return false;
    const at = now + bytes.length * this.#shape.pace.toMeter.byteTime + readiness;
    if (heard.answer !== undefined && this.#shape.mute !== true) this.#hear(heard.answer, at);
    return true;
  }

  #fromMeter(outputs: readonly MeterOutput[], now: Millis, out: MeterOutput[]): void {
    for (const output of outputs) {
      if (output.type === "transmit") this.#speak(output.bytes, now);
      else if (output.type === "speed") this.#meterSpeed(output.baudRate);
      else out.push(output);
    }
  }

  #meterSpeed(baudRate: number | undefined): void {
    this.#own.meter = baudRate;
    this.#shape = shapeOf(this.condition, this.#own);
  }

  /** The meter sends. */
  #speak(bytes: Uint8Array, now: Millis): void {
    if (this.#silent(now)) return;
    this.#counts.toClient += bytes.length;
    // It sends no alert into its own reply.
    if (this.#alertAt !== Number.POSITIVE_INFINITY)
      this.#alertAt = now + bytes.length * this.#shape.pace.toClient.byteTime + 1000;
    const left = this.#sagged(this.#habits.speaks(bytes, this.#shape), now);
    if (this.#shape.mute || this.#shape.stuck !== undefined) return;
    const { rates, longestDelay } = this.#shape;
    if (rates.toClient === undefined) this.#hear(left, now);
    else
      for (const { bytes: rest, delay } of this.#faults.toClient.pass(left, rates.toClient, longestDelay).deliveries)
        this.#hear(rest, now + delay);
  }

  /** Bytes on the wire to the client. */
  #hear(bytes: Uint8Array, now: Millis): void {
    const { pace, baud, meterBaud } = this.#shape;
    this.#toClient.send(baud === meterBaud ? bytes : heardAs(bytes, meterBaud, baud), now, pace.toClient);
  }

  /** What a sagging supply leaves of the meter's bytes. */
  #sagged(bytes: Uint8Array, now: Millis): Uint8Array {
    const { cut, cutSpread = 0, cutRate = 1 } = this.#shape;
    if (cut === undefined) return bytes;
    if (now - this.#reply.lastAt > recovery) {
      const limit = Math.round(cut + (2 * this.#random() - 1) * cutSpread);
      this.#reply = { sent: 0, limit: this.#random() < cutRate ? limit : Number.POSITIVE_INFINITY, lastAt: now };
    }
    const left = bytes.subarray(0, Math.max(0, this.#reply.limit - this.#reply.sent));
    this.#reply.sent += bytes.length;
    this.#reply.lastAt = now + bytes.length * this.#shape.pace.toClient.byteTime;
    return left;
  }

  /** Noise, and what the meter sends unasked. */
  #ownVoices(now: Millis): void {
    const { stuck, noiseEvery, mute } = this.#shape;
    if (this.#noiseAt <= now && noiseEvery !== undefined) {
      this.#hear(noiseBurst(this.#random), now);
      this.#noiseAt = now + this.#pause(noiseEvery);
    }
    if (this.#alertAt <= now) {
      if (!mute && stuck === undefined && !this.#silent(now)) this.#hear(alertBytes(), now);
      this.#alertAt = now + 1000;
    }
    if (this.#stuckAt <= now && typeof stuck === "number") {
      const { byteTime } = this.#shape.pace.toClient;
      const count = Math.max(1, Math.floor(handOver / Math.max(byteTime, 1)));
      this.#hear(new Uint8Array(count).fill(stuck), now);
      this.#stuckAt = now + Math.max(handOver, count * byteTime);
    }
  }

  /** Lengths of time around a mean, as bursts come. */
  #pause(mean: Millis): Millis {
    return 1 - mean * Math.log(1 - this.#random());
  }

  #silent(now: Millis): boolean {
    return this.#shape.optical === true || now < this.#silentUntil;
  }

  #deaf(now: Millis): boolean {
    return this.#shape.deaf === true || this.#shape.stuck !== undefined || this.#silent(now);
  }

  #nextStepAt(): Millis {
    const { steps, repeat } = this.#options.script ?? { steps: [] };
    const step = steps[this.#step];
    if (step !== undefined) return this.#round + step.at;
    return repeat === undefined || steps.length === 0 ? Number.POSITIVE_INFINITY : this.#round + repeat;
  }

  #nextStep(now: Millis): void {
    const { steps, repeat } = this.#options.script ?? { steps: [] };
    const step = steps[this.#step];
    this.#step++;
    if (step === undefined) {
      this.#step = 0;
      this.#round += repeat ?? 0;
    }
    this.#change(now, step?.condition ?? {});
  }

  #change(now: Millis, difference: LineCondition): void {
    const { meterBaud } = this.#shape;
    this.#difference = difference;
    this.#shape = shapeOf(this.condition, this.#own);
    // A meter that speaks at another speed, or is used by somebody else, has lost what was under way.
    if (this.#shape.meterBaud !== meterBaud || this.#shape.optical) this.#plugMeter();
    this.#begin(now);
  }

  /** What begins with a condition. */
  #begin(now: Millis): void {
    const { noiseEvery, stuck, alerts, secondClient, reboot } = this.#shape;
    this.#noiseAt = noiseEvery === undefined ? Number.POSITIVE_INFINITY : now + this.#pause(noiseEvery);
    this.#stuckAt = typeof stuck === "number" ? now : Number.POSITIVE_INFINITY;
    this.#alertAt = alerts ? now + 1000 : Number.POSITIVE_INFINITY;
    if (stuck !== undefined) this.#toClient.clear();
    const { secondClientKey } = this.#options;
    if (secondClient === undefined || secondClientKey === undefined) this.#second = undefined;
    else if (this.#second !== undefined) this.#second.every = secondClient;
    else this.#second = new SecondClient(secondClientKey, this.#random, secondClient, now);
    if (reboot === undefined) return;
    this.#silentUntil = now + reboot;
    this.#toMeter.clear();
    this.reboot();
  }

  #plugMeter(): void {
    this.#meterSpeed(undefined);
    const { toClient } = this.#shape.pace;
    this.#options.meter.plugIn({ byteTime: toClient.byteTime, ...this.#timing });
  }

  #stir(): void {
    this.#stirred = true;
    for (const wake of [...this.#watchers]) wake();
  }
}
