import type { Refused } from "../../state/asked.svelte.ts";
import type { Answer, Requests } from "../../state/requests.ts";
import { followJob, visiblePause } from "./follow-job.ts";
import type { Job } from "./link-answers.ts";

const pause = visiblePause({
  isHidden: () => document.hidden,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
});

/** A job of the gateway at one address: what is known of it, and how to begin it. */
export class LinkJob<T extends Job> {
  record: T | null = $state.raw(null);
  /** Why it cannot be asked for, or did not begin. */
  refused: Refused | null = $state.raw(null);
  /** While a wish of the reader is on its way. */
  busy = $state(false);
  readonly running = $derived(this.record?.state === "running");

  readonly #requests: Pick<Requests, "get" | "send">;
  readonly #parse: (data: unknown) => T | null;
  #watched: { readonly path: string; readonly signal: AbortSignal } | null = null;
  /** What the gateway says where there was none yet. */
  static readonly #NONE = "no-such-test";

  constructor(requests: Pick<Requests, "get" | "send">, parse: (data: unknown) => T | null) {
    this.#requests = requests;
    this.#parse = parse;
  }

  /**
   * Asks for the newest at an address, and follows it while it runs, until the returned function is called.
   *
   * @param isThere tells first whether there is one
   */
  watch(path: string, isThere?: (signal: AbortSignal) => Promise<Answer<boolean>>): () => void {
    const stop = new AbortController();
    this.#watched = { path, signal: stop.signal };
    void this.#look(path, stop.signal, isThere);
    return () => stop.abort();
  }

  async #look(
    path: string,
    signal: AbortSignal,
    isThere?: (signal: AbortSignal) => Promise<Answer<boolean>>,
  ): Promise<void> {
    if (isThere !== undefined) {
      const answer = await isThere(signal);
      if (signal.aborted) return;
      if (!answer.ok || !answer.value) {
        this.record = null;
        this.refused = answer.ok ? null : { code: answer.code, message: answer.message };
        return;
      }
    }
    await this.#follow(path, signal);
  }

  /** Sends a wish to the address that is watched, and follows what comes of it; true if it was granted. */
  async wish(wish: { readonly method: "POST" | "DELETE"; readonly body?: object }): Promise<boolean> {
    if (this.busy || this.#watched === null) return false;
    const { path, signal } = this.#watched;
    this.busy = true;
    const answer = await this.#requests.send(wish.method, path, wish.body ?? null, this.#parse, { signal });
    this.busy = false;
    if (signal.aborted) return false;
    this.#take(answer);
    if (answer.ok) void this.#follow(path, signal, answer.value);
    return answer.ok;
  }

  #follow(path: string, signal: AbortSignal, known?: T): Promise<void> {
    const ask = (given: AbortSignal) => this.#requests.get(path, this.#parse, { signal: given });
    return followJob({ ask, pause, told: (answer) => this.#take(answer) }, signal, known);
  }

  #take(answer: Answer<T>): void {
    if (answer.ok) {
      this.record = answer.value;
      this.refused = null;
    } else if (answer.code === LinkJob.#NONE) {
      this.record = null;
      this.refused = null;
    } else {
      this.refused = { code: answer.code, message: answer.message };
    }
  }
}
