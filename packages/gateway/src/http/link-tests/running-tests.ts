/** Tests of links: one at a time for each name, and the newest result of each. */
import { MeterportError } from "@meterport/protocol/errors";
import type { Clock, Millis } from "@meterport/protocol/ports";

export interface LinkTestRecord<T> {
  readonly state: "running" | "done" | "failed";
  /** Milliseconds since 1970. */
  readonly started: Millis;
  readonly took: Millis | null;
  readonly problem: string | null;
  readonly value: T | null;
}

/** More results than anybody looks at. */
const mostKept = 200;

export class RunningTests<T> {
  readonly #clock: Clock;
  readonly #log: { readonly error: (text: string) => void };
  readonly #records = new Map<string, LinkTestRecord<T>>();

  constructor(clock: Clock, log: { readonly error: (text: string) => void }) {
    this.#clock = clock;
    this.#log = log;
  }

  get(name: string): LinkTestRecord<T> | undefined {
    return this.#records.get(name);
  }

  isRunning(name: string): boolean {
    return this.#records.get(name)?.state === "running";
  }

  /** Undefined if one of this name is running, or too many are. */
  begin(name: string, run: () => Promise<T>): LinkTestRecord<T> | undefined {
    if (this.isRunning(name) || !this.#makeRoom()) return undefined;
    const { wall, now } = this.#clock;
    const [began, started] = [now(), wall()];
    const record: LinkTestRecord<T> = { state: "running", started, took: null, problem: null, value: null };
    this.#records.delete(name);
    this.#records.set(name, record);
    const end = (outcome: Partial<LinkTestRecord<T>>): void => {
      this.#records.set(name, { ...record, took: Math.round(now() - began), ...outcome });
    };
    run().then(
      (value) => end({ state: "done", value }),
      (error: unknown) => {
        const known = error instanceof MeterportError;
        if (!known) this.#log.error(`test of a link: unexpected: ${error instanceof Error ? error.message : "?"}`);
        const problem = known ? error.message : "the gateway failed to test it; see its log for the reason";
        end({ state: "failed", problem });
      },
    );
    return record;
  }

  #makeRoom(): boolean {
    if (this.#records.size < mostKept) return true;
    const over = [...this.#records].find(([, { state }]) => state !== "running");
    return over !== undefined && this.#records.delete(over[0]);
  }
}
