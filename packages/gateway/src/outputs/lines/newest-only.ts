/** Gives each client the newest of something, and leaves those that do not take it. */
import type { Socket } from "node:net";
import type { Millis } from "@meterport/protocol/ports";

export type Taker = Pick<Socket, "write" | "writableLength" | "destroy">;

export class NewestOnly {
  readonly #patience: Millis;
  /** Since when each client takes nothing. */
  readonly #stuckSince = new WeakMap<Taker, Millis>();

  /** @param patience how long a client may take nothing */
  constructor(patience: Millis) {
    this.#patience = patience;
  }

  /**
   * A client that still has something before it gets nothing more, so at most one message waits for each.
   *
   * @returns whether it was given
   */
  give(client: Taker, bytes: Uint8Array, now: Millis): boolean {
    if (client.writableLength === 0) {
      this.#stuckSince.delete(client);
      client.write(bytes);
      return true;
    }
    const since = this.#stuckSince.get(client) ?? now;
    this.#stuckSince.set(client, since);
    if (now - since >= this.#patience) client.destroy();
    return false;
  }
}
