/** Remembers the traffic of a meter's link, and puts it on the shelf when the link fails. */

import type { EntryRecording } from "@meterport/client/recording/recording";
import { recordTransport } from "@meterport/client/recording/recording";
import { RecordingRing } from "@meterport/client/recording/recording-ring";
import type { LinkState, LinkStatus } from "@meterport/client/supervision/link-status";
import type { CaptureEntry } from "@meterport/protocol/capture/capture";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { MeterAccess } from "../meters/meter-link.ts";
import { badLinkStates } from "./bad-link-states.ts";
import type { CaptureShelf } from "./capture-shelf.ts";
import { linkKind } from "./link-kind.ts";

/** Some minutes of live readings: enough to see how a problem began. */
const age: Millis = 5 * 60_000;
/** Characters of a link's capture; its memory takes less than half. Even the least holds some ten live readings. */
const size = { most: 512 * 1024, least: 8 * 1024 } as const;
/** Characters of all links together, so that thousands of meters do not fill the memory with their captures. */
const sizeOfAll = 128 * 1024 * 1024;
/** Keeps an unstable link from filling the shelf. */
const atMostEvery: Millis = 60_000;

export interface ErrorRecorderOptions {
  readonly id: string;
  /** Only its kind is recorded. */
  readonly link: string;
  readonly clock: Clock;
  readonly shelf: Pick<CaptureShelf, "put">;
  /** How many links are recorded; 1 by default. */
  readonly links?: number | undefined;
  /** Gets the same entries as they come. */
  readonly alsoTo?: EntryRecording["note"] | undefined;
}

export class ErrorRecorder {
  readonly #options: ErrorRecorderOptions;
  readonly #ring: RecordingRing;
  #state: LinkState = "connecting";
  #last: Millis | undefined;

  constructor(options: ErrorRecorderOptions) {
    this.#options = options;
    const share = Math.floor(sizeOfAll / (options.links ?? 1));
    const kept = Math.min(size.most, Math.max(size.least, share));
    this.#ring = new RecordingRing({ clock: options.clock, size: kept, age });
  }

  /** The same access, with every transport recorded. */
  readonly noting = (access: MeterAccess): MeterAccess => ({
    ...access,
    open: async (how) => recordTransport(await access.open(how), { elapsed: this.#ring.elapsed, note: this.#note }),
  });

  /** The handshake of the TLS session in progress; empty without TLS. */
  readonly handshake = (): readonly CaptureEntry[] => this.#ring.handshake();

  readonly #note: EntryRecording["note"] = (entry) => {
    this.#ring.note(entry);
    this.#options.alsoTo?.(entry);
  };

  /** To be called at each change of the link. */
  readonly linkChanged = ({ state, cause }: Pick<LinkStatus, "state" | "cause">): void => {
    const bad = badLinkStates.find((each) => each === state);
    const turned = state !== this.#state;
    this.#state = state;
    const { id, link, clock, shelf } = this.#options;
    if (bad === undefined || !turned || (this.#last !== undefined && clock.now() - this.#last < atMostEvery)) return;
    const text = this.#ring.capture(linkKind(link));
    if (text === undefined) return;
    this.#last = clock.now();
    shelf.put(id, clock.wall(), text, { state: bad, cause: cause?.code ?? null });
  };
}
