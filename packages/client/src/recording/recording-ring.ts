/** The last minutes of a link, kept in memory: the start of a capture when something goes wrong. */
import { type CaptureEntry, captureHead, captureLine } from "@meterport/protocol/capture/capture";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { KeptHandshake } from "./kept-handshake.ts";
import { PackedEntries } from "./packed-entries.ts";
import type { EntryRecording } from "./recording.ts";

export interface RingOptions {
  readonly clock: Pick<Clock, "now" | "wall">;
  /** Most characters of the capture to keep. */
  readonly size: number;
  /** Older entries are forgotten, at the latest when a newer one comes. */
  readonly age: Millis;
}

/** What a line has in a capture beside its hex digits. */
const lineOverhead = 35;

/** How long the line of an entry with so many bytes is, nearly. */
const lineLength = (bytes: number): number => lineOverhead + 2 * bytes;

/** Takes what `recordTransport` notes, and forgets the oldest entries, except the handshake of a TLS session in progress. */
export class RecordingRing implements EntryRecording {
  readonly #options: RingOptions;
  readonly #began: Millis;
  readonly #entries = new PackedEntries();
  #held = 0;
  readonly #handshake = new KeptHandshake();

  constructor(options: RingOptions) {
    this.#options = options;
    this.#began = options.clock.now();
  }

  readonly elapsed = (): Millis => this.#options.clock.now() - this.#began;

  readonly note = (entry: CaptureEntry): void => {
    this.#entries.push(entry);
    this.#held += lineLength("bytes" in entry ? entry.bytes.length : 0);
    this.#forget();
  };

  /** The kept entries, timed from the oldest, after the handshake at time 0; undefined if no byte went either way. */
  capture(link: string): string | undefined {
    this.#forget();
    const oldest = this.#entries.oldest;
    const kept = [...this.#entries];
    if (oldest === undefined || !kept.some((entry) => "bytes" in entry)) return undefined;
    const started = new Date(this.#options.clock.wall() - (this.elapsed() - oldest)).toISOString();
    const moved = [...this.#handshake.entries, ...kept].map((entry) => ({
      ...entry,
      t: Math.max(0, entry.t - oldest),
    }));
    return captureHead({ started, link }) + moved.map(captureLine).join("");
  }

  /** The handshake of the TLS session in progress, for a recording that begins now; empty without TLS. */
  handshake(): readonly CaptureEntry[] {
    const seen = new KeptHandshake();
    for (const entry of [...this.#handshake.entries, ...this.#entries]) seen.see(entry);
    return seen.entries;
  }

  #forget(): void {
    const { size, age } = this.#options;
    const limit = this.elapsed() - age;
    for (let oldest = this.#entries.oldest; oldest !== undefined; oldest = this.#entries.oldest) {
      // Times are kept as whole milliseconds.
      if (this.#held <= size && oldest >= Math.floor(limit)) return;
      this.#held -= lineLength(this.#entries.oldestLength);
      if (this.#handshake.ignores(this.#entries)) this.#entries.drop();
      else this.#handshake.see(this.#entries.shift() as CaptureEntry);
    }
  }
}
