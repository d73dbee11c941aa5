/** Who may read the device: each has a token, and gets it only while somebody holds the button. */
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import { hashOf } from "../../access/token.ts";
import { mostUsers, type V2User } from "./v2-file.ts";

/** As long as after the button of a device was pressed. */
export const buttonTime: Millis = 30_000;

const tokenForm = /^[A-F0-9]{32}$/;

export interface V2UsersOptions {
  readonly users: readonly V2User[];
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Keeps them before anybody is told. @throws Error if that fails */
  readonly keep: (users: readonly V2User[]) => void;
}

export type Admission = { readonly token: string } | { readonly refusal: "closed" | "full" };

export class V2Users {
  readonly #options: V2UsersOptions;
  #users: readonly V2User[];
  #openUntil: Millis = Number.NEGATIVE_INFINITY;

  constructor(options: V2UsersOptions) {
    this.#options = options;
    this.#users = options.users;
  }

  get names(): readonly string[] {
    return this.#users.map(({ name }) => name);
  }

  /** The button is pressed: the next who asks within half a minute is let in. */
  press(): void {
    this.#openUntil = this.#options.clock.now() + buttonTime;
  }

  /** One press lets one in. A name that is known gets another token, and its old one is worth nothing. */
  admit(name: string): Admission {
    const { clock, entropy, keep } = this.#options;
    if (clock.now() >= this.#openUntil) return { refusal: "closed" };
    const others = this.#users.filter((user) => user.name !== name);
    if (others.length >= mostUsers) return { refusal: "full" };
    const token = Buffer.from(entropy(16)).toString("hex").toUpperCase();
    const users = [...others, { name, hash: hashOf(token), created: new Date(clock.wall()).toISOString() }];
    keep(users);
    this.#users = users;
    this.#openUntil = Number.NEGATIVE_INFINITY;
    return { token };
  }

  /** Whose token it is. The hash is looked up, so the time that this takes says nothing of a token. */
  nameOf(token: string): string | undefined {
    if (!tokenForm.test(token)) return undefined;
    const hash = hashOf(token);
    return this.#users.find((user) => user.hash === hash)?.name;
  }

  /** False if there is nobody of this name. */
  remove(name: string): boolean {
    const users = this.#users.filter((user) => user.name !== name);
    if (users.length === this.#users.length) return false;
    this.#options.keep(users);
    this.#users = users;
    return true;
  }
}
