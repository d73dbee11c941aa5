/** The last minutes of a link, kept in memory: the start of a capture when something goes wrong. */
import { type Capture, captureHead, captureText, parseCapture } from "@meterport/protocol/capture/capture";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { KeptHandshake } from "./kept-handshake.ts";
import type { RecordingOptions } from "./recording.ts";

export interface RingOptions {
  readonly clock: Pick<Clock, "now" | "wall">;
  /** Most characters of the capture to keep. */
  readonly size: number;
  /** Older lines are forgotten, at the latest when a newer one comes. */
  readonly age: Millis;
}

interface Line {
  readonly at: Millis;
  readonly text: string;
}

/** Takes what `recordTransport` writes, and forgets the oldest lines, except the handshake of a TLS session in progress. */
export class RecordingRing implements RecordingOptions {
  readonly #options: RingOptions;
  readonly #began: Millis;
  #lines: Line[] = [];
  /** Lines before it are forgotten, and removed from time to time. */
  #first = 0;
  #held = 0;
  readonly #handshake = new KeptHandshake();

  constructor(options: RingOptions) {
    this.#options = options;
    this.#began = options.clock.now();
  }

  readonly elapsed = (): Millis => this.#options.clock.now() - this.#began;

  readonly write = (text: string): void => {
    this.#lines.push({ at: this.elapsed(), text });
    this.#held += text.length;
    this.#forget();
  };

  /** The kept lines, timed from the oldest, after the handshake at time 0; undefined if no byte went either way. */
  capture(link: string): string | undefined {
    this.#forget();
    const lines = this.#lines.slice(this.#first);
    const first = lines[0];
    if (first === undefined || !lines.some(({ text }) => text.includes('"dir"'))) return undefined;
    const { clock } = this.#options;
    const started = new Date(clock.wall() - (this.elapsed() - first.at)).toISOString();
    const texts = [...this.#handshake.lines, ...lines.map(({ text }) => text)];
    const { header, entries } = parseCapture(captureHead({ started, link }) + texts.join(""));
    const oldest = Math.round(first.at);
    const moved: Capture = {
      header,
      entries: entries.map((entry) => ({ ...entry, t: Math.max(0, entry.t - oldest) })),
    };
    return captureText(moved);
  }

  #forget(): void {
    const { size, age } = this.#options;
    const oldest = this.elapsed() - age;
    for (let line = this.#lines[this.#first]; line !== undefined; line = this.#lines[this.#first]) {
      if (this.#held <= size && line.at >= oldest) break;
      this.#held -= line.text.length;
      this.#handshake.see(line.text);
      this.#first++;
    }
    if (this.#first < 1000 && this.#first < this.#lines.length) return;
    this.#lines = this.#lines.slice(this.#first);
    this.#first = 0;
  }
}
