/** Runs tasks one after the other, in the order in which they were asked for. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  /** What `task` gives, once all earlier ones are over. @throws what the task throws */
  run<T>(task: () => Promise<T>): Promise<T> {
    const running = this.#last.then(task, task);
    // The next one waits for the end of this one, however it ends.
    this.#last = running.catch(() => {});
    return running;
  }
}
