/** What was seen while a request waited, and which of it tells most about why it failed. */

import type { LinkFailure } from "../../errors.ts";

/** What can be seen on the line without a trustworthy answer. */
export type Seen = Extract<
  LinkFailure,
  | "no-answer"
  | "only-alerts"
  | "garbage"
  | "echo"
  | "wrong-key"
  | "no-tls"
  | "tls-required"
  | "tls"
  | "half-reply"
  | "bad-digest"
  | "bad-resync"
  | "other-reply"
  | "optical-session"
>;

/** From the least to the most informative. 0x0B stands low: one of them among other things is more likely noise in the request. */
const order: readonly Seen[] = [
  "no-answer",
  "only-alerts",
  "garbage",
  "echo",
  "wrong-key",
  "tls",
  "no-tls",
  "tls-required",
  "half-reply",
  "bad-digest",
  "bad-resync",
  "other-reply",
  "optical-session",
];

const sentence: Readonly<Record<Seen, string>> = {
  "no-answer": "no answer",
  "only-alerts": "only alerts came, no answer: the meter talks but does not hear us",
  garbage: "only bytes that make no frame came",
  echo: "only our own bytes came back: check whether transmit and receive are joined",
  "wrong-key": "the meter knows no key that fits the digest (0x0B)",
  tls: "TLS with the meter failed",
  "no-tls": "the port does not speak TLS",
  "tls-required": "the port refuses RC4 and demands TLS",
  "half-reply": "the answer stopped before its end",
  "bad-digest": "an answer came, but its digest does not fit",
  "bad-resync": "the meter asks for another sequence number, but the digest of its answer does not fit",
  "other-reply": "only the answer to an earlier request came",
  "optical-session": "packets of the optical port came, which has the meter's line now",
};

/** Collects over all attempts of one request. */
export class Evidence {
  #best: Seen = "no-answer";
  #note = "";
  #refusals = 0;

  /** Notes what was seen; `note` is shown after the sentence. */
  add(seen: Seen, note = ""): void {
    if (seen === "wrong-key") this.#refusals++;
    if (order.indexOf(seen) < order.indexOf(this.#best)) return;
    this.#best = seen;
    this.#note = note;
  }

  /** The most informative thing seen in `attempts` attempts. */
  failure(attempts: number): Seen {
    const keyFits = this.#best === "other-reply";
    return this.#refusals >= attempts && attempts > 0 && !keyFits ? "wrong-key" : this.#best;
  }

  /** One sentence without a full stop, e.g. "no answer after 3 attempts (500 ms each)". */
  detail(attempts: number, timeout: number): string {
    const failure = this.failure(attempts);
    const note = this.#note !== "" && failure === this.#best ? ` (${this.#note})` : "";
    const times = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
    const each = failure === "no-answer" ? ` (${timeout} ms each)` : "";
    const refused = failure === "wrong-key" && this.#refusals < attempts ? `, in ${this.#refusals} of them` : "";
    if (failure === "wrong-key" && note !== "") return `the meter refuses the key${note} after ${times}`;
    return `${sentence[failure]}${note} after ${times}${each}${refused}`;
  }
}
