/**
 * Hours of a gateway in which everything fails that can: lines, meters, clocks, the disk, clients, the configuration. Nothing that it
 * stores, shows or tells is other than what the meters had, and at the end nothing is left running. `METERPORT_SOAK_HOURS=48` and
 * `METERPORT_SOAK_SEED=7` for more.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { dayBounds } from "@meterport/engine/calendar/local-calendar";
import { checkSums } from "@meterport/engine/intervals/sums";
import type { Interval } from "@meterport/engine/model/interval";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { Log } from "@meterport/engine/ports/log";
import type { Store } from "@meterport/engine/ports/store";
import { SteppedClock } from "@meterport/engine/testing/stepped-clock";
import { createGateway, type Gateway } from "@meterport/gateway/operation/gateway";
import { caredStore } from "@meterport/gateway/stores/sqlite/cared-store.test-kit";
import {
  type FaultKind,
  type FaultPlan,
  faultCodes,
  faultyDriver,
} from "@meterport/gateway/stores/sqlite/faulty-driver.test-kit";
import { hastyDriver } from "@meterport/gateway/stores/sqlite/hasty-store.test-kit";
import { openLocalSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";
import { seeded } from "@meterport/simulator";
import { JournalReader, SoakClients } from "./support/soak-clients.ts";
import { VirtualClock } from "./support/virtual-clock.ts";
import { WatchedPoint } from "./support/watched-point.ts";

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
const hours = Number(process.env.METERPORT_SOAK_HOURS ?? 6);
const seed = Number(process.env.METERPORT_SOAK_SEED ?? 1);
const zone = "Europe/Copenhagen";
/** An evening, so that a day is closed and its sums are checked. */
const start = Date.UTC(2026, 9, 20, 18);

const always = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1e6 };

/** What a gateway may say of these hours. */
const expected: ReadonlySet<string> = new Set([
  ...["meter-exchange", "machine-clock-step", "meter-clock-step", "meter-clock-off", "intervals-missing"],
]);

