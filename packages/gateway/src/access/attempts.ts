/** Growing pauses after failed attempts, in bounded memory. */
import type { Millis } from "@meterport/protocol/ports";

export interface AttemptRules {
  /** Failures without a pause. */
  readonly free: number;
  readonly longest: Millis;
  /** Keys that are remembered; the one that failed longest ago is forgotten first. */
  readonly most?: number | undefined;
}

interface Failures {
  readonly count: number;
  readonly until: Millis;
}

const firstPause: Millis = 1_000;
/** Failures this long ago no longer count. */
const forgetAfter: Millis = 24 * 3_600_000;

export class Attempts {
  readonly #rules: AttemptRules;
  readonly #failures = new Map<string, Failures & { readonly at: Millis }>();

  constructor(rules: AttemptRules) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#failures.size;
  }

  /** The time until the next attempt is allowed; 0 if it is allowed now. */
  wait(key: string, now: Millis): Millis {
    return Math.max(0, (this.#failures.get(key)?.until ?? 0) - now);
  }

  /** Counts an attempt as failed before it is checked, so that attempts at the same time are counted too. */
  begin(key: string, now: Millis): void {
    const before = this.#failures.get(key);
    const count = before !== undefined && now - before.at < forgetAfter ? before.count + 1 : 1;
    const { free, longest, most = 10_000 } = this.#rules;
    const pause = count < free ? 0 : Math.min(firstPause * 2 ** Math.min(count - free, 30), longest);
    this.#failures.delete(key);
    this.#failures.set(key, { count, until: now + pause, at: now });
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= most) break;
      this.#failures.delete(oldest);
    }
  }

  /** Takes back one counted attempt that was never checked. */
  withdraw(key: string): void {
    const before = this.#failures.get(key);
    if (before === undefined) return;
    if (before.count <= 1) this.#failures.delete(key);
    else this.#failures.set(key, { ...before, count: before.count - 1, until: 0 });
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }
}

/** Addresses that one attacker has at once count as one: of IPv6 the network of 64 bits. */
export const addressKey = (address: string): string => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.toLowerCase().split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  const groups = [...before, ...middle, ...after].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ""));
  return `${groups.join(":")}::/64`;
};
