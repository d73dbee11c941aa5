import type { Answer, RequestOptions, Requests } from "../../state/requests.ts";

/** One answer of the gateway, asked for when it is made and again on demand. */
export class Asked<T> {
  /** Null while it waits. */
  answer: Answer<T> | null = $state.raw(null);
  readonly #requests: Requests;
  readonly #path: string;
  readonly #parse: (data: unknown) => T | null;
  readonly #options: RequestOptions;
  #stop = new AbortController();

  constructor(requests: Requests, path: string, parse: (data: unknown) => T | null, options: RequestOptions = {}) {
    this.#requests = requests;
    this.#path = path;
    this.#parse = parse;
    this.#options = options;
    void this.ask();
  }

  get value(): T | null {
    return this.answer?.ok === true ? this.answer.value : null;
  }

  async ask(): Promise<void> {
    this.answer = null;
    await this.renew();
  }

  /** Asks again, and shows what is known until the answer comes; keeps it if there is none. */
  async renew(): Promise<void> {
    this.#stop.abort();
    const stop = new AbortController();
    this.#stop = stop;
    const answer = await this.#requests.get(this.#path, this.#parse, { ...this.#options, signal: stop.signal });
    if (!stop.signal.aborted && (answer.ok || this.answer?.ok !== true)) this.answer = answer;
  }

  close(): void {
    this.#stop.abort();
  }
}
