/** Ends of things that may come in any order, told in the order of the beginnings. */

interface Begun {
  readonly told: () => void;
  isOver: boolean;
}

export class InOrder {
  readonly #begun: Begun[] = [];

  /** Something begins. Call what is returned when it is over; `told` is called as soon as all that began before it is over too. */
  add(told: () => void): () => void {
    const begun: Begun = { told, isOver: false };
    this.#begun.push(begun);
    return () => {
      begun.isOver = true;
      while (this.#begun[0]?.isOver === true) this.#begun.shift()?.told();
    };
  }
}
