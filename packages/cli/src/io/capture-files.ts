/** Files that take a capture. */
import { KeptHandshake } from "@meterport/client/recording/kept-handshake";
import type { RecordingOptions } from "@meterport/client/recording/recording";
import { captureHead, captureLine, parseCaptureLine } from "@meterport/protocol/capture/capture";
import type { Io, OutputFile } from "./io.ts";

interface Begun extends RecordingOptions {
  readonly file: OutputFile;
}

/**
 * Starts a capture in a file, with its header.
 *
 * @param link only its kind is noted, never the host
 * @throws UsageError if the file cannot be written
 */
export const beginCapture = (io: Io, path: string, link: string): Begun => {
  const file = io.createCapture(path);
  const began = io.clock.now();
  const kind = /^([a-z0-9]+):\/\//.exec(link)?.[1] ?? "serial";
  file.write(captureHead({ started: new Date(io.clock.wall()).toISOString(), link: kind }));
  return { file, elapsed: () => io.clock.now() - began, write: file.write };
};

export interface CaptureLimits {
  /** Bytes per file, which one line may exceed. */
  readonly size: number;
  /** Number of files in rotation, overwriting the oldest; a single file ends when it is full. */
  readonly files: number;
}

/**
 * The name of the n-th of several files: "day.ndjson" as the second is "day.2.ndjson".
 *
 * @example
 * numbered("day.ndjson", 2) // "day.2.ndjson"
 */
export const numbered = (path: string, n: number): string => path.replace(/(\.[^./\\]*)?$/, `.${n}$1`);

/** A capture that does not fill the disk. */
export class LimitedCapture implements RecordingOptions {
  readonly #io: Io;
  readonly #path: string;
  readonly #link: string;
  readonly #limits: CaptureLimits;
  readonly #written = new Set<string>();
  readonly #handshake = new KeptHandshake();
  #begun: Begun | undefined;
  #length = 0;
  #turn = 0;

  /** @throws UsageError if the file cannot be written */
  constructor(io: Io, path: string, link: string, limits: CaptureLimits) {
    this.#io = io;
    this.#path = path;
    this.#link = link;
    this.#limits = limits;
    // Created before anything is recorded, so that a problem shows at once.
    for (let n = 1; limits.files > 1 && n <= limits.files; n++) io.checkNew(numbered(path, n));
    this.#begin();
  }

  /** The files that hold something, in the order in which they were started. */
  get paths(): readonly string[] {
    return [...this.#written];
  }

  /** Whether recording has stopped. */
  get full(): boolean {
    return this.#begun === undefined;
  }

  readonly elapsed = (): number => this.#begun?.elapsed() ?? 0;

  /** @throws UsageError if the file cannot be written any more */
  readonly write = (line: string): void => {
    if (this.#begun === undefined) return;
    this.#put(this.#begun, line);
    if (this.#limits.files > 1) this.#handshake.see(parseCaptureLine(line));
    if (this.#length < this.#limits.size) return;
    this.close();
    // Started now, so that the times of the next line count from the beginning of its file.
    if (this.#limits.files > 1) this.#begin();
  };

  #put(begun: Begun, line: string): void {
    begun.write(line);
    this.#length += line.length;
  }

  close(): void {
    this.#begun?.file.close();
    this.#begun = undefined;
  }

  #begin(): void {
    const { files } = this.#limits;
    const path = files === 1 ? this.#path : numbered(this.#path, 1 + (this.#turn++ % files));
    this.#length = 0;
    const begun = beginCapture(this.#io, path, this.#link);
    this.#begun = begun;
    // A TLS session that continues can be opened in each file.
    for (const entry of this.#handshake.entries) this.#put(begun, captureLine({ ...entry, t: 0 }));
    this.#written.delete(path);
    this.#written.add(path);
  }
}