const collect = ((): (() => void) => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

class Soak {
  readonly random = seeded(seed);
  readonly real = new VirtualClock({ wall: start });
  readonly machine = new SteppedClock(this.real);
  readonly folder = mkdtempSync(join(tmpdir(), "meterport-soak-"));
  readonly lines = new Map<string, number>();
  readonly log: Log;
  readonly plan: FaultPlan = { calls: 0, at: 0, times: 0, kind: "locked", after: false };
  readonly home: WatchedPoint;
  readonly shed: WatchedPoint;
  readonly store: Store;
  readonly faults: string[] = [];
  /** How often each fault came. */
  readonly done = new Map<string, number>();
  /** By how much the machine's clock was ahead at some time. */
  readonly aheads = new Set([0]);
  readonly reader: JournalReader;
  slow = 0;
  exchanges = 0;
  changes: Promise<void> = Promise.resolve();
  #ahead = 0;
  #exchanged = start;

  constructor() {
    const note = (level: string) => (text: string) => {
      const kind = `${level} ${text.replace(/[\d.:TZ-]+/g, "N")}`;
      this.lines.set(kind, (this.lines.get(kind) ?? 0) + 1);
    };
    this.log = { info: note("info"), warn: note("warn"), error: note("error") };
    const point = { real: this.real, machine: this.machine, zone };
    this.home = new WatchedPoint({ ...point, id: "home", seed: 10 * seed, interval: 20 * second, backFill: true });
    this.shed = new WatchedPoint({ ...point, id: "shed", seed: 10 * seed + 5, interval: minute, backFill: false });
    this.store = caredStore({
      ...{ folder: this.folder, log: this.log, clock: this.machine, driver: faultyDriver(hastyDriver, this.plan) },
      slow: () => this.slow,
    });
    this.reader = new JournalReader(this.store, this.random, (entry) => this.checkEntry(entry));
  }

  between(low: number, high: number): number {
    return Math.floor(low + this.random() * (high - low));
  }

  pointOf(id: string): WatchedPoint {
    return id === "home" ? this.home : this.shed;
  }

  /** Intervals that rest on readings taken while the machine's clock was wrong have its times, until the meter's memory corrects them. */
  intervalFault(point: WatchedPoint, interval: Interval): string | undefined {
    const fault = point.intervalFault(interval);
    if (fault === undefined || interval.source !== "difference") return fault;
    return [...this.aheads].some((ahead) => point.intervalFault(interval, ahead) === undefined) ? undefined : fault;
  }

  /** What the journal tells, including what was replaced later. */
  checkEntry(entry: JournalEntry): void {
    if (entry.kind !== "interval") return;
    const fault = this.intervalFault(this.pointOf(entry.point), entry.interval);
    if (fault !== undefined) this.faults.push(`journal ${entry.number}: ${entry.point} ${fault}`);
  }

  gateway(): Promise<Gateway> {
    return createGateway({
      meters: [this.home.gatewayMeter(), this.shed.gatewayMeter()],
      store: this.store,
      retention: { raw: 60 * day, minutes: 400 * day, journal: 30 * day },
      captures: { list: () => [], read: () => undefined },
      clock: this.machine,
      log: this.log,
      version: "0",
      dashboard: this.folder,
      host: "127.0.0.1",
      allowedHosts: [],
    });
  }

  /** Begins a fault, which ends by itself; several may last at once. */
  trouble(gateway: Gateway): void {
    const point = this.random() < 0.7 ? this.home : this.shed;
    const all = Object.entries(this.#troubles);
    const [name, begin] = all[this.between(0, all.length)] as (typeof all)[number];
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
    begin(point, gateway);
  }

  #after(wait: number, work: () => void): void {
    this.real.at(this.real.now() + wait, work);
  }

  #pause(wait: number): Promise<void> {
    return new Promise((resolve) => this.#after(wait, resolve));
  }

  #step(by: number): void {
    this.machine.step(by);
    this.#ahead += by;
    this.aheads.add(this.#ahead);
  }

  readonly #troubles: Readonly<Record<string, (point: WatchedPoint, gateway: Gateway) => void>> = {
    "link lost": (point: WatchedPoint) => {
      point.unplug();
      this.#after(this.between(2 * second, this.random() < 0.2 ? 40 * minute : 3 * minute), () => point.plugIn());
    },
    "line silent": (point: WatchedPoint) => {
      point.silent = true;
      this.#after(this.between(2 * second, 4 * minute), () => {
        point.silent = false;
      });
    },
    garbage: (point: WatchedPoint) => {
      point.garbage = this.random() < 0.3 ? 1 : 0.3 * this.random();
      this.#after(this.between(10 * second, 8 * minute), () => {
        point.garbage = 0;
      });
    },
    reboot: (point: WatchedPoint) => point.meter.reboot(),
    exchange: (point: WatchedPoint) => {
      // A meter must hang there for ten minutes, and give some readings, before it counts as another one.
      if (this.exchanges >= Math.ceil(hours / 12) || this.real.wall() < this.#exchanged + 2 * hour) return;
      this.#exchanged = this.real.wall();
      const number = ++this.exchanges;
      point.unplug();
      this.#after(this.between(3 * minute, 20 * minute), () => {
        point.unplug();
        point.install(10 * seed + 100 + number);
        point.plugIn();
      });
    },
    "machine clock": () => {
      const by = (this.random() < 0.5 ? -1 : 1) * this.between(2 * second, this.random() < 0.3 ? 2 * hour : 4 * minute);
      this.#step(by);
      this.#after(this.between(5 * second, 35 * minute), () => this.#step(-by));
    },
    "meter clock": (point: WatchedPoint) => {
      point.stepMeter((this.random() < 0.5 ? -1 : 1) * this.between(5 * second, 50 * second));
    },
    "store fails": () => {
      const all = Object.keys(faultCodes) as FaultKind[];
      const kind = all[this.between(0, all.length)] as FaultKind;
      // Damage that never ends would be another file each time.
      const lasting = kind !== "damaged" && this.random() < 0.4;
      const times = kind === "damaged" ? 1 : lasting ? 1e9 : this.between(1, 20);
      const at = this.plan.calls + this.between(1, 400);
      Object.assign(this.plan, { kind, at, times, after: kind !== "locked" && this.random() < 0.5 });
      this.#after(this.between(10 * second, 5 * minute), () => {
        if (lasting) this.plan.at = 0;
      });
    },
    "store slow": () => {
      this.slow = this.between(100, 20 * second);
      this.#after(this.between(10 * second, 3 * minute), () => {
        this.slow = 0;
      });
    },
    configuration: (point: WatchedPoint, gateway: Gateway) => {
      // One change at a time, as the daemon has it.
      this.changes = this.changes.then(() => this.#change(point, gateway));
    },
  };

  async #change(point: WatchedPoint, gateway: Gateway): Promise<void> {
    const replace = async (stopped: readonly string[], added: readonly WatchedPoint[]): Promise<void> => {
      for (let tries = 0; ; tries++)
        try {
          const meters = added.map((one) => one.gatewayMeter());
          await gateway.replaceMeters(stopped, meters);
          return;
        } catch (error) {
          // The store may fail just then; people try again.
          if (tries === 60) throw error;
          await this.#pause(10 * second);
        }
    };
    if (point === this.home) return replace(["home"], [this.home]);
    await replace(["shed"], []);
    await this.#pause(this.between(second, 10 * minute));
    await replace([], [this.shed]);
  }
}

