/**
 * One client's stream over many points. It keeps which points have changed, never their values: a client that reads slowly gets the
 * newest values later, and the memory for it stays bounded by the number of points.
 */
import { mayPassAt, turnAfter } from "@meterport/engine/plan/pace";
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Store } from "@meterport/engine/ports/store";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { entryAnswer } from "../journal/journal-answer.ts";

/** What a stream may carry. */
export const streamKinds = ["live", "link", "change"] as const;
export type StreamKind = (typeof streamKinds)[number];

export interface PointStreamOptions {
  /** The points of the stream now: a new configuration may add, remove or replace some. */
  readonly views: () => readonly MeterView[];
  readonly kinds: readonly StreamKind[];
  /** Time between two values of one point, about. */
  readonly every: Millis;
  readonly journal: Pick<Store, "journal">["journal"];
  /** Number of the last journal entry that the client has. */
  readonly after: number;
  /** Whether entries that the client lacks may be gone: then it is told at once. */
  readonly passed: boolean;
  /** Undefined for all points. */
  readonly points: readonly string[] | undefined;
  readonly clock: Clock;
  /** Called once, when the stream is over. */
  readonly onEnd: () => void;
}

/** Bytes that may wait for one client. */
export const mayWait = 256 * 1024;
const aliveEvery: Millis = 2_000;
const askJournalEvery: Millis = 1_000;
const followEvery: Millis = 2_000;
const journalPage = 200;
/** The points that wait for their turn are looked at so many times per `every`, at most. */
const looksPerTurn = 50;
/** A client that takes nothing for this long is dropped. */
const longestStall: Millis = 30_000;

const stuck = (): Error => {
  const error = new Error("the client does not read");
  // The HTTP server prints the stack of an error in a stream: one line is enough.
  error.stack = "http: dropped a listener that does not read";
  return error;
};

interface Followed {
  readonly view: MeterView;
  readonly unsubscribe: () => void;
  /** When the next value is due. */
  turn: Millis;
  /** Which value was sent last: a change of the link comes with the same one again. */
  sent: string;
}

const valueMark = ({ time, quality }: { readonly time: string | null; readonly quality: string }): string =>
  `${time} ${quality}`;

/** Counters change with each reading; a client wants to know of another state. */
const linkMark = ({ state, cause }: { readonly state: string; readonly cause: string | null }): string =>
  `${state} ${cause}`;

export class PointStream {
  readonly #options: PointStreamOptions;
  readonly #encoder = new TextEncoder();
  readonly #byId = new Map<string, Followed>();
  /** Points that changed before their turn, and those that may be sent now. */
  readonly #early = new Set<string>();
  readonly #ready = new Set<string>();
  /** When they are looked at, and how to end that; infinite if nothing waits. */
  #look = Number.POSITIVE_INFINITY;
  #unlook = (): void => {};
  readonly #links = new Map<string, string>();
  readonly #undo: (() => void)[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #after: number;
  #asking = false;
  #taken: Millis;
  #ended = false;

  constructor(options: PointStreamOptions) {
    this.#options = options;
    this.#after = options.after;
    this.#taken = options.clock.now();
  }

