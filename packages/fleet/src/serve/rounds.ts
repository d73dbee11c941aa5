/** Work that is done again and again, never twice at a time, and whose failure is told once until it succeeds. */
import type { Clock, Millis } from "@meterport/protocol/ports";

/** What is told together is one reason to look. */
const gather: Millis = 20;

interface Round {
  readonly name: string;
  readonly period: Millis;
  readonly work: () => Promise<void>;
  isBusy: boolean;
  /** Somebody wants it once more, since what it does now began before. */
  again: boolean;
  /** Waits for no more than a moment. */
  isSoon: boolean;
  cancel: () => void;
}

export class Rounds {
  readonly #clock: Pick<Clock, "now" | "at">;
  readonly #tell: (sentence: string) => void;
  readonly #rounds: Round[] = [];
  readonly #working = new Set<Promise<void>>();
  readonly #problems = new Map<string, string>();
  #isStopped = false;

  /** @param tell takes what fails, as one sentence */
  constructor(clock: Pick<Clock, "now" | "at">, tell: (sentence: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** @param name of the work, so that the failure of one says nothing about another */
  every(period: Millis, name: string, work: () => Promise<void>): void {
    const round = { name, period, work, isBusy: false, again: false, isSoon: false, cancel: () => {} };
    this.#rounds.push(round);
    this.#arm(round, period);
  }

  /** Does it within a moment, once however often it is asked for meanwhile; its period begins again then. */
  soon(name: string): void {
    for (const round of this.#rounds) {
      if (round.name !== name) continue;
      if (round.isBusy) round.again = true;
      else if (!round.isSoon) {
        round.cancel();
        round.isSoon = true;
        this.#arm(round, gather);
      }
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { cancel } of this.#rounds) cancel();
    await Promise.all([...this.#working]);
  }

  #arm(round: Round, wait: Millis): void {
    if (this.#isStopped) return;
    round.cancel = this.#clock.at(this.#clock.now() + wait, () => {
      const working = this.#turn(round);
      this.#working.add(working);
      void working.then(() => this.#working.delete(working));
    });
  }

  async #turn(round: Round): Promise<void> {
    round.isBusy = true;
    round.isSoon = false;
    await this.#once(round.name, round.work);
    round.isBusy = false;
    const { again } = round;
    round.again = false;
    round.isSoon = again;
    this.#arm(round, again ? gather : round.period);
  }

  async #once(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#problems.delete(name);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (this.#problems.get(name) !== text && !this.#isStopped) this.#tell(`${name}: ${text}`);
      this.#problems.set(name, text);
    }
  }
}
