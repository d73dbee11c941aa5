/** Records the traffic of a meter's link while somebody wants it, in memory and bounded; then it is put on the shelf. */
import { PackedEntries } from "@meterport/client/recording/packed-entries";
import type { EntryRecording } from "@meterport/client/recording/recording";
import { type CaptureEntry, captureHead, captureLine } from "@meterport/protocol/capture/capture";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { LinkRecording, RecordingEnd, RecordingStatus } from "../meters/link-recording.ts";
import type { CaptureShelf } from "./capture-shelf.ts";
import { linkKind } from "./link-kind.ts";

/** Seconds that a recording may be told to take. */
export const recordingSeconds = { least: 5, usual: 300, most: 3600 } as const;
/** Characters of the file: an hour with a reading every 2 s has some 1.5 million. Redacting more would take too long. */
const largest = 2 * 1024 * 1024;
/** What a line has beside its hex digits, nearly. */
const lineOverhead = 35;

/** How many recordings of all links run at once: each takes memory. */
export class RecordingSlots {
  #free: number;

  constructor(count = 8) {
    this.#free = count;
  }

  take(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  give(): void {
    this.#free++;
  }
}

export interface LinkRecorderOptions {
  readonly id: string;
  /** Only its kind is recorded. */
  readonly link: string;
  readonly clock: Clock;
  readonly shelf: Pick<CaptureShelf, "put">;
  readonly slots: RecordingSlots;
  /** The handshake of the TLS session in progress, without which nothing that follows can be decrypted. */
  readonly handshake: () => readonly CaptureEntry[];
}

interface Running {
  readonly began: Millis;
  readonly started: Millis;
  readonly until: Millis;
  readonly entries: PackedEntries;
  readonly handshake: readonly CaptureEntry[];
  readonly cancel: () => void;
  bytes: number;
  count: number;
  held: number;
}

const bytesIn = (entry: CaptureEntry): number => ("bytes" in entry ? entry.bytes.length : 0);
const lengthOf = (entry: CaptureEntry): number => lineOverhead + 2 * bytesIn(entry);

export class LinkRecorder implements LinkRecording {
  readonly #options: LinkRecorderOptions;
  #running: Running | undefined;
  #last: RecordingStatus | null = null;

  constructor(options: LinkRecorderOptions) {
    this.#options = options;
  }

  readonly status: LinkRecording["status"] = () => {
    const running = this.#running;
    return running === undefined
      ? this.#last
      : { ...this.#factsOf(running), running: true, ended: null, capture: null };
  };

  readonly start: LinkRecording["start"] = (seconds) => {
    if (this.#running !== undefined) return "running";
    const { clock, slots, handshake } = this.#options;
    if (!slots.take()) return "too-many";
    const [began, started] = [clock.now(), clock.wall()];
    const shaken = handshake();
    this.#running = {
      ...{ began, started, until: started + 1000 * seconds, entries: new PackedEntries(), handshake: shaken },
      ...{ bytes: 0, count: 0, held: shaken.reduce((sum, entry) => sum + lengthOf(entry), 0) },
      cancel: clock.at(began + 1000 * seconds, () => this.#end("time")),
    };
    return "started";
  };

  readonly stop: LinkRecording["stop"] = () => this.#end("stopped");

  readonly close: LinkRecording["close"] = () => void this.#end("closed");

  /** Takes what crosses the link, at any time. */
  readonly note: EntryRecording["note"] = (entry) => {
    const running = this.#running;
    if (running === undefined) return;
    if (running.held + lengthOf(entry) > largest) {
      this.#end("full");
      return;
    }
    running.entries.push({ ...entry, t: this.#options.clock.now() - running.began });
    running.held += lengthOf(entry);
    running.bytes += bytesIn(entry);
    running.count++;
  };

  #factsOf({ started, until, bytes, count }: Running) {
    return { started, until, bytes, entries: count };
  }

  #end(ended: RecordingEnd): boolean {
    const running = this.#running;
    if (running === undefined) return false;
    const { id, link, clock, shelf, slots } = this.#options;
    this.#running = undefined;
    running.cancel();
    slots.give();
    const until = Math.min(running.until, clock.wall());
    const text = running.bytes === 0 ? undefined : this.#textOf(running, linkKind(link));
    const capture =
      text === undefined ? undefined : shelf.put(id, clock.wall(), text, { state: "recorded", cause: null });
    this.#last = { ...this.#factsOf(running), until, running: false, ended, capture: capture ?? null };
    return true;
  }

  #textOf({ started, handshake, entries }: Running, link: string): string {
    const head = captureHead({ started: new Date(started).toISOString(), link });
    const before = handshake.map((entry) => captureLine({ ...entry, t: 0 }));
    return [head, ...before, ...[...entries].map(captureLine)].join("");
  }
}
