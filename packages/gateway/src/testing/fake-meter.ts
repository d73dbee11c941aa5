/** A meter for tests that does what it is told, behind the port that real ones stand behind. */
import { LinkError } from "@meterport/protocol/errors";
import { emptyReading, type LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { MeterIdentity } from "../api.ts";
import type { MeterSource, OpenMeter } from "../meter-source.ts";

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

export class FakeMeter {
  /** What the next reads give; set by the test. */
  values: Partial<LiveReading> = { power_w: 500, energy_import_wh: 1_000 };
  /** Makes opening or reading fail while set. */
  openFails: Error | undefined;
  readFails: Error | undefined;
  /** Makes reads hang for ever, deaf to their signal. */
  hangs = false;
  /** How long a read, or opening, takes. */
  readTakes: Millis = 50;
  openTakes: Millis = 100;
  /** When reads began. */
  readonly reads: Millis[] = [];
  readonly opens: Millis[] = [];
  closes = 0;
  overlaps = 0;
  retries = 0;
  #busy = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly open: OpenMeter = async () => {
    this.opens.push(this.#clock.now());
    await this.#wait(this.openTakes);
    if (this.openFails !== undefined) throw this.openFails;
    let open = true;
    const source: MeterSource = {
      identity,
      read: async () => {
        if (!open) throw new LinkError("closed", "read BT23", "the link is closed");
        this.reads.push(this.#clock.now());
        if (this.#busy++ > 0) this.overlaps++;
        try {
          if (this.hangs) await new Promise(() => {});
          await this.#wait(this.readTakes);
          if (this.readFails !== undefined) throw this.readFails;
          return reading(this.#clock.wall(), this.values);
        } finally {
          this.#busy--;
        }
      },
      counters: () => ({ retries: this.retries, discarded: 0 }),
      close: async () => {
        if (open) this.closes++;
        open = false;
        this.#busy = 0;
      },
    };
    return source;
  };

  #wait(milliseconds: Millis): Promise<void> {
    return new Promise((resolve) => this.#clock.at(this.#clock.now() + milliseconds, resolve));
  }
}
