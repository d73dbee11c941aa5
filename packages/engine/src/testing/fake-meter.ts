/** A meter for tests that does what the test tells it, behind the same port as real ones. */
import type { Meter } from "@meterport/client";
import type { LogEvent } from "@meterport/client/readers/events";
import { noCounters } from "@meterport/client/session/session";
import type { LinkCause, LinkCounters, LinkState, LinkStatus } from "@meterport/client/supervision/link-status";
import { LinkError, type MeterportError } from "@meterport/protocol/errors";
import { eventArgumentOf, eventOf } from "@meterport/protocol/meaning/events";
import { emptyReading, type LiveKey, type LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { MeterIdentity } from "../model/point-model.ts";
import type { MeterSource, MeterTask } from "../ports/meter-source.ts";

export const identity: MeterIdentity = {
  manufacturer: "NES",
  model: "83331",
  firmware: "3.70.12",
  serial: "1234",
  utility_serial: null,
  profile: "meter:3.70",
  key_level: "basic",
};

/** A reading with a few values; the rest is unknown. */
export const reading = (time: Millis | string, values: Partial<LiveReading> = {}): LiveReading => ({
  ...emptyReading(typeof time === "string" ? time : new Date(time).toISOString(), "good"),
  ...values,
});

const picked = (values: Partial<LiveReading>, keys: readonly LiveKey[]): Partial<LiveReading> =>
  Object.fromEntries(keys.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])));

/** An entry of the event log: a power-up with its cause, unless told otherwise. */
export const logEvent = (sequence: number, event = 2, argument: readonly number[] = [3, 0]): LogEvent => {
  const bytes = Uint8Array.from(argument);
  const { number, ...meaning } = eventOf(event);
  return {
    ...meaning,
    sequence,
    time: "2026-01-01T00:00:00Z",
    event: number,
    raw: event,
    user: { kind: "nobody" },
    argument: bytes,
    decoded: eventArgumentOf(event, bytes),
    logs: ["primary"],
    quality: "good",
    doubts: [],
  };
};

const counters: LinkCounters = {
  ...noCounters,
  outages: 0,
  opened: 1,
  openFailures: 0,
  probes: 0,
};

export class FakeMeter implements MeterSource {
  /** What the next reads return; set by the test. */
  values: Partial<LiveReading> = { power_w: 500, energy_import_wh: 1_000 };
  /** Makes reads fail while set; the link then has the state `failState`. */
  readFails: MeterportError | undefined;
  failState: LinkState = "silent";
  /** Makes reads hang until their limit. */
  hangs = false;
  /** How long a read takes. */
  readTakes: Millis = 50;
  /** Its event log, newest first, and the error with which reading it fails while set. */
  log: readonly LogEvent[] = [];
  logFails: Error | undefined;
  /** How many entries each read of the log requested. */
  readonly logReads: number[] = [];
  /** When reads of all keys began, and those of some. */
  readonly reads: Millis[] = [];
  readonly partReads: Millis[] = [];
  closes = 0;
  overlaps = 0;
  retries = 0;
  #busy = 0;
  #endWait: () => void = () => {};
  #state: LinkState = "connecting";
  #cause: LinkCause | null = null;
  #since: Millis;
  readonly #clock: Clock;
  readonly #listeners = new Set<(status: LinkStatus) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.wall();
  }

  /** Connects in 100 ms. */
  readonly start = (): void => {
    this.#clock.at(this.#clock.now() + 100, () => this.turn("up"));
  };

  /** Changes the state of the link, as its supervision would. */
  turn(state: LinkState, cause: LinkCause | null = null): void {
    if (state !== this.#state) this.#since = this.#clock.wall();
    this.#state = state;
    this.#cause = cause;
    for (const listener of this.#listeners) listener(this.status());
  }

  readonly status = (): LinkStatus => ({
    state: this.#state,
    since: this.#since,
    cause: this.#cause,
    answering: this.#state === "up" || this.#state === "degraded" || this.#cause?.code === "no-permission",
    baud: undefined,
    counters: { ...counters, retries: this.retries },
  });

  readonly listen = (listener: (status: LinkStatus) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly identity = (): MeterIdentity | null => (this.#state === "connecting" ? null : identity);

  readonly read = async (limit: Millis, keys?: readonly LiveKey[]): Promise<LiveReading> => {
    const fail = (error: MeterportError): never => {
      this.turn(this.failState, { code: error.code, text: error.message });
      throw error;
    };
    (keys === undefined ? this.reads : this.partReads).push(this.#clock.now());
    if (this.#busy++ > 0) this.overlaps++;
    try {
      await this.#wait(this.hangs ? limit : this.readTakes);
      if (this.hangs) return fail(new LinkError("no-answer", "read BT23", `not done after ${limit / 1000} s`));
      if (this.readFails !== undefined) return fail(this.readFails);
      if (this.#state !== "up") this.turn("up");
      return reading(this.#clock.wall(), keys === undefined ? this.values : picked(this.values, keys));
    } finally {
      this.#busy--;
    }
  };

  readonly events = async (count: number): Promise<readonly LogEvent[]> => {
    this.logReads.push(count);
    await new Promise<void>((resolve) => {
      this.#clock.at(this.#clock.now() + this.readTakes, resolve);
    });
    if (this.logFails !== undefined) throw this.logFails;
    return this.log.slice(0, count);
  };

  /** How it says that live values are read; set by the test. */
  livePlan: MeterSource["livePlan"];

  /** The meter that tasks get; set by the test. */
  connected: Meter | undefined;

  readonly ask = async <T>(task: MeterTask<T>): Promise<T> => {
    if (this.connected === undefined) throw new LinkError("no-answer", task.label, "this fake meter has no tables");
    return task.run(this.connected, { aborted: false, addEventListener: () => {}, removeEventListener: () => {} });
  };

  readonly close = async (): Promise<void> => {
    this.closes++;
    this.#endWait();
  };

  #wait(milliseconds: Millis): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.at(this.#clock.now() + milliseconds, resolve);
      this.#endWait = () => {
        cancel();
        resolve();
      };
    });
  }
}
