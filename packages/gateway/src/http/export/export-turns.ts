/**
 * Exports take turns: however many there are, at most one piece of a file is made in each round of the event loop, so that whatever else
 * waits, such as a look at `/health`, comes after one piece and not after all of them.
 */
export class ExportTurns {
  /** Ends when the piece before is made, and what waited meanwhile has had its turn. */
  #last: Promise<void> = Promise.resolve();

  /** Runs `make` when it is its turn. @throws what `make` throws */
  readonly take = <T>(make: () => T): Promise<T> => {
    const made = this.#last.then(make);
    const air = () => new Promise<void>((resolve) => setImmediate(resolve));
    this.#last = made.then(air, air);
    return made;
  };
}
