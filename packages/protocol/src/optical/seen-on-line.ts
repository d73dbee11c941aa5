/** What was seen on the line while a request waited, and which of it tells most about why it failed. */
import type { LinkFailure } from "../errors.ts";
import type { DiscardReason } from "../mep/link/exchange.ts";

type Seen = Extract<LinkFailure, "no-answer" | "garbage" | "echo" | "half-reply" | "bad-digest">;

/** From the least to the most informative. */
const order: readonly Seen[] = ["no-answer", "garbage", "echo", "half-reply", "bad-digest"];

const sentence: Readonly<Record<Seen, string>> = {
  "no-answer": "no answer",
  garbage: "only bytes that make no packet came",
  echo: "only our own bytes came back: the optical head echoes, and the meter does not answer",
  "half-reply": "packets stopped before their end",
  "bad-digest": "packets came damaged",
};

const seenIn: Readonly<Partial<Record<DiscardReason, Seen>>> = {
  garbage: "garbage",
  echo: "echo",
  incomplete: "half-reply",
  "bad-digest": "bad-digest",
};

/** Collects over all attempts of one request. */
export class SeenOnLine {
  #best: Seen = "no-answer";
  #answered = false;
  #refused = false;

  /** Bytes were thrown away for this reason. */
  add(reason: DiscardReason): void {
    const seen = seenIn[reason];
    if (seen !== undefined && order.indexOf(seen) > order.indexOf(this.#best)) this.#best = seen;
  }

  /** A whole packet came: the meter is there. */
  answered(): void {
    this.#answered = true;
  }

  /** The meter refused a packet with NAK. */
  refused(): void {
    this.#refused = true;
  }

  get failure(): LinkFailure {
    return (this.#answered || this.#refused) && this.#best === "no-answer" ? "session" : this.#best;
  }

  /** One sentence without a full stop. */
  detail(attempts: number): string {
    const times = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
    if (this.failure === "session" && !this.#answered)
      return `the meter refused each packet (NAK) in ${times}: what we send arrives damaged, or it is not ready`;
    if (this.failure === "session") return `the meter stopped answering after ${times}`;
    return `${sentence[this.#best]} after ${times}`;
  }
}
