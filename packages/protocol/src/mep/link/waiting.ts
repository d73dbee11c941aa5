/** Requests that wait for their turn: bounded, higher priority first, otherwise in order of arrival. */

/** What the queue needs to know of a request. */
export interface Ranked {
  readonly id: number;
  readonly priority: number;
  /** A read may give way: its caller can ask again. */
  readonly reads: boolean;
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

  /**
   * Puts a request behind those of its priority. Where the queue is full, the oldest read of the lowest priority gives way
   * to one of a higher; gives the request that has no place, which may be the new one.
   */
  add(request: Request): Request | undefined {
    const displaced = this.#requests.length < this.#limit ? undefined : this.#leastWanted(request.priority);
    if (displaced === undefined && this.#requests.length >= this.#limit) return request;
    if (displaced !== undefined) this.remove(displaced.id);
    let at = this.#requests.length;
    while (at > 0 && (this.#requests[at - 1] as Request).priority < request.priority) at--;
    if (at === this.#requests.length) this.#requests.push(request);
    else this.#requests.splice(at, 0, request);
    return displaced;
  }

  /** They stand in the order of their priority, and of their age within it. */
  #leastWanted(above: number): Request | undefined {
    const reads = this.#requests.filter((request) => request.reads && request.priority < above);
    const lowest = reads.at(-1)?.priority;
    return reads.find(({ priority }) => priority === lowest);
  }

  /** Takes the next one out. */
  next(): Request | undefined {
    return this.#requests.shift();
  }

  /** Takes all out of which that is true. */
  removeAll(unwanted: (request: Request) => boolean): readonly Request[] {
    const removed = this.#requests.filter(unwanted);
    for (const { id } of removed) this.remove(id);
    return removed;
  }

  /** Takes the one with this id out. */
  remove(id: number): Request | undefined {
    const at = this.#requests.findIndex((request) => request.id === id);
    return at < 0 ? undefined : this.#requests.splice(at, 1)[0];
  }
}
