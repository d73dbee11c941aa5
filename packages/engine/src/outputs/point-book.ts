/** The metering points as outputs see them: one list, one subscription for each. */
import type { LiveAnswer } from "../model/point-model.ts";
import type { MeterView } from "../points/meter-view.ts";
import type { ChildView, PointView, Snapshot } from "../ports/output.ts";
import type { PointTotals } from "./point-totals.ts";

/** What the gateway knows of a point. */
export interface OutputPoint {
  readonly view: MeterView;
  readonly zone: string;
  /** What a kWh costs at this moment. */
  readonly price?: PointView["price"] | undefined;
  /** What it costs in the quarters of a time. */
  readonly prices?: PointView["prices"] | undefined;
}

interface Entry {
  readonly point: PointView;
  /** What consumers are told of a point beside its values. */
  readonly told: string;
  readonly unsubscribe: () => void;
}

type SnapshotListener = (point: PointView, snapshot: Snapshot) => void;

export interface PointBookOptions {
  readonly points: () => Iterable<OutputPoint>;
  /** The meters behind the meters. */
  readonly children?: Children | undefined;
  readonly totals: PointTotals;
}

/** By their own ids. */
export interface Children {
  readonly get: (id: string) => ChildView | undefined;
  readonly all: () => Iterable<ChildView>;
}

export class PointBook {
  readonly #options: PointBookOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<SnapshotListener>();
  readonly #changes = new Set<() => void>();
  readonly #childListeners = new Set<() => void>();

  constructor(options: PointBookOptions) {
    this.#options = options;
  }

  get points(): readonly PointView[] {
    return [...this.#entries.values()].map(({ point }) => point);
  }

  get children(): readonly ChildView[] {
    return [...(this.#options.children?.all() ?? [])].filter(({ parent }) => this.#entries.has(parent));
  }

  /** The point to which an id of the journal belongs: itself, or that of the meter that reads it; undefined if it is gone. */
  ownerOf(id: string): string | undefined {
    if (this.#entries.has(id)) return id;
    const parent = this.#options.children?.get(id)?.parent;
    return parent !== undefined && this.#entries.has(parent) ? parent : undefined;
  }

  /** To be called when meters behind others were read or have gone. */
  childrenChanged(): void {
    for (const listener of [...this.#childListeners]) listener();
  }

  /** Looks which points there are now; listeners are told if they are others, or have other names. */
  refresh(): void {
    const { points, totals } = this.#options;
    const found = new Map([...points()].map((each) => [each.view.id, each]));
    let changed = false;
    for (const [id, entry] of this.#entries) {
      const now = found.get(id);
      if (now !== undefined && toldOf(now) === entry.told) continue;
      entry.unsubscribe();
      this.#entries.delete(id);
      changed = true;
    }
    for (const [id, each] of found) {
      if (this.#entries.has(id)) continue;
      this.#entries.set(id, this.#opened(each));
      changed = true;
    }
    totals.follow([...found.keys()]);
    if (changed) for (const listener of [...this.#changes]) listener();
  }

  /** Ends all subscriptions. */
  close(): void {
    for (const { unsubscribe } of this.#entries.values()) unsubscribe();
    this.#entries.clear();
  }

  readonly onSnapshot = (listener: SnapshotListener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly onChildren = (listener: () => void): (() => void) => {
    this.#childListeners.add(listener);
    return () => this.#childListeners.delete(listener);
  };

  readonly onPoints = (listener: () => void): (() => void) => {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  };

  #opened(each: OutputPoint): Entry {
    const { totals } = this.#options;
    const { view, zone, price = () => null, prices = async () => null } = each;
    const point: PointView = {
      id: view.id,
      name: view.name ?? view.summary().name,
      zone,
      live: () => view.live(),
      detail: () => view.detail(),
      total: (register) => totals.total(view.id, register, view.live()[register]),
      ...{ price, prices },
    };
    let last: Snapshot | undefined;
    const unsubscribe = view.subscribe((change) => {
      // A change of the link comes with the same values again.
      if (change.event !== "live" || (last !== undefined && isSame(last, change.data))) return;
      last = change.data;
      for (const listener of [...this.#listeners]) listener(point, change.data);
    });
    return { point, told: toldOf(each), unsubscribe };
  }
}

const toldOf = ({ view, zone }: OutputPoint): string => JSON.stringify([view.name ?? view.summary().name, zone]);

/** Each reading has its own time. */
const isSame = (a: LiveAnswer, b: LiveAnswer): boolean => a.time === b.time && a.quality === b.quality;
