/** Registers of metering points for outputs: they go on when a meter is exchanged, and never fall. */
import type { Clock, Millis } from "@meterport/protocol/ports";
import { pointTotal } from "../devices/point-total.ts";
import { type RegisterKey, registerKeys } from "../guard/measured.ts";
import type { Device } from "../model/device.ts";
import type { LastRegisters, Store } from "../ports/store.ts";

/** A total that was given, and by which list of meters. */
interface Floor {
  readonly total: number;
  readonly version: number;
}

interface Known {
  readonly devices: readonly Device[];
  /** Counts how often the list changed. */
  readonly version: number;
  readonly floors: Map<RegisterKey, Floor>;
}

export interface PointTotalsOptions {
  readonly store: Pick<Store, "devices" | "lastRegisters" | "allLastRegisters" | "journal" | "status">;
  readonly clock: Clock;
}

/** How soon an exchange that was stored is seen. */
const lookEvery: Millis = 5_000;
const page = 500;
/** Points whose meters are read from the store at the same time. */
const atOnce = 50;

/**
 * An exchange shows up as a fall of the registers before it is understood and stored. Until then the total is unknown: a
 * consumer would take the fall for energy that flowed back.
 */
export class PointTotals {
  readonly #options: PointTotalsOptions;
  readonly #known = new Map<string, Known>();
  readonly #missing = new Set<string>();
  #cursor: number | undefined;
  #looking = false;
  #started = false;
  #unschedule = (): void => {};

  constructor(options: PointTotalsOptions) {
    this.#options = options;
  }

  /** Forgets all other points, and begins to know these. */
  follow(points: readonly string[]): void {
    const wanted = new Set(points);
    for (const point of this.#known.keys()) if (!wanted.has(point)) this.#known.delete(point);
    for (const point of this.#missing) if (!wanted.has(point)) this.#missing.delete(point);
    for (const point of wanted) if (!this.#known.has(point)) this.#missing.add(point);
    if (this.#started) this.#look();
  }

  start(): void {
    this.#started = true;
    this.#look();
  }

  stop(): void {
    this.#started = false;
    this.#unschedule();
  }

  /** The total that belongs to what the present meter shows; null if it is unknown. */
  total(point: string, register: RegisterKey, value: number | null): number | null {
    const known = this.#known.get(point);
    if (known === undefined || value === null) return null;
    const total = pointTotal(known.devices, register, value);
    if (total === null) return null;
    const floor = known.floors.get(register);
    // A list that changed since may correct what was given.
    if (floor !== undefined && total < floor.total && floor.version === known.version) return null;
    known.floors.set(register, { total, version: known.version });
    return total;
  }

  #look(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#unschedule();
    this.#followJournal()
      .then(() => this.#load())
      .catch(() => {
        // The store tells that it fails, and the next look tries again.
      })
      .finally(() => {
        this.#looking = false;
        if (!this.#started) return;
        const { clock } = this.#options;
        this.#unschedule = clock.at(clock.now() + lookEvery, () => this.#look());
      });
  }

  /** Meters that changed are read again. */
  async #followJournal(): Promise<void> {
    const { store } = this.#options;
    this.#cursor ??= (await store.status()).journal.newest;
    for (let more = true; more && this.#started; ) {
      const { entries, next, ...rest } = await store.journal({ after: this.#cursor, limit: page, kinds: ["device"] });
      const changed = rest.passed ? this.#known.keys() : entries.map(({ point }) => point);
      for (const point of changed) if (this.#known.has(point)) this.#missing.add(point);
      this.#cursor = next;
      more = rest.more;
    }
  }

  async #load(): Promise<void> {
    const points = [...this.#missing];
    // Of many points one question is quicker than one for each.
    const all = points.length > atOnce ? await this.#options.store.allLastRegisters() : undefined;
    for (let from = 0; from < points.length && this.#started; from += atOnce)
      await Promise.all(points.slice(from, from + atOnce).map((point) => this.#loadOne(point, all)));
  }

  async #loadOne(point: string, all: ReadonlyMap<string, LastRegisters> | undefined): Promise<void> {
    const { store } = this.#options;
    const [devices, last] = await Promise.all([
      store.devices(point),
      all === undefined ? store.lastRegisters(point) : all.get(point),
    ]);
    if (!this.#missing.delete(point)) return;
    const before = this.#known.get(point);
    if (before !== undefined) {
      this.#known.set(point, { ...before, devices, version: before.version + 1 });
      return;
    }
    // What was stored before a restart was also given then.
    const floors = new Map<RegisterKey, Floor>();
    for (const register of registerKeys) {
      const value = last?.registers[register];
      const total = value === undefined ? null : pointTotal(devices, register, value);
      if (total !== null) floors.set(register, { total, version: 0 });
    }
    this.#known.set(point, { devices, version: 0, floors });
  }
}
