/** A home in virtual time: a virtual meter that is read over the real protocol into a real store, with back-fill; links, daemons and clocks fail on request. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rc4 } from "@meterport/client";
import { type BackfillJobs, backfillJobs } from "@meterport/engine/backfill/jobs";
import { LiveFirst } from "@meterport/engine/backfill/live-first";
import type { ProfileJob } from "@meterport/engine/backfill/profile-job";
import type { ProfileKnown } from "@meterport/engine/backfill/profile-known";
import { limitsForFuse } from "@meterport/engine/guard/guard";
import { IntervalBuilder } from "@meterport/engine/intervals/interval-builder";
import type { Device } from "@meterport/engine/model/device";
import type { StoredInterval } from "@meterport/engine/model/interval";
import { PointLoop } from "@meterport/engine/points/point-loop";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import { linkMeter, superviseMeter } from "@meterport/gateway/meters/meter-link";
import { openHastyStore } from "@meterport/gateway/stores/sqlite/hasty-store.test-kit";
import type { SqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";
import { LinkError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Clock, Millis, Transport } from "@meterport/protocol/ports";
import { type Behaviour, memoryLine, modelledLine, type ScenarioName, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "./virtual-clock.ts";

export const point = "home";
const [basic, advanced] = [1, 2].map((byte) => new Secret(new Uint8Array(16).fill(byte))) as [Secret, Secret];
const minute: Millis = 60_000;
const day = 1_440 * minute;

export interface RecordedHomeOptions {
  readonly start: Millis;
  readonly seed: number;
  readonly profile?: string | undefined;
  readonly scenario?: ScenarioName | undefined;
  /** Time between two live readings; a minute by default. */
  readonly interval?: Millis | undefined;
  /** Bits per second; a line that takes no time if omitted. */
  readonly baud?: number | undefined;
  readonly zone?: string | undefined;
  /** How far back the first contact reaches; two days by default, so that tests are quick. */
  readonly firstReach?: Millis | undefined;
  /** What is known of the load profile elsewhere. */
  readonly known?: ProfileKnown | undefined;
}

export class RecordedHome {
  readonly clock: VirtualClock;
  readonly zone: string;
  readonly #folder: string;
  readonly #options: RecordedHomeOptions;
  /** Exchanged meters, oldest first, and the present one. */
  readonly meters: VirtualMeter[] = [];
  store: SqliteStore;
  #shift: Millis = 0;
  #plugged = true;
  #pipe: Transport | undefined;
  #daemon: Daemon | undefined;
  /** Requests for tables that the meter has answered. */
  requests = 0;

