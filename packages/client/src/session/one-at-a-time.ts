/** Runs tasks one after the other, in the order of the calls. */
export class OneAtATime {
  /** Undefined before the first: most of those that thousands of meters have never run one. */
  #last: Promise<unknown> | undefined;

  /** Runs `task` once all earlier ones are over, and gives its result. @throws what the task throws */
  run<T>(task: () => Promise<T>): Promise<T> {
    const running = (this.#last ?? Promise.resolve()).then(task, task);
    // The next task waits for the end of this one, whether it fails or not.
    this.#last = running.catch(() => {});
    return running;
  }
}
