/** Requests that wait for their turn: bounded, higher priority first, otherwise in order of arrival. */

/** What the queue needs to know of a request. */
export interface Ranked {
  readonly id: number;
  readonly priority: number;
}

/** A bounded queue. */
export class Waiting<Request extends Ranked> {
  readonly #limit: number;
  readonly #requests: Request[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#requests.length;
  }

  /** Puts a request behind those of its priority; false where the queue is full. */
  add(request: Request): boolean {
    if (this.#requests.length >= this.#limit) return false;
    let at = this.#requests.length;
    while (at > 0 && (this.#requests[at - 1] as Request).priority < request.priority) at--;
    this.#requests.splice(at, 0, request);
    return true;
  }

  /** Takes the next one out. */
  next(): Request | undefined {
    return this.#requests.shift();
  }

  /** Takes the one with this id out. */
  remove(id: number): Request | undefined {
    const at = this.#requests.findIndex((request) => request.id === id);
    return at < 0 ? undefined : this.#requests.splice(at, 1)[0];
  }
}
