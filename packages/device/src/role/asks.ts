/** Questions that the application thinks about, and its answers that wait to be posted. Pure. */
import type { Millis } from "@meterport/protocol/ports";
import type { Ask, RoleAction } from "./actions.ts";
import { type Outcome, type Subject, subjectKey } from "./duty.ts";

const mostAsks = 16;

interface Open {
  readonly ask: number;
  readonly subject: Subject;
  readonly deadline: Millis;
}

/** A question with its answer. */
export interface Answered {
  readonly subject: Subject;
  readonly outcome: Outcome;
}

export class Asks {
  readonly #act: (action: RoleAction) => void;
  #open: Open[] = [];
  #answered: Answered[] = [];
  #last = 0;

  /** `act` takes what is to be done. */
  constructor(act: (action: RoleAction) => void) {
    this.#act = act;
  }

  /** Asks the application. The oldest of too many questions is withdrawn. */
  ask(request: Ask, subject: Subject, deadline: Millis): void {
    if (this.#open.length >= mostAsks) this.#withdraw(this.#open.shift());
    const ask = ++this.#last;
    this.#open.push({ ask, subject, deadline });
    this.#act({ type: "ask", ask, deadline, request });
  }

  /** Takes an answer; one that nobody waits for is dropped. */
  take(ask: number, outcome: Outcome): void {
    const found = this.#open.find((each) => each.ask === ask);
    if (found === undefined) return;
    this.#open = this.#open.filter((each) => each !== found);
    this.#answered.push({ subject: found.subject, outcome });
  }

  /** Ends what was not answered in time. */
  expire(now: Millis): void {
    for (const open of this.#open) {
      if (open.deadline > now) continue;
      this.#withdraw(open);
      this.take(open.ask, { ok: false, why: "no-answer", detail: "" });
    }
  }

  /** Ends everything, and gives what it was about. */
  drop(): readonly Subject[] {
    for (const open of this.#open) this.#withdraw(open);
    const subjects = [...this.#open, ...this.#answered].map(({ subject }) => subject);
    this.#open = [];
    this.#answered = [];
    return subjects;
  }

  /** Whether this is asked, or its answer waits. */
  has(subject: Subject): boolean {
    const key = subjectKey(subject);
    return [...this.#open, ...this.#answered].some((each) => subjectKey(each.subject) === key);
  }

  /** The oldest answer. */
  next(): Answered | undefined {
    return this.#answered.shift();
  }

  /** Puts an answer in front again. */
  putBack(answered: Answered): void {
    this.#answered.unshift(answered);
  }

  /** Whether an answer waits. */
  get waiting(): boolean {
    return this.#answered.length > 0;
  }

  get deadlines(): readonly Millis[] {
    return this.#open.map(({ deadline }) => deadline);
  }

  #withdraw(open: Open | undefined): void {
    if (open !== undefined) this.#act({ type: "withdraw", ask: open.ask });
  }
}
