/** A link that is healthy, takes any key, and lets a test decide how long that takes. */
import type { LinkService } from "../meters/link-service.ts";
import type { KeyVerdict } from "../meters/tested-link.ts";

export const works: KeyVerdict = {
  ...{ outcome: "works", level: "basic", meter: "NES 83331, firmware 3.70.12", profile: "meter:3.70", code: null },
  message: "the meter answers, and the key is the basic one",
  offer: { phases: 3, power_w: 1234, profile_days: 60, profile_minutes: 15 },
};

export class FakeLink implements LinkService {
  readonly link = { kind: "tcp", optical: false, security: "auto" } as const;
  /** The keys that were tried. */
  readonly keys: string[] = [];
  /** What each test waits for, and what it throws while set. */
  gate: Promise<void> = Promise.resolve();
  fails: Error | undefined;
  recorder: LinkService["recorder"];

  readonly doctor: LinkService["doctor"] = () =>
    this.#result({
      ...{ sickness: null, usable: true, broken: [], meter: "NES 83331, firmware 3.70.12", took: 28_400 },
      checks: [{ name: "open", verdict: "good", finding: "opened", facts: {} }],
    });

  readonly tryKey: LinkService["tryKey"] = (key) => {
    this.keys.push(String.fromCharCode(...key.reveal()));
    return this.#result(works);
  };

  async #result<T>(value: T): Promise<T> {
    await this.gate;
    if (this.fails !== undefined) throw this.fails;
    return value;
  }
}
