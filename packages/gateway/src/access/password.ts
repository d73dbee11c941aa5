/** Passwords: scrypt with a salt of their own, and never more than two computations at once. */
import { scrypt, timingSafeEqual } from "node:crypto";
import type { Entropy } from "@meterport/protocol/ports";

/** The cost of a hash, stored with it, so that a later version can raise it. */
export interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MB and about a quarter of a second; the recommendation of OWASP for machines with little memory. */
export const usualCost: Cost = { N: 2 ** 15, r: 8, p: 3 };

export interface PasswordHash extends Cost {
  readonly kdf: "scrypt";
  /** In base64, as `hash` is. */
  readonly salt: string;
  readonly hash: string;
}

const hashLength = 32;
const atOnce = 2;
/** More would wait longer than a person does. */
const mayWait = 8;

/** Whether a stored cost is one that this machine should pay. */
export const isAffordable = ({ N, r, p }: Cost): boolean =>
  Number.isInteger(Math.log2(N)) && N >= 2 && N <= 2 ** 17 && r >= 1 && r <= 16 && p >= 1 && p <= 8;

const derive = (password: string, salt: Uint8Array, { N, r, p }: Cost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    // The same letter may be typed in two ways.
    const text = password.normalize("NFC");
    // 128 N r bytes are needed, and a little more.
    const maxmem = 2 * 128 * N * r + (1 << 20);
    scrypt(text, salt, hashLength, { N, r, p, maxmem }, (error, hash) =>
      error === null ? resolve(hash) : reject(error),
    );
  });

export const hashPassword = async (password: string, entropy: Entropy, cost: Cost): Promise<PasswordHash> => {
  const salt = entropy(16);
  const hash = await derive(password, salt, cost);
  const { N, r, p } = cost;
  return { kdf: "scrypt", N, r, p, salt: Buffer.from(salt).toString("base64"), hash: hash.toString("base64") };
};

/** Fits no password, and costs as much to check as one that does. */
export const nobodysHash = (entropy: Entropy, { N, r, p }: Cost): PasswordHash => {
  const random = (length: number) => Buffer.from(entropy(length)).toString("base64");
  return { kdf: "scrypt", N, r, p, salt: random(16), hash: random(hashLength) };
};

const matches = async (password: string, stored: PasswordHash): Promise<boolean> => {
  const expected = Buffer.from(stored.hash, "base64");
  const found = await derive(password, Buffer.from(stored.salt, "base64"), stored);
  // HMAC fills a short key with zeros, so scrypt does not tell "a" from "a\0".
  return !password.includes("\0") && expected.length === found.length && timingSafeEqual(expected, found);
};

/** Checks passwords, a few at a time. */
export class PasswordChecks {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Computations in progress. */
  get running(): number {
    return this.#running;
  }

  /** Whether the password fits; `undefined` if too many others wait already. */
  async check(password: string, stored: PasswordHash): Promise<boolean | undefined> {
    if (this.#running >= atOnce) {
      if (this.#waiting.length >= mayWait) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await matches(password, stored);
    } finally {
      const next = this.#waiting.shift();
      // The place passes on to the next one.
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