/** All that is stored of a point, held against its meters. Returns how many readings there are. */
const checkStored = async (soak: Soak, store: Store, point: WatchedPoint): Promise<number> => {
  const { id, backFill } = point.options;
  const { faults } = soak;
  let count = 0;
  for (let from = 0; ; ) {
    const readings = await store.readings(id, { from, to: always.to, limit: 5_000 });
    for (const reading of readings) {
      const fault = point.faultOf(reading);
      if (fault !== undefined) faults.push(`stored reading of ${id}: ${fault}`);
    }
    count += readings.length;
    if (readings.length < 5_000) break;
    from = Date.parse(readings.at(-1)?.time ?? "") + 1;
  }
  for (const channel of await store.channels(id))
    for (const interval of await store.intervals(id, { channel, ...always })) {
      // The meter's own intervals replace all that rests on a wrong clock.
      const fault = backFill ? point.intervalFault(interval) : soak.intervalFault(point, interval);
      if (fault !== undefined) faults.push(`stored interval of ${id}: ${fault}`);
    }
  const serials = (await store.devices(id)).map(({ serial }) => serial);
  if (serials.join() !== point.serials.join()) faults.push(`devices of ${id}: ${serials} instead of ${point.serials}`);
  const kinds = (await store.events(id, { limit: 10_000 })).filter(({ origin }) => origin === "gateway");
  for (const { kind, detail } of kinds) if (!expected.has(kind)) faults.push(`event of ${id}: ${kind} ${detail}`);
  return count;
};

/** Days that add up to their registers; each that does not has its event. */
const checkDays = async (store: Store, until: number): Promise<number> => {
  let equal = 0;
  for (const point of ["home", "shed"]) {
    const checks = await checkSums(store, point, dayBounds(zone, start - 5 * day, until - 3 * hour));
    const different = checks.filter(({ verdict }) => verdict === "different");
    const told = await store.events(point, { kinds: ["sum-difference"], limit: 1_000 });
    assert.equal(told.length, different.length);
    equal += checks.filter(({ verdict }) => verdict === "equal").length;
  }
  return equal;
};

test(`${hours} hours of faults leave nothing wrong, nothing lost and nothing running`, async (t) => {
  t.diagnostic(`METERPORT_SOAK_SEED=${seed}`);
  const soak = new Soak();
  const { real, home, shed, faults, reader } = soak;
  const gateway = await soak.gateway();
  const clients = new SoakClients({
    ...{ gateway, clock: real, wall: soak.machine.wall, random: soak.random, points: ["home", "shed"] },
    faultOf: (live) => (live.time === null ? undefined : soak.pointOf(live.id).faultOf(live)),
  });
  try {
    gateway.start();
    clients.start();
    await real.advance(20 * minute);
    const heaps: number[] = [];
    const tasks: number[] = [];
    while (real.wall() < start + hours * hour) {
      soak.trouble(gateway);
      await real.advance(soak.between(2 * second, 10 * minute));
      await real.run(reader.turn());
      tasks.push(real.pending);
      if (real.wall() > start + (heaps.length + 1) * hour) heaps.push(heap());
    }
    // All faults end, and the meter's memory fills what is missing.
    await real.run(Promise.all([clients.stop(), soak.changes]));
    await real.advance(80 * minute);
    soak.plan.at = 0;
    const { newest } = (await soak.store.status()).journal;
    while ((await soak.store.cursor(reader.name)) !== newest) await real.run(reader.turn());
    await real.run(gateway.stop());
    const left = real.pending;
    const { statuses, values, changes, streams } = clients.heard;
    t.diagnostic([...soak.done].map(([name, count]) => `${name} ${count}`).join(", "));
    t.diagnostic(
      `${home.readings + shed.readings} readings, ${newest} changes; clients: ${values} live values, ${changes} changes`,
    );
    t.diagnostic(`${streams} streams, ${[...statuses].map(([status, count]) => `${count} x ${status}`).join(", ")}`);
    t.diagnostic(
      `at most ${Math.max(...tasks)} tasks; heap ${heaps.map((bytes) => Math.round(bytes / 1e6)).join(" ")} MB`,
    );
    const store = openLocalSqliteStore(soak.folder, soak.log, real.wall);
    const counts = [await checkStored(soak, store, home), await checkStored(soak, store, shed)];
    t.diagnostic(`${counts.join(" and ")} readings stored`);
    const equal = await checkDays(store, real.wall());
    await store.close();
    faults.push(...home.wrong, ...shed.wrong, ...clients.heard.faults, ...reader.faults);
    if (process.env.METERPORT_SOAK_LOG !== undefined)
      for (const [line, count] of soak.lines) t.diagnostic(`${count} ${line}`);
    assert.deepEqual(faults.slice(0, 20), []);
    assert.equal(left, 0, "timers after the end");
    assert.equal(reader.delivered.size, newest);
    assert.ok(equal >= 16, `${equal} days add up`);
    assert.ok(Math.max(...tasks) < 100, `${Math.max(...tasks)} tasks at once`);
    const grown = (heaps.at(-1) as number) - (heaps[0] as number);
    assert.ok(grown < 8e6 + hours * 1.5e6, `the heap has grown by ${grown} bytes`);
  } finally {
    rmSync(soak.folder, { recursive: true, force: true });
  }
});
