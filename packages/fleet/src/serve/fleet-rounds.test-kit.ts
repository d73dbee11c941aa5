/**
 * Rounds in which something happens to the processes of a fleet while they read meters that have just come: each interval is compared with what its
 * meter says, and clients that meet at a meter are counted.
 */

import { systemClock } from "@meterport/transports/clock";
import type { Server } from "../../../../test/support/postgres.ts";
import type { Database } from "../books/database.ts";
import { sleep } from "../books/fleet-database.test-kit.ts";
import { FleetProcess, hasDisks } from "./fleet-daemon.test-kit.ts";
import {
  bookedOf,
  bookMeters,
  type CountedMeter,
  countedMeter,
  type Judged,
  judge,
  untilSo,
} from "./fleet-meters.test-kit.ts";

export const incidents = [
  "kill",
  "kill and lose the disk",
  "pause",
  "database killed",
  "database away",
  "both killed",
  "leave",
  ...(hasDisks ? (["disk full"] as const) : []),
] as const;
export type Incident = (typeof incidents)[number] | "disk full";

export interface Round {
  readonly incident: Incident;
  /** Milliseconds from the incident until each meter that lost its reader was asked by another; none if it lost nobody. */
  readonly takeover: readonly number[];
  readonly right: number;
  readonly lost: number;
  readonly wrong: number;
  readonly doubled: number;
  /** Second connections to a meter, which the system keeps open for a process that is paused. */
  readonly overlaps: number;
  /** Requests by two clients at once, of all requests. */
  readonly crossed: number;
  readonly requests: number;
}

export interface FleetWorldOptions {
  readonly database: Database;
  readonly server: Server;
  readonly url: string;
}

/** Slots of two days of memory. */
const leastSlots = 185;
/** Longer than the heartbeat of a shard. */
const pauseFor = 14_000;
const awayFor = 20_000;
/** Longer than one look of everything that writes. */
const fullFor = 12_000;
/** Megabytes of a disk that is filled. */
const disk = 64;
/** The system has told everybody by then that a client is gone, and nobody can have taken over. */
const noticed = 1_000;
const connectedWithin = 60_000;
/** What is not there by then is lost. */
const filledWithin = 60_000;

export class FleetRounds {
  readonly #options: FleetWorldOptions;
  readonly #processes: FleetProcess[];
  #count = 0;
  #standing: readonly CountedMeter[] = [];

  constructor(options: FleetWorldOptions, workers: number) {
    this.#options = options;
    const own = hasDisks ? { disk } : {};
    this.#processes = Array.from({ length: workers }, (_, n) => new FleetProcess(`w${n + 1}`, options.url, own));
  }

  get log(): string {
    return this.#processes.map(({ log }) => log).join("");
  }

