/** A meter without hardware: bytes per table, behaviours that may claim a request, a household behind the registers. */
import { UsageError } from "@meterport/protocol/errors";
import { decodeRequest, encodeResponse, type TableResponse } from "@meterport/protocol/frame/apdu";
import type { Profile } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import type { Secret } from "@meterport/protocol/security/key";
import { rc4Opener } from "@meterport/protocol/security/rc4/opener";
import type { ServerSeal } from "@meterport/protocol/security/seal";
import { type Access, Endpoint, type EndpointOutput } from "@meterport/protocol/server/endpoint";
import type { EndpointTiming } from "@meterport/protocol/server/timing";
import { type Dimensions, ET04 } from "@meterport/protocol/tables/index";
import { answerFrom, type Behaviour, type Ground, type MeterRequest } from "./behaviour.ts";
import { contentsOf } from "./contents/contents.ts";
import { setupOf } from "./contents/setup.ts";
import { History } from "./history/history.ts";
import { openHousehold } from "./household/household.ts";
import { Noise } from "./household/noise.ts";
import type { ScenarioName } from "./household/scenarios.ts";
import { Memory } from "./memory.ts";
import { procedures } from "./procedures.ts";
import { serveTables } from "./table-service.ts";
import { transactions } from "./transactions.ts";

/** The years for which a meter's two-digit dates and its household both hold. */
const firstTime = Date.UTC(2001, 0, 1);
const lastTime = Date.UTC(2099, 11, 30);

/** Offset of "IDT version" in ET04; where it changes the sequence number jumps (MEP guide 1.1, p. 61). */
const idtVersion = 116;
/** Offsets of the MEP sequence number in ET04; from firmware 4.0 on that of client 1 (pp. 69, 73). */
const sequenceNumber = 103;
const sequenceNumberOf4 = 129;

export interface VirtualMeterOptions {
  readonly profile: Profile;
  /** MBK and MAK. */
  readonly keys: { readonly basic: Secret; readonly advanced: Secret };
  readonly scenario: ScenarioName;
  /** A whole number: another household, serial number and register readings for each. */
  readonly seed: number;
  /** Unix milliseconds of the meter's clock when `now` is `epoch`, in 2001 to 2099. */
  readonly start: Millis;
  /** The `now` at which the meter's clock shows `start`; 0 where left out. */
  readonly epoch?: Millis;
  /**
   * Simulated seconds per real second, 0 to 100000; 1 where left out. The energy between two reads is added up at the
   * second of them, which takes some 15 ms for each simulated day.
   */
  readonly speed?: number;
  /** The sequence number that the first request should carry; made from the seed where left out. */
  readonly sequence?: number;
  /** Differences from `defaultEndpointTiming`. */
  readonly timing?: Partial<EndpointTiming>;
  /** Whether eight demand registers are configured. */
  readonly demand?: boolean;
  /** Numbers of tables behind the hardware lock, which answer 0x03 to every key. */
  readonly locked?: readonly number[];
}

/** What a meter wants done: bytes to transmit, and what happened for whoever watches. */
export type MeterOutput = EndpointOutput;

/**
 * One meter with one MEP port, as a pure machine: it owns no clock and no port.
 *
 * @example
 * const key = new Secret(new Uint8Array(16));
 * const options = { keys: { basic: key, advanced: key }, scenario: "quiet", seed: 1, start: Date.UTC(2026, 0, 1) } as const;
 * const meter = new VirtualMeter({ ...options, profile: { family: "meter", firmware: [3, 70] } });
 * meter.valuesAt(Date.UTC(2026, 0, 1)).get(8) // 432
 * meter.memory.get(21) // Uint8Array [3, 12, 12, 11, 0, 0, 0, 4, 0, 55]
 */
export class VirtualMeter {
  /** The meter's tables, by number. */
  readonly memory: Memory;
  readonly profile: Profile;
  /** Dimensions at the factory. */
  readonly dimensions: Dimensions;
  readonly #options: VirtualMeterOptions;
  readonly #seal: ServerSeal;
  readonly #ground: Ground;
  readonly #behaviours: Behaviour[];
  readonly #history: History;
  readonly #watchers = new Set<() => void>();
  #endpoint: Endpoint;
  #now: Millis;
  #alerting = false;
  /** Whether the endpoint has yet to be told of `#alerting`. */
  #unheard = false;

  /** @throws UsageError for an unknown scenario, or a seed, start or speed that cannot be */
  constructor(options: VirtualMeterOptions) {
    const { profile, seed, start, scenario, keys } = options;
    if (!(start >= firstTime && start <= lastTime))
      throw new UsageError("start", `a meter starts in the years 2001 to 2099 in Unix milliseconds, not at ${start}`);
    const speed = options.speed ?? 1;
    if (!(speed >= 0 && speed <= 100_000))
      throw new UsageError("speed", `a speed is a number from 0 to 100000, not ${speed}`);
    const household = openHousehold({ scenario, seed });
    const sequence = options.sequence ?? Math.floor(new Noise(seed, "sequence").unit(0) * 2 ** 32);
    const setup = setupOf(profile, seed, options.demand === true, sequence);
    this.#options = options;
    this.profile = profile;
    this.dimensions = setup.dimensions;
    this.#now = options.epoch ?? 0;
    this.memory = new Memory(() => this.time);
    for (const [table, fill] of contentsOf(setup)) this.memory.setLater(table, fill);
    this.#history = new History(setup, household, start, this.memory);
    this.#seal = rc4Opener({ basic: keys.basic.reveal(), advanced: keys.advanced.reveal() });
    this.#ground = serveTables(new Set(options.locked ?? []));
    this.#behaviours = [
      this.#countRequests(setup.generation4 ? sequenceNumberOf4 : sequenceNumber),
      procedures(setup.dimensions),
      transactions((request) => this.#answer(request)),
    ];
    this.#endpoint = this.#openEndpoint(sequence, {});
  }

