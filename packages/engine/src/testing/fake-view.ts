/** A metering point for outputs, whose values a test sets. */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { staleAnswer } from "../guard/measured.ts";
import type { LinkHealth, LiveAnswer } from "../model/point-model.ts";
import type { MeterChange, MeterView } from "../points/meter-view.ts";
import { identity, reading } from "./fake-meter.ts";

const healthyLink: LinkHealth = {
  ...{ state: "up", url: "memory://", since: "2026-01-01T00:00:00.000Z", cause: null, problem: null, baud: null },
  ...{ last_reading: null, poll_interval_ms: 2_000, late_after_ms: 3_000, stale_after_ms: 4_000 },
  ...{ polls: 0, failures: 0, retries: 0, discarded: 0, outages: 0, alerts: 0, round_trip_ms: null },
};

export class FakeView implements MeterView {
  readonly id: string;
  name: string;
  link: LinkHealth = healthyLink;
  #live: LiveAnswer;
  readonly #listeners = new Set<(change: MeterChange) => void>();

  constructor(id: string, name = id) {
    this.id = id;
    this.name = name;
    this.#live = staleAnswer(id, null);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  readonly summary = () => ({ id: this.id, name: this.name, link: this.link, simulated: false });
  readonly detail = () => ({ ...this.summary(), identity });
  readonly live = (): LiveAnswer => this.#live;

  readonly subscribe = (listener: (change: MeterChange) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** A reading came, at this wall time. */
  read(time: number, values: Partial<LiveReading>): void {
    this.#say({ id: this.id, ...reading(time, values) });
  }

  /** The values are too old. */
  goStale(): void {
    this.#say(staleAnswer(this.id, this.#live.time));
  }

  #say(live: LiveAnswer): void {
    this.#live = live;
    for (const listener of this.#listeners) {
      listener({ event: "live", data: live });
      listener({ event: "link", data: this.link });
    }
  }
}
