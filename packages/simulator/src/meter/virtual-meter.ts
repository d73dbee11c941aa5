/** A meter without hardware: bytes per table, behaviours that may claim a request, a household behind the registers. */
import { UsageError } from "@meterport/protocol/errors";
import type { Profile } from "@meterport/protocol/layout/index";
import type { Access } from "@meterport/protocol/mep/endpoint/endpoint";
import type { EndpointTiming } from "@meterport/protocol/mep/endpoint/timing";
import { decodeRequest, encodeResponse, type TableResponse } from "@meterport/protocol/mep/frame/apdu";
import type { Millis } from "@meterport/protocol/ports";
import { BT00, type Dimensions, ET04, ET71 } from "@meterport/protocol/tables/index";
import { answerFrom, type Behaviour, type DefaultAnswer, type MeterRequest } from "../behaviour.ts";
import { contentsOf } from "../contents/contents.ts";
import { Memory } from "../contents/memory.ts";
import { type Setup, setupOf } from "../contents/setup.ts";
import { eventNumber, nobody, powerUpCause } from "../history/event-numbers.ts";
import type { Noted } from "../history/events.ts";
import { History } from "../history/history.ts";
import { openHousehold } from "../household/household.ts";
import { Noise } from "../household/noise.ts";
import { type Duty, MepPort, type MeterOutput, type MeterPort } from "../meter-port.ts";
import { OpticalPort } from "../optical/optical-port.ts";
import { opticalRights } from "../optical/optical-rights.ts";
import { PendingTables } from "../optical/pending-tables.ts";
import { SharedUart } from "../optical/shared-uart.ts";
import { changeLog } from "./change-log.ts";
import { Duties } from "./duties.ts";
import { generalConfiguration } from "./general-configuration.ts";
import { Mbus } from "./mbus.ts";
import { MepSide } from "./mep-side.ts";
import { securityOf } from "./port-keys.ts";
import { Power } from "./power.ts";
import { procedures } from "./procedures.ts";
import { registration } from "./registration.ts";
import { serveTables } from "./table-service.ts";
import { tellPort, tellSequence } from "./told-state.ts";
import { TransactionLock } from "./transaction-lock.ts";
import { transactions } from "./transactions.ts";
import type { VirtualMeterOptions } from "./virtual-meter-options.ts";

export type { VirtualMeterOptions } from "./virtual-meter-options.ts";

/** The years for which a meter's two-digit dates and its household both hold. */
const firstTime = Date.UTC(2001, 0, 1);
const lastTime = Date.UTC(2099, 11, 30);

/** Offset of "IDT version" in ET04; where it changes the sequence number jumps (MEP guide 1.1, p. 61). */
const idtVersion = 116;
/** What a count can say. What does not fit into the packets that were agreed on is for the port to refuse. */
const longestOpticalRead = 0xffff;

/**
 * One meter, as a pure machine: it owns no clock and no port. It stands for its first MEP port as well.
 *
 * @example
 * const key = new Secret(new Uint8Array(16));
 * const options = { keys: { basic: key, advanced: key }, scenario: "quiet", seed: 1, start: Date.UTC(2026, 0, 1) } as const;
 * const meter = new VirtualMeter({ ...options, profile: { family: "meter", firmware: [3, 70] } });
 * meter.valuesAt(Date.UTC(2026, 0, 1)).get(8) // 432
 * meter.memory.get(21) // Uint8Array [3, 12, 12, 11, 0, 0, 0, 4, 0, 55]
 */
export class VirtualMeter implements MeterPort {
  /** The meter's tables, by number. */
  readonly memory: Memory;
  readonly profile: Profile;
  /** Dimensions at the factory. */
  readonly dimensions: Dimensions;
  readonly #options: VirtualMeterOptions;
  readonly #setup: Setup;
  readonly #ports: readonly [MepPort, ...MepPort[]];
  /** Other ports that the meter answers, besides its MEP ports. */
  readonly optical: OpticalPort;
  /** What it keeps for its M-Bus devices and MEP clients. */
  readonly mep: MepSide;
  readonly mbus: Mbus;
  readonly #duties: Duties;
  readonly #power: Power = new Power(() => this.#powerUp());
  readonly #oneUart: boolean;
  readonly #defaultAnswer: DefaultAnswer;
  readonly #behaviours: Behaviour[];
  readonly #history: History;
  #now: Millis;