  /** What the meter's clock shows at the `now` that it was told last, Unix milliseconds. */
  get time(): Millis {
    return this.timeAt(this.#now);
  }

  /** What the meter's clock shows at `now`, Unix milliseconds. */
  timeAt(now: Millis): Millis {
    const { start, epoch = 0, speed = 1 } = this.#options;
    return Math.min(lastTime, Math.max(firstTime, Math.floor(start + (now - epoch) * speed)));
  }

  /** Every present value and register at a time of the meter's clock by source id; registers in Wh, varh, s and counts. */
  valuesAt(time: Millis): ReadonlyMap<number, number> {
    return this.#history.live.valuesAt(time);
  }

  /** What happened to the meter, the truth behind its logs. */
  get history(): History {
    return this.#history;
  }

  /** The sequence number that the next request should carry. */
  get sequence(): number {
    return this.#endpoint.expectedSequence;
  }

  /** Makes the meter expect another sequence number. */
  expectSequence(sequence: number): void {
    this.#endpoint.bumpSequence(sequence - this.#endpoint.expectedSequence);
  }

  /** Puts a behaviour above the others; the returned function takes it away. */
  use(behaviour: Behaviour): () => void {
    this.#behaviours.push(behaviour);
    return () => {
      const at = this.#behaviours.indexOf(behaviour);
      if (at >= 0) this.#behaviours.splice(at, 1);
    };
  }

  /** Begins or ends to alert the client each second (MEP guide 1.1, p. 23). */
  alert(on: boolean): void {
    if (on === this.#alerting) return;
    this.#alerting = on;
    this.#unheard = true;
    for (const wake of [...this.#watchers]) wake();
  }

  /** Makes the meter's dimensions count as changed: IDT version + 1, sequence number + 25. */
  bumpDimensions(): void {
    const version = this.memory.read(ET04.number, idtVersion, 1)?.[0] ?? 0;
    this.memory.patch(ET04.number, idtVersion, Uint8Array.of((version + 1) & 0xff));
    this.#endpoint.bumpSequence();
  }

  /** Connects the meter to another line: what was under way on the old one is lost. */
  plugIn(timing: Partial<EndpointTiming> = {}): void {
    this.#endpoint = this.#openEndpoint(this.#endpoint.expectedSequence, timing);
    this.#unheard = this.#alerting;
  }

  /** Calls `wake` when `wakeAt` has moved without `handle`; the returned function ends it. */
  watch(wake: () => void): () => void {
    this.#watchers.add(wake);
    return () => this.#watchers.delete(wake);
  }

  /** When "tick" is next due; undefined while there is nothing to wait for. */
  wakeAt(): Millis | undefined {
    return this.#unheard ? this.#now : this.#endpoint.wakeAt();
  }

  /** Takes received bytes or a tick at time `now` (never running backwards) and says what is to be done. */
  handle(input: Uint8Array | "tick", now: Millis): MeterOutput[] {
    this.#now = Math.max(this.#now, now);
    const out: MeterOutput[] = [];
    if (this.#unheard) {
      this.#unheard = false;
      out.push(...this.#endpoint.handle({ type: "alerting", on: this.#alerting }, now));
    }
    const taken = input === "tick" ? ({ type: "tick" } as const) : ({ type: "received", bytes: input } as const);
    out.push(...this.#endpoint.handle(taken, now));
    return out;
  }

  #openEndpoint(sequence: number, timing: Partial<EndpointTiming>): Endpoint {
    const serve = (apdu: Uint8Array, access: Access): Uint8Array =>
      encodeResponse(
        this.#answer({
          apdu,
          request: decodeRequest(apdu),
          level: access.level,
          encrypted: access.encrypted,
          readLimit: access.readLimit,
          time: this.time,
          memory: this.memory,
          inTransaction: false,
        }),
      );
    return new Endpoint({ seal: this.#seal, serve, sequence, timing: { ...this.#options.timing, ...timing } });
  }

  /** Keeps the sequence number in ET04 true for whoever reads it. */
  #countRequests(offset: number): Behaviour {
    return ({ request, memory }) => {
      const reads = request.kind === "read" || request.kind === "read-at";
      if (reads && request.table === ET04.number) {
        const number = new DataView(new ArrayBuffer(4));
        number.setUint32(0, this.sequence, true);
        memory.patch(ET04.number, offset, new Uint8Array(number.buffer));
      }
      return undefined;
    };
  }

  #answer(request: MeterRequest): TableResponse {
    return answerFrom(this.#behaviours, this.#ground, request);
  }
}
