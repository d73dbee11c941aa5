/** The meters that a gateway reads, while some come and go. */
import type { LiveProofContext } from "@meterport/engine/guard/live-proof";
import { staleAnswer } from "@meterport/engine/guard/measured";
import { type MeterChange, type MeterView, verdictOf } from "@meterport/engine/points/meter-view";
import type { Verdict } from "@meterport/engine/points/verdict";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";

const startedAtOnce = 250;

/** A meter that can be started and stopped, with all that belongs to it. */
export interface LiveMeter {
  readonly loop: MeterView & { readonly start: () => void; readonly stop: () => Promise<void> };
  /** Called after it has stopped. */
  readonly close?: (() => void) | undefined;
}

/** One that does not stop by then is abandoned, as a pipe is. */
const stopLimit: Millis = 3_500;

/** One id, behind which the meter may be exchanged for another while somebody listens. */
class Place implements MeterView {
  readonly id: string;
  /** Undefined until somebody listens, as to few of thousands of meters. */
  #listeners: Set<(change: MeterChange) => void> | undefined;
  #loop: MeterView;
  #unsubscribe = (): void => {};

  constructor(loop: MeterView) {
    this.id = loop.id;
    this.#loop = loop;
  }

  get name(): string | undefined {
    return this.#loop.name;
  }

  readonly summary: MeterView["summary"] = () => this.#loop.summary();
  readonly detail: MeterView["detail"] = () => this.#loop.detail();
  readonly live: MeterView["live"] = () => this.#loop.live();
  readonly verdict = (): Verdict => verdictOf(this.#loop);

  readonly liveContext = (key: LiveKey): LiveProofContext => this.#loop.liveContext?.(key) ?? {};

  readonly subscribe: MeterView["subscribe"] = (listener) => {
    this.#listeners ??= new Set();
    const listeners = this.#listeners.add(listener);
    // What nobody listens to costs nothing.
    if (listeners.size === 1) this.#unsubscribe = this.#loop.subscribe(this.#tell);
    return () => {
      if (listeners.delete(listener) && listeners.size === 0) this.#unsubscribe();
    };
  };

  /** The same id goes on with another meter. */
  use(loop: MeterView): void {
    this.#unsubscribe();
    this.#loop = loop;
    if (this.#listeners === undefined || this.#listeners.size === 0) return;
    this.#unsubscribe = loop.subscribe(this.#tell);
    this.#tell({ event: "link", data: loop.summary().link });
    this.#tell({ event: "live", data: loop.live() });
  }

  /** Nothing follows: listeners are told that there are no values. */
  end(): void {
    this.#unsubscribe();
    this.#tell({ event: "live", data: staleAnswer(this.id, this.#loop.live().time) });
  }

  readonly #tell = (change: MeterChange): void => {
    for (const listener of this.#listeners ?? []) listener(change);
  };
}

export class LiveMeters<M extends LiveMeter> {
  readonly #meters = new Map<string, M>();
  readonly #places = new Map<string, Place>();
  readonly #clock: Clock;
  #started = false;
  #unstart = (): void => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The meters by their id, as outputs see them. */
  get views(): ReadonlyMap<string, MeterView> {
    return this.#places;
  }

  get all(): readonly M[] {
    return [...this.#meters.values()];
  }

  get(id: string): M | undefined {
    return this.#meters.get(id);
  }

  /** Adds a meter, or takes it for one that was stopped; it starts with the others. */
  add(meter: M): void {
    const { id } = meter.loop;
    this.#meters.set(id, meter);
    const place = this.#places.get(id);
    if (place === undefined) this.#places.set(id, new Place(meter.loop));
    else place.use(meter.loop);
    if (this.#started) meter.loop.start();
  }

  start(): void {
    const clock = this.#clock;
    this.#started = true;
    const all = this.all;
    /** Not all at once: thousands would hold up everything else. */
    const startFrom = (first: number): void => {
      // It may have been replaced meanwhile.
      for (const meter of all.slice(first, first + startedAtOnce))
        if (this.#meters.get(meter.loop.id) === meter) meter.loop.start();
      if (first + startedAtOnce < all.length)
        this.#unstart = clock.at(clock.now(), () => startFrom(first + startedAtOnce));
    };
    startFrom(0);
  }

  /** Stops some meters, and starts others once their ports are free. Those in neither list go on undisturbed. */
  async replace(stopped: readonly string[], added: readonly M[]): Promise<void> {
    const gone = stopped.flatMap((id) => this.#meters.get(id) ?? []);
    await this.#stopAll(gone);
    const coming = new Set(added.map(({ loop }) => loop.id));
    for (const id of stopped) {
      this.#meters.delete(id);
      if (coming.has(id)) continue;
      this.#places.get(id)?.end();
      this.#places.delete(id);
    }
    for (const meter of added) this.add(meter);
  }

  /** Stops all, within `limit` milliseconds. */
  async stop(limit: Millis = stopLimit): Promise<void> {
    this.#unstart();
    await this.#stopAll(this.all, limit);
  }

  async #stopAll(meters: readonly M[], limit: Millis = stopLimit): Promise<void> {
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#clock.at(this.#clock.now() + limit, resolve);
    });
    await Promise.race([late, Promise.allSettled(meters.map(({ loop }) => loop.stop()))]);
    cancel();
    for (const { close } of meters) close?.();
  }
}
