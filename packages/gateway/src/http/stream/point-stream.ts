/**
 * One client's stream over many points. It keeps which points have changed, never their values: a client that reads slowly gets the
 * newest values later, and the memory for it stays bounded by the number of points.
 */
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Store } from "@meterport/engine/ports/store";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { entryAnswer } from "../journal/journal-answer.ts";

/** What a stream may carry. */
export const streamKinds = ["live", "link", "change"] as const;
export type StreamKind = (typeof streamKinds)[number];

export interface PointStreamOptions {
  readonly views: readonly MeterView[];
  readonly kinds: readonly StreamKind[];
  /** Shortest time between two values of one point. */
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
const journalPage = 200;
/** A client that takes nothing for this long is dropped. */
const longestStall: Millis = 30_000;

const stuck = (): Error => {
  const error = new Error("the client does not read");
  // The HTTP server prints the stack of an error in a stream: one line is enough.
  error.stack = "http: dropped a listener that does not read";
  return error;
};

/** Counters change with each reading; a client wants to know of another state. */
const linkMark = ({ state, cause }: { readonly state: string; readonly cause: string | null }): string =>
  `${state} ${cause}`;

export class PointStream {
  readonly #options: PointStreamOptions;
  readonly #encoder = new TextEncoder();
  readonly #byId: ReadonlyMap<string, MeterView>;
  /** Points that changed since the last tick, and those that may be sent now. */
  #changed: Set<string>;
  #ready = new Set<string>();
  readonly #links = new Map<string, string>();
  readonly #undo: (() => void)[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #after: number;
  #asking = false;
  #taken: Millis;
  #ended = false;

  constructor(options: PointStreamOptions) {
    this.#options = options;
    this.#byId = new Map(options.views.map((view) => [view.id, view]));
    this.#changed = new Set(this.#byId.keys());
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
    const { kinds, views, every } = this.#options;
    if (this.#options.passed) this.#send("passed", { next: this.#after });
    if (kinds.includes("live") || kinds.includes("link")) {
      for (const view of views) this.#undo.push(view.subscribe(() => this.#changed.add(view.id)));
      this.#repeat(every, () => this.#tick());
      this.#tick();
    }
    if (kinds.includes("change")) {
      this.#repeat(askJournalEvery, () => this.#askJournal());
      this.#askJournal();
    }
    this.#repeat(aliveEvery, () => this.#alive());
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

  #tick(): void {
    for (const id of this.#changed) this.#ready.add(id);
    this.#changed = new Set();
    this.#fill();
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
      const view = this.#byId.get(id);
      if (view !== undefined) this.#tell(view);
    }
  }

  #tell(view: MeterView): void {
    const { kinds } = this.#options;
    if (kinds.includes("link")) {
      const { link } = view.summary();
      const mark = linkMark(link);
      if (this.#links.get(view.id) !== mark) {
        this.#links.set(view.id, mark);
        this.#send("link", { id: view.id, ...link });
      }
    }
    if (kinds.includes("live")) this.#send("live", view.live());
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
      if (page.passed) this.#send("passed", { next: page.oldest === null ? page.next : page.oldest - 1 });
      for (const entry of page.entries) {
        if (!this.#hasRoom()) return;
        this.#send("change", entryAnswer(entry), entry.number);
        this.#after = entry.number;
      }
      this.#after = Math.max(this.#after, page.next);
      if (!page.more || !this.#hasRoom()) return;
    }
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
    this.#ready.clear();
    this.#changed.clear();
    last();
    this.#options.onEnd();
  }
}
