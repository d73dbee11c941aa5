import type { Answer } from "./requests.ts";

/** What the gateway refused: its code, and its sentence in English if it has one. */
export interface Refused {
  readonly code: string;
  readonly message: string | null;
}

/** One thing that a view asks the gateway for: the answer, or why there is none. */
export class Asked<T> {
  /** The last good answer, which a failure does not remove: `refused` says that it may be out of date. */
  value: T | null = $state.raw(null);
  refused: Refused | null = $state.raw(null);
  busy = $state(false);

  #turn = 0;

  /**
   * Asks; true if there is an answer. The answer to an older question is dropped, and so is one that was given up.
   *
   * @example await asked.ask((signal) => requests.get("points", pointsOf, { signal }), abort.signal)
   */
  async ask(question: (signal: AbortSignal) => Promise<Answer<T>>, signal: AbortSignal): Promise<boolean> {
    const turn = ++this.#turn;
    this.busy = true;
    const answer = await question(signal);
    if (turn !== this.#turn) return false;
    this.busy = false;
    if (signal.aborted) return false;
    if (answer.ok) this.value = answer.value;
    this.refused = answer.ok ? null : { code: answer.code, message: answer.message };
    return answer.ok;
  }

  /** Forgets everything, as for another point. */
  clear(): void {
    this.#turn++;
    this.value = null;
    this.refused = null;
    this.busy = false;
  }
}