  /** Starts the processes, with some meters that stay. */
  async begin(meters: number): Promise<void> {
    this.#standing = await this.#newMeters(meters);
    await bookMeters(this.#options.database, this.#standing);
    await Promise.all(this.#processes.map((process) => process.start()));
    await this.#isBooked(this.#standing, 120_000);
  }

  /** Adds meters, lets something happen while they are read for the first time, and judges what is booked in the end. */
  async round(incident: Incident, fresh: number, chance: () => number): Promise<Round> {
    const { database } = this.#options;
    const meters = await this.#newMeters(fresh);
    await bookMeters(database, meters);
    await untilSo("a new meter is asked", 60_000, () => meters.some(({ askedAt }) => askedAt() > 0));
    await sleep(2_000 * chance());
    const all = [...this.#standing, ...meters];
    const before = all.map((meter) => ({
      meter,
      overlaps: meter.overlaps(),
      crossed: meter.crossed(),
      requests: meter.requests(),
    }));
    const victim = this.#processes[Math.floor(chance() * this.#processes.length)] as FleetProcess;
    const takeover = await this.#happen(incident, victim, all);
    await this.#isBooked(meters, 120_000);
    const judged = await this.#judgedAtLast(all);
    await database.run("UPDATE meter SET link = NULL WHERE serial = ANY ($1::text[])", [
      meters.map(({ serial }) => serial),
    ]);
    await Promise.all(meters.map((meter) => meter.close()));
    const sum = (of: (one: (typeof before)[number]) => number): number =>
      before.reduce((total, one) => total + of(one), 0);
    return {
      ...{ incident, takeover, right: judged.right, lost: judged.lost, wrong: judged.wrong, doubled: judged.doubled },
      overlaps: sum(({ meter, overlaps }) => meter.overlaps() - overlaps),
      crossed: sum(({ meter, crossed }) => meter.crossed() - crossed),
      requests: sum(({ meter, requests }) => meter.requests() - requests),
    };
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.remove()));
    await Promise.all(this.#standing.map((meter) => meter.close()));
  }

  async #newMeters(count: number): Promise<readonly CountedMeter[]> {
    const meters: CountedMeter[] = [];
    for (let n = 0; n < count; n++) meters.push(await countedMeter(this.#count++));
    return meters;
  }

  async #isBooked(meters: readonly CountedMeter[], limit: number): Promise<void> {
    const { database } = this.#options;
    const isWhole = async (): Promise<boolean> => {
      const of = await bookedOf(database).catch(() => new Map<string, number>());
      return meters.every(({ id }) => (of.get(id) ?? 0) >= leastSlots);
    };
    await untilSo("the memory of all meters is booked", limit, isWhole);
  }

  /** What one holder has read may still be on its way when the newest of another is booked. */
  async #judgedAtLast(meters: readonly CountedMeter[]): Promise<Judged> {
    const { database } = this.#options;
    let judged = await judge(database, meters);
    for (const end = systemClock.now() + filledWithin; judged.lost > 0 && systemClock.now() < end; ) {
      await sleep(1_000);
      judged = await judge(database, meters);
    }
    return judged;
  }

  /** Kills one that reads, and gives how long until each of its meters was asked by another. */
  async takeover(): Promise<readonly number[]> {
    const [victim] = this.#processes as [FleetProcess, ...FleetProcess[]];
    return this.#killed(victim, this.#standing);
  }

  async #happen(incident: Incident, victim: FleetProcess, meters: readonly CountedMeter[]): Promise<readonly number[]> {
    const { server } = this.#options;
    switch (incident) {
      case "kill":
      case "kill and lose the disk": {
        const times = await this.#killed(victim, meters);
        if (incident !== "kill") victim.forget();
        await victim.start();
        return times;
      }
      case "pause": {
        victim.pause();
        await sleep(pauseFor);
        victim.goOn();
        break;
      }
      case "database killed":
      case "database away": {
        await server.kill();
        await sleep(incident === "database away" ? awayFor : 1_000);
        await server.start();
        break;
      }
      case "both killed": {
        await Promise.all([victim.kill(), server.kill()]);
        await sleep(noticed);
        await server.start();
        await victim.start();
        break;
      }
      case "leave": {
        await victim.stop();
        await this.#allConnected(meters);
        await victim.start();
        break;
      }
      case "disk full": {
        victim.fillDisk();
        await sleep(fullFor);
        victim.freeDisk();
        break;
      }
    }
    await this.#allConnected(meters);
    return [];
  }

  async #killed(victim: FleetProcess, meters: readonly CountedMeter[]): Promise<readonly number[]> {
    const began = systemClock.now();
    await victim.kill();
    await sleep(noticed);
    const lost = meters.filter((meter) => meter.clients() === 0);
    await untilSo("each meter is asked again", connectedWithin, () =>
      lost.every((meter) => meter.connectedAt() > began),
    );
    return lost.map((meter) => meter.connectedAt() - began).sort((a, b) => a - b);
  }

  #allConnected(meters: readonly CountedMeter[]): Promise<void> {
    return untilSo("each meter has a client", connectedWithin, () => meters.every((meter) => meter.clients() > 0));
  }
}