  constructor(options: RecordedHomeOptions) {
    this.#options = options;
    this.zone = options.zone ?? "Europe/Copenhagen";
    this.clock = new VirtualClock({ wall: options.start });
    this.#folder = mkdtempSync(join(tmpdir(), "meterport-home-"));
    this.store = openHastyStore(this.#folder, this.clock.wall);
    this.install(options.seed);
  }

  get meter(): VirtualMeter {
    return this.meters.at(-1) as VirtualMeter;
  }

  /** The clock that the meter runs by. */
  get meterClock(): Clock {
    const { clock } = this;
    return {
      now: () => clock.now() + this.#shift,
      wall: () => clock.wall() + this.#shift,
      at: (time, task) => clock.at(time - this.#shift, task),
    };
  }

  /** Puts another meter there, with its own past. */
  install(seed: number): void {
    const { profile = "meter:3.70", scenario = "house" } = this.#options;
    const meter = new VirtualMeter({
      profile: parseProfile(profile),
      keys: { basic, advanced },
      scenario,
      seed,
      start: this.clock.wall(),
      epoch: this.meterClock.now(),
      tls: ["off"],
    });
    const count: Behaviour = () => {
      this.requests++;
      return undefined;
    };
    meter.use(count);
    this.meters.push(meter);
  }

  /** The meter's clock is put forward. */
  stepMeter(milliseconds: Millis): void {
    this.#shift += milliseconds;
  }

  async unplug(): Promise<void> {
    this.#plugged = false;
    await this.#pipe?.close();
  }

  plugIn(): void {
    this.#plugged = true;
  }

  /** Starts the daemon. */
  startDaemon(): Daemon {
    const { baud, interval = minute, firstReach = 2 * day, known } = this.#options;
    const { clock } = this;
    const open = async (): Promise<Transport> => {
      if (!this.#plugged) throw new LinkError("not-open", "pipe", "there is no such device");
      const { meter, meterClock } = this;
      this.#pipe =
        baud === undefined
          ? memoryLine({ meter, clock: meterClock })
          : modelledLine({ meter, clock: meterClock, baud });
      return this.#pipe;
    };
    const source = superviseMeter({
      name: "pipe",
      open,
      connect: (transport, signal, onSession) =>
        linkMeter(transport, {
          security: rc4({ key: basic, entropy: (length) => new Uint8Array(length), level: "basic" }),
          clock,
          signal,
          onSession,
          ...(baud === undefined ? { timing: { requestSpacing: 0 } } : {}),
        }),
      clock,
      entropy: (length) => new Uint8Array(length),
      near: false,
      baud,
    });
    this.#daemon = new Daemon({ source, store: this.store, clock, zone: this.zone, interval, firstReach, known });
    return this.#daemon;
  }

  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error("the daemon is off");
    return this.#daemon;
  }

  /** As at the end of its process: all that it knows is what is stored. */
  async stopDaemon(): Promise<void> {
    await this.clock.run(this.daemon.stop());
    this.#daemon = undefined;
    await this.store.close();
    this.store = openHastyStore(this.#folder, this.clock.wall);
  }

  /** Lets time pass until back-fill has nothing left to do. */
  async settle(): Promise<void> {
    for (let i = 0; i < 600; i++) {
      await this.clock.advance(10_000);
      if (this.daemon.profile.progress().state === "complete") return;
    }
    throw new Error(`back-fill is not complete: ${JSON.stringify(this.daemon.profile.progress())}`);
  }

  intervals(channel: string, from: Millis, to: Millis): Promise<readonly StoredInterval[]> {
    return this.store.intervals(point, { channel, from, to, limit: 100_000 });
  }

  async remove(): Promise<void> {
    if (this.#daemon !== undefined) await this.clock.run(this.#daemon.stop());
    await this.store.close();
    rmSync(this.#folder, { recursive: true });
  }
}

interface DaemonOptions {
  readonly source: MeterSource;
  readonly store: SqliteStore;
  readonly clock: VirtualClock;
  readonly zone: string;
  readonly interval: Millis;
  readonly firstReach: Millis;
  readonly known: ProfileKnown | undefined;
}

/** The parts of the gateway that a point has. */
export class Daemon {
  readonly loop: PointLoop;
  readonly source: MeterSource;
  readonly profile: ProfileJob;
  /** Warnings and errors. */
  readonly log: string[] = [];
  /** What back-fill tells when all is well. */
  readonly filled: string[] = [];
  /** How long each live reading took. */
  readonly roundTrips: Millis[] = [];
  readonly #jobs: BackfillJobs;

  constructor({ source, store, clock, zone, interval, firstReach, known }: DaemonOptions) {
    const live = new LiveFirst();
    const builder = new IntervalBuilder({ point, tolerance: interval });
    const log = { info: (text: string) => void this.filled.push(text) };
    const deps = { point, zone, source, store, clock, log, before: live.turn };
    this.#jobs = backfillJobs({ ...deps, known, loadProfile: { firstReach } });
    this.profile = this.#jobs.profile;
    const told = (level: string) => (text: string) => void this.log.push(`${level} ${text}`);
    this.source = live.watch({
      ...source,
      read: async (...wanted) => {
        const began = clock.now();
        const reading = await source.read(...wanted);
        this.roundTrips.push(clock.now() - began);
        return reading;
      },
    });
    this.loop = new PointLoop({
      ...{ id: point, name: point, url: "pipe", simulated: true, interval, limits: limitsForFuse(63) },
      ...{ source: this.source, clock, log: { info: () => {}, warn: told("warn"), error: told("error") } },
      jobs: this.#jobs.all,
      onReading: (reading) => {
        const { seconds } = this.profile;
        if (seconds !== undefined) builder.follow(seconds);
        const intervals = builder.push(reading, clock.now());
        void store.write({ readings: [{ point, reading }], intervals });
        void this.#noteDevice(store, reading.time);
      },
    });
    this.loop.start();
  }

  async stop(): Promise<void> {
    this.#jobs.close();
    await this.loop.stop();
  }

  /** A new serial number is another meter, as the guard has it. */
  async #noteDevice(store: SqliteStore, time: string): Promise<void> {
    const serial = this.source.identity()?.serial ?? null;
    const devices = await store.devices(point);
    const last = devices.at(-1);
    if (last?.serial === serial) return;
    const from = Date.parse(time);
    const none = { manufacturer: null, model: null, firmware: null, profile: null, start: {}, end: null };
    const added: Device[] = [{ ...none, point, from, to: null, serial }];
    if (last !== undefined) added.unshift({ ...last, to: from - 1, end: {} });
    await store.write({ devices: added });
  }
}
