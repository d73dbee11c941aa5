/** A meter with quiet windows of the day, in which no session is open and nothing is read. */
import type { LogEvent } from "@meterport/client/readers/events";
import type { LinkCause, LinkStatus } from "@meterport/client/supervision/link-status";
import { type LocalOffset, type QuietWindow, quietAt, quietRest, quietText } from "@meterport/engine/plan/quiet";
import type { MeterSource, MeterTask } from "@meterport/engine/ports/meter-source";
import type { LiveKey, LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { PausableSource, type PausableSourceOptions, type Rest } from "./pausable-source.ts";

export interface QuietSourceOptions extends PausableSourceOptions {
  readonly windows: readonly QuietWindow[];
  /** Local time, in which the windows are given. */
  readonly offset: LocalOffset;
}

/** How long before a window nothing new is started, so that the session is over when it begins. */
const lead: Millis = 20_000;

const causeOf = (window: QuietWindow): LinkCause => ({
  code: "quiet",
  text: `the meter is not read from ${quietText(window).replace("-", " to ")}, a quiet window of the configuration`,
});

/** The same meter, with pauses. */
export class QuietSource implements MeterSource {
  readonly #options: QuietSourceOptions;
  readonly #source: PausableSource;
  #window: QuietWindow | undefined;
  #release: (() => void) | undefined;
  #closed = false;
  #cancelLook: () => void = () => {};

  constructor(options: QuietSourceOptions) {
    this.#options = options;
    this.#source = new PausableSource(options);
  }

  readonly start = (): void => this.#look();
  readonly status = (): LinkStatus => this.#source.status();
  readonly condition: PausableSource["condition"] = () => this.#source.condition();
  readonly listen: MeterSource["listen"] = (listener) => this.#source.listen(listener);
  readonly identity: MeterSource["identity"] = () => this.#source.identity();

  readonly livePlan: PausableSource["livePlan"] = () => this.#source.livePlan();

  readonly read = async (limit: Millis, keys?: readonly LiveKey[]): Promise<LiveReading> => {
    this.#look();
    return this.#source.read(limit, keys);
  };

  readonly events = async (count: number, limit: Millis): Promise<readonly LogEvent[]> => {
    this.#look();
    return this.#source.events(count, limit);
  };

  readonly ask = async <T>(task: MeterTask<T>): Promise<T> => {
    this.#look();
    return this.#source.ask(task);
  };

  /** As that of `PausableSource`; a window that begins ends it. */
  readonly rest = async <T>(rest: Rest<T>): Promise<T> => {
    this.#look();
    return this.#source.rest(rest);
  };

  /** As that of `PausableSource`. */
  readonly share = (): void => this.#source.share();

  readonly close = async (): Promise<void> => {
    if (!this.#source.isShared) {
      this.#closed = true;
      this.#cancelLook();
    }
    await this.#source.close();
  };

  /** Starts or pauses by the time of day, and looks again at the next change. The clock may have been set since the last look. */
  #look(): void {
    const { windows, clock, offset } = this.#options;
    if (this.#closed) return;
    const wall = clock.wall();
    const window = quietAt(windows, wall, offset) ?? quietAt(windows, wall + lead, offset);
    if (window === undefined) {
      this.#source.start();
      this.#release?.();
      this.#release = undefined;
    } else {
      this.#window = window;
      this.#release ??= this.#source.hold(() => causeOf(this.#window ?? window));
    }
    this.#cancelLook();
    const rest = Math.min(quietRest(windows, wall, offset), quietRest(windows, wall + lead, offset));
    this.#cancelLook = clock.at(clock.now() + rest, () => this.#look());
  }
}