  open(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
          this.#begin();
        },
        pull: () => {
          this.#taken = this.#options.clock.now();
          this.#fill();
        },
        cancel: () => this.#finish(() => {}),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: mayWait }),
    );
  }

  readonly close = (): void => this.#finish(() => this.#controller?.close());

  #begin(): void {
    const { kinds } = this.#options;
    if (this.#options.passed) this.#tellPassed(this.#after);
    if (kinds.includes("live") || kinds.includes("link")) {
      this.#follow();
      this.#repeat(followEvery, () => this.#follow());
      this.#fill();
    }
    if (kinds.includes("change")) {
      this.#repeat(askJournalEvery, () => this.#askJournal());
      this.#askJournal();
    }
    this.#repeat(aliveEvery, () => this.#alive());
  }

  /** Subscribes to the points that are there now, and to no others. */
  #follow(): void {
    const views = this.#options.views();
    for (const view of views) {
      const known = this.#byId.get(view.id);
      if (known?.view === view) continue;
      known?.unsubscribe();
      const unsubscribe = view.subscribe(() => this.#changed(view.id));
      this.#byId.set(view.id, { view, unsubscribe, turn: Number.NEGATIVE_INFINITY, sent: "" });
      this.#changed(view.id);
    }
    if (this.#byId.size === views.length) return;
    const there = new Set(views.map(({ id }) => id));
    for (const [id, { unsubscribe }] of this.#byId) {
      if (there.has(id)) continue;
      unsubscribe();
      this.#byId.delete(id);
      this.#links.delete(id);
    }
  }

  #repeat(every: Millis, work: () => void): void {
    const { clock } = this.#options;
    let cancel = (): void => {};
    const arm = (): void => {
      cancel = clock.at(clock.now() + every, () => {
        arm();
        work();
      });
    };
    arm();
    this.#undo.push(() => cancel());
  }

  #changed(id: string): void {
    const { clock, every } = this.#options;
    const followed = this.#byId.get(id);
    if (followed === undefined || this.#ready.has(id)) return;
    const now = clock.now();
    const at = mayPassAt(followed.turn, every);
    if (at <= now) this.#ready.add(id);
    else this.#early.add(id);
    // Soon, not now: a reading changes several things of a point, which are told together.
    this.#lookAt(Math.max(now, at));
  }

  #lookAt(time: Millis): void {
    if (time >= this.#look || this.#ended) return;
    this.#look = time;
    this.#unlook();
    this.#unlook = this.#options.clock.at(time, () => {
      this.#look = Number.POSITIVE_INFINITY;
      this.#lookThrough();
    });
  }

  /** Sends what may be sent now. */
  #lookThrough(): void {
    const { clock, every } = this.#options;
    const now = clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const id of this.#early) {
      const at = mayPassAt(this.#byId.get(id)?.turn ?? Number.NEGATIVE_INFINITY, every);
      if (at > now) next = Math.min(next, at);
      else {
        this.#early.delete(id);
        this.#ready.add(id);
      }
    }
    this.#fill();
    if (this.#early.size > 0) this.#lookAt(Math.max(next, now + every / looksPerTurn));
  }

  #alive(): void {
    if (this.#hasRoom()) this.#send("alive", {});
    else if (this.#options.clock.now() - this.#taken >= longestStall)
      this.#finish(() => this.#controller?.error(stuck()));
  }

  #hasRoom(): boolean {
    return !this.#ended && (this.#controller?.desiredSize ?? 0) > 0;
  }

  #fill(): void {
    for (const id of this.#ready) {
      if (!this.#hasRoom()) return;
      this.#ready.delete(id);
      const followed = this.#byId.get(id);
      if (followed !== undefined) this.#tell(followed);
    }
  }

  #tell(followed: Followed): void {
    const { kinds, clock, every } = this.#options;
    const { view } = followed;
    if (kinds.includes("link")) {
      const { link } = view.summary();
      const mark = linkMark(link);
      if (this.#links.get(view.id) !== mark) {
        this.#links.set(view.id, mark);
        this.#send("link", { id: view.id, ...link });
      }
    }
    if (!kinds.includes("live")) return;
    const live = view.live();
    const mark = valueMark(live);
    if (mark === followed.sent) return;
    followed.sent = mark;
    followed.turn = turnAfter(followed.turn, clock.now(), every);
    this.#send("live", live);
  }

  #askJournal(): void {
    if (this.#asking || !this.#hasRoom()) return;
    this.#asking = true;
    this.#readJournal()
      // A store that fails now is asked again at the next tick; the stream of live values goes on.
      .catch(() => {})
      .finally(() => {
        this.#asking = false;
      });
  }

  async #readJournal(): Promise<void> {
    const { journal, points } = this.#options;
    for (;;) {
      const page = await journal({ after: this.#after, limit: journalPage, points });
      if (this.#ended) return;
      if (page.passed) {
        this.#after = page.oldest === null || page.next < this.#after ? page.next : page.oldest - 1;
        this.#tellPassed(this.#after);
      }
      for (const entry of page.entries) {
        if (!this.#hasRoom()) return;
        this.#send("change", entryAnswer(entry), entry.number);
        this.#after = entry.number;
      }
      this.#after = page.next;
      if (!page.more || !this.#hasRoom()) return;
    }
  }

  /** With the number to continue from as the event's id: a client that reconnects before the next change is not told again. */
  #tellPassed(next: number): void {
    this.#send("passed", { next }, next);
  }

  #send(event: string, data: object, id?: number): void {
    if (this.#ended) return;
    const head = id === undefined ? "" : `id: ${id}\n`;
    this.#controller?.enqueue(this.#encoder.encode(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }

  #finish(last: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const undo of this.#undo) undo();
    for (const { unsubscribe } of this.#byId.values()) unsubscribe();
    this.#byId.clear();
    this.#ready.clear();
    this.#early.clear();
    this.#unlook();
    last();
    this.#options.onEnd();
  }
}
