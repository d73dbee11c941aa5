import type { Refused } from "./asked.svelte.ts";
import type { Answer } from "./requests.ts";

/** What a reader tells the gateway to do: whether it is on its way, and what came of it. */
export class Command {
  busy = $state(false);
  /** The sentence that says that it is done; empty until then. */
  done = $state("");
  /** Why it is not done. */
  refused: Refused | null = $state.raw(null);

  /**
   * Waits for the answer. What the one before came to is no longer said.
   *
   * @example await command.send(requests.send("POST", "tokens", body, newTokenOf), () => words.added(name))
   */
  async send<T>(request: Promise<Answer<T>>, said: (value: T) => string = () => ""): Promise<Answer<T>> {
    this.busy = true;
    this.done = "";
    this.refused = null;
    const answer = await request;
    this.busy = false;
    if (answer.ok) this.done = said(answer.value);
    else this.refused = { code: answer.code, message: answer.message };
    return answer;
  }
}
