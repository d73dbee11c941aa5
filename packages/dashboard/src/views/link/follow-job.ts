/** Asks the gateway about something that it does, until it is done. */
import type { Answer } from "../../state/requests.ts";
import type { Job } from "./link-answers.ts";

export interface Following<T extends Job> {
  readonly ask: (signal: AbortSignal) => Promise<Answer<T>>;
  /** Gets each answer, except while the gateway cannot be reached. */
  readonly told: (answer: Answer<T>) => void;
  /** Resolves after this many milliseconds, later while nobody sees the page, and when the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Milliseconds between two questions. */
export const EACH_MS = 1000;

/** Begins with a question unless `known` is still running; ends with the job, or when it is given up. */
export async function followJob<T extends Job>(
  { ask, told, pause }: Following<T>,
  signal: AbortSignal,
  known?: Job,
): Promise<void> {
  if (known !== undefined) {
    if (known.state !== "running") return;
    await pause(EACH_MS, signal);
  }
  while (!signal.aborted) {
    const answer = await ask(signal);
    if (signal.aborted) return;
    // A gateway that restarts says so itself once it is back: it knows of no job then.
    if (answer.ok || answer.code !== "unreachable") {
      told(answer);
      if (!answer.ok || answer.value.state !== "running") return;
    }
    await pause(EACH_MS, signal);
  }
}

/** What `pause` needs of a page. */
export interface Visibility {
  readonly isHidden: () => boolean;
  readonly after: (ms: number, run: () => void) => () => void;
}

/** A `pause` of a page: a hidden one asks nothing. */
export function visiblePause({ isHidden, after }: Visibility): Following<Job>["pause"] {
  return (ms, signal) =>
    new Promise((resolve) => {
      let cancel: () => void = () => undefined;
      const end = (): void => {
        cancel();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const wait = (): void => {
        cancel = after(ms, () => (isHidden() ? wait() : end()));
      };
      if (signal.aborted) return resolve();
      signal.addEventListener("abort", end);
      wait();
    });
}
