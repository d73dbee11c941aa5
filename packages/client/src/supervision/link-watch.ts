/** The state of one link, and its listeners: takes observations, gives the state as people see it. */
import { LinkError, type LinkFailure } from "@meterport/protocol/errors";
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";
import { LinkJudge, type Observation } from "./link-judge.ts";
import type { LinkCondition, LinkCounters, LinkStatus } from "./link-status.ts";
import { StatusStream } from "./status-stream.ts";

/** What other parts know. */
export interface LinkFacts {
  readonly baud: number | undefined;
  readonly counters: Omit<LinkCounters, "outages">;
}

const nothing = (): void => {};

export class LinkWatch {
  readonly health: LinkJudge;
  readonly #clock: Clock;
  readonly #facts: () => LinkFacts;
  readonly #stream = new StatusStream<LinkStatus>();
  #since: Millis;
  #condition: LinkCondition;
  #failure: LinkFailure = "no-answer";
  #cancelTick: () => void = nothing;
  #ended = false;

  constructor(clock: Clock, facts: () => LinkFacts) {
    this.health = new LinkJudge(clock.now());
    this.#clock = clock;
    this.#facts = facts;
    this.#since = clock.wall();
    const { state, cause, answering } = this.health;
    this.#condition = { state, since: this.#since, cause, answering };
  }

  get status(): LinkStatus {
    const { state, cause, answering, outages } = this.health;
    const { baud, counters } = this.#facts();
    return { state, since: this.#since, cause, answering, baud, counters: { ...counters, outages } };
  }

  /** The same object while nothing changes. */
  get condition(): LinkCondition {
    const { state, cause, answering } = this.health;
    const { state: was, since, cause: because, answering: answered } = this.#condition;
    if (state !== was || cause !== because || answering !== answered || since !== this.#since)
      this.#condition = { state, since: this.#since, cause, answering };
    return this.#condition;
  }

  listen(listener: (status: LinkStatus) => void): () => void {
    return this.#stream.listen(listener);
  }

  changes(signal?: Signal): AsyncGenerator<LinkStatus, void> {
    return this.#stream.values(() => this.status, signal);
  }

  /** The error for requests while the meter cannot be reached. */
  away(label: string): LinkError {
    if (this.#ended) return new LinkError("closed", label, "the supervision of the link was ended");
    const { cause, state } = this.health;
    const text = cause === null ? "there is no contact with the meter yet" : `the link is ${state}: ${cause.text}`;
    return new LinkError(this.#failure, label, text);
  }

  observe(observation: Observation): void {
    if (this.#ended) return;
    const { state } = this.health;
    if ("trouble" in observation) this.#failure = observation.trouble.failure;
    const changed = this.health.handle(observation, this.#clock.now());
    if (this.health.state !== state) this.#since = this.#clock.wall();
    this.#cancelTick();
    const at = this.health.wakeAt();
    this.#cancelTick = at === undefined ? nothing : this.#clock.at(at, () => this.observe({ type: "tick" }));
    if (changed) this.#stream.tell(this.status);
  }

  /** Stops judging. */
  end(): void {
    this.#ended = true;
    this.#cancelTick();
  }

  /** Stops reporting: iterations end. */
  stop(): void {
    this.#stream.end();
  }
}
