import { createContext } from "svelte";
import type { Refusal, SessionApi, Who } from "./session-api.ts";

type Scope = NonNullable<Who["scope"]>;
const RANK: Readonly<Record<Scope, number>> = { read: 0, operate: 1, admin: 2 };

/** Who reads the page. */
export class Session {
  /** Null until the gateway has said it. */
  who: Who | null = $state.raw(null);
  /** Instead of the page there is the form to sign in. */
  readonly wanted = $derived(this.who?.state === "signed-out");
  /** The name of a reader who can sign out. */
  readonly user = $derived(this.who?.kind === "user" ? this.who.name : null);

  readonly #api: SessionApi;
  readonly #restart: () => void;
  #asking = false;

  /** @param restart loads the page again, for another reader */
  constructor(api: SessionApi, restart: () => void) {
    this.#api = api;
    this.#restart = restart;
    void this.look();
  }

  /** Whether the reader may do what needs this right; false until that is known. */
  may(scope: Scope): boolean {
    const own = this.who?.scope ?? null;
    return own !== null && RANK[own] >= RANK[scope];
  }

  /** Whether the gateway has a part beside its meters, such as "fleet"; false until that is known. */
  has(part: string): boolean {
    return this.who?.parts.includes(part) === true;
  }

  /** Asks the gateway who the reader is: at the start, and when it has refused an answer. */
  async look(): Promise<void> {
    if (this.#asking || this.wanted) return;
    this.#asking = true;
    this.who = (await this.#api.who()) ?? this.who;
    this.#asking = false;
  }

  /** With a code, makes the first user. */
  async signIn(name: string, password: string, code: string | null): Promise<Refusal> {
    const refusal = code === null ? await this.#api.signIn(name, password) : await this.#api.pair(code, name, password);
    if (refusal === null) this.#restart();
    return refusal;
  }

  async signOut(): Promise<void> {
    if (await this.#api.signOut()) this.#restart();
  }
}

export const [getSession, setSession] = createContext<Session>();