  /** @throws UsageError for an unknown scenario, or a seed, start, speed or impossible number of tiers */
  constructor(options: VirtualMeterOptions) {
    const { profile, seed, start, scenario } = options;
    if (!(start >= firstTime && start <= lastTime))
      throw new UsageError("start", `a meter starts in the years 2001 to 2099 in Unix milliseconds, not at ${start}`);
    const speed = options.speed ?? 1;
    if (!(speed >= 0 && speed <= 100_000))
      throw new UsageError("speed", `a speed is a number from 0 to 100000, not ${speed}`);
    const household = openHousehold({ scenario, seed });
    const sequence = options.sequence ?? Math.floor(new Noise(seed, "sequence").unit(0) * 2 ** 32);
    const { demand = false, compatible = false, tiers, children } = options;
    const setup = setupOf({ profile, seed, demand, sequence, compatible, tiers, children });
    this.#options = options;
    this.#setup = setup;
    this.profile = profile;
    this.dimensions = setup.dimensions;
    this.#now = options.epoch ?? 0;
    this.memory = new Memory(() => this.time);
    for (const [table, fill] of contentsOf(setup)) this.memory.setLater(table, fill);
    this.#history = new History(setup, household, start, this.memory, options);
    const locked: ReadonlySet<number> = new Set(options.locked ?? []);
    this.#defaultAnswer = serveTables(locked, profile);
    const lock = new TransactionLock();
    const note = (event: Noted): void => this.#history.note(event);
    this.mep = new MepSide(this.memory, setup.dimensions, this.#history.deviceReads, note);
    const { mep } = this;
    this.memory.setLive(BT00.number, () => generalConfiguration(this.memory, profile, locked, mep));
    this.#duties = new Duties((now) => {
      this.#tell(now);
      mep.queue.advance(this.time);
    });
    this.attend(this.#power);
    this.mbus = new Mbus({
      memory: this.memory,
      dimensions: setup.dimensions,
      mep,
      history: this.#history,
      note,
      time: () => this.time,
      nowAt: (time) => this.nowAt(time),
    });
    this.attend(this.mbus);
    const pending = new PendingTables(this.memory, setup.dimensions, note);
    this.#oneUart = !setup.generation4;
    this.#behaviours = [
      changeLog(note),
      lock.behaviour(setup.dimensions),
      tellPort,
      tellSequence(setup.generation4, () => this.#ports.map(({ sequence }) => sequence)),
      procedures(setup.dimensions, lock, pending, mep, note),
      registration(setup.dimensions, mep, note),
      transactions(lock, (request) => this.#answer(request)),
      pending.behaviour,
      opticalRights,
    ];
    this.optical = this.#openOptical();
    const first = this.#openPort(1, sequence);
    this.#ports = setup.several ? [first, this.#openPort(2, (sequence + 0x10000) >>> 0)] : [first];
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

  /** The `now` at which the meter's clock shows a time; undefined if it stands still. */
  nowAt(time: Millis): Millis | undefined {
    const { start, epoch = 0, speed = 1 } = this.#options;
    return speed === 0 ? undefined : epoch + Math.ceil((time - start) / speed);
  }

  /** Every present value and register at a time of the meter's clock by source id; registers in Wh, varh, s and counts. */
  valuesAt(time: Millis): ReadonlyMap<number, number> {
    return this.#history.live.valuesAt(time);
  }

  /** What happened to the meter, the truth behind its logs. */
  get history(): History {
    return this.#history;
  }

  /** The sequence number that the next request on port 1 should carry. */
  get sequence(): number {
    return this.#ports[0].sequence;
  }

  /** Makes port 1 expect another sequence number. */
  expectSequence(sequence: number): void {
    this.#ports[0].bumpSequence(sequence - this.sequence);
  }

  /**
   * One of the MEP ports. Meters from firmware 4.0 on have two (MEP guide 1.1, pp. 28-31); where only one is meant it is
   * the first, which the meter itself stands for.
   *
   * @throws UsageError (`port`) for a port that this meter lacks
   */
  port(number: 1 | 2): MepPort {
    const port = this.#ports[number - 1];
    if (port === undefined)
      throw new UsageError("port", `this meter has ${this.#ports.length} MEP port, not ${number}`);
    return port;
  }

  /**
   * The one line of a meter before firmware 4.0, which MEP and the optical port share.
   *
   * @throws UsageError (`port`) for a meter whose optical port has a line of its own
   */
  sharedPort(): SharedUart {
    if (this.#oneUart) return new SharedUart(this.#ports[0], this.optical);
    throw new UsageError("port", "from firmware 4.0 on the optical port has a line that is a port of its own");
  }

  /** How many MEP ports it has. */
  get portCount(): number {
    return this.#ports.length;
  }

  /** Starts again, as after a brown-out, which no register counts: all sessions and what was in progress are lost. */
  reboot(): void {
    this.#note({ event: eventNumber.powerUp, argument: powerUpCause.brownOut });
    this.#restart();
  }

  /**
   * The power fails now, for so many milliseconds of the line: until then the meter is silent. Then what is in RAM only is
   * as at the factory (ET71, MEP guide 1.1, p. 180), requests that waited in ET15 are gone, and sessions too.
   */
  powerFail(duration: Millis): void {
    if (!this.#power.failed) this.#note({ event: eventNumber.powerDown });
    this.#power.fail(this.#now + duration);
    this.wake();
  }

  /** Whether it has no power. */
  get dark(): boolean {
    return this.#power.failed;
  }

  /** Lets it do something by itself while it is served; the returned function ends it. */
  attend(duty: Duty): () => void {
    return this.#duties.add(duty);
  }

  /** Does what is due at `now` and moves its clock on, where no port is served. */
  tick(now: Millis): void {
    this.#duties.tick(now);
  }

  /** Tells all lines that something is due earlier than they know. */
  wake(): void {
    for (const port of this.#ports) port.wake();
  }

  /** Puts a behaviour above the others; the returned function removes it. */
  use(behaviour: Behaviour): () => void {
    this.#behaviours.push(behaviour);
    return () => {
      const at = this.#behaviours.indexOf(behaviour);
      if (at >= 0) this.#behaviours.splice(at, 1);
    };
  }

  /** Starts or stops alerting the client on port 1 each second (MEP guide 1.1, p. 23). */
  alert(on: boolean): void {
    this.#ports[0].alert(on);
  }

  /** Makes the meter's dimensions count as changed: IDT version + 1, sequence number + 25. */
  bumpDimensions(): void {
    const version = this.memory.read(ET04.number, idtVersion, 1)?.[0] ?? 0;
    this.memory.patch(ET04.number, idtVersion, Uint8Array.of((version + 1) & 0xff));
    for (const port of this.#ports) port.bumpSequence();
  }

  /** Connects port 1 to another line: what was under way on the old one is lost. */
  plugIn(timing: Partial<EndpointTiming> = {}): void {
    this.#ports[0].plugIn(timing);
  }

  watch(wake: () => void): () => void {
    return this.#ports[0].watch(wake);
  }

  wakeAt(): Millis | undefined {
    return this.#ports[0].wakeAt();
  }

  handle(input: Uint8Array | "tick", now: Millis): MeterOutput[] {
    return this.#ports[0].handle(input, now);
  }

  #tell(now: Millis): void {
    this.#now = Math.max(this.#now, now);
  }

  #powerUp(): void {
    this.#note({ event: eventNumber.powerUp, argument: powerUpCause.powerFailure });
    const factory = contentsOf(this.#setup).get(ET71.number);
    if (factory !== undefined) this.memory.set(ET71.number, factory());
    this.mep.queue.clear(this.time);
    this.#restart();
  }

  #restart(): void {
    for (const port of this.#ports) {
      port.dropSession();
      port.plugIn();
    }
    this.optical.plugIn();
  }

  /** What has happened now, with nobody logged on. */
  #note(event: Omit<Noted, "time" | "userId">): void {
    this.#history.note({ ...event, time: this.time, userId: nobody });
  }

  #openPort(number: 1 | 2, sequence: number): MepPort {
    const { timing = {} } = this.#options;
    const security = securityOf(this.#options, number);
    const serve = (apdu: Uint8Array, access: Access): Uint8Array =>
      encodeResponse(
        this.#answer({
          apdu,
          request: decodeRequest(apdu),
          port: number,
          level: access.level,
          encrypted: access.encrypted,
          readLimit: access.readLimit,
          time: this.time,
          memory: this.memory,
          inTransaction: false,
        }),
      );
    return new MepPort({
      number,
      security,
      serve,
      sequence,
      timing,
      now: () => this.#now,
      tell: (now) => this.#tell(now),
      duties: this.#duties,
      reboot: () => this.reboot(),
      silent: () => this.dark || (this.#oneUart && this.optical.active),
    });
  }

  #openOptical(): OpticalPort {
    return new OpticalPort({
      keys: this.#options.opticalKeys ?? {},
      memory: this.memory,
      dimensions: this.dimensions,
      tell: (now) => this.#tell(now),
      reboot: () => this.reboot(),
      noteWrongPassword: () => this.#note({ event: eventNumber.invalidPassword }),
      serve: (apdu, optical, userId) =>
        encodeResponse(
          this.#answer({
            apdu,
            request: decodeRequest(apdu),
            port: 1,
            level: "advanced",
            optical,
            userId,
            encrypted: false,
            readLimit: longestOpticalRead,
            time: this.time,
            memory: this.memory,
            inTransaction: false,
          }),
        ),
    });
  }

  #answer(request: MeterRequest): TableResponse {
    return answerFrom(this.#behaviours, this.#defaultAnswer, request);
  }
}
