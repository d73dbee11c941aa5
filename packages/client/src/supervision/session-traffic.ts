/** Adds up the counters of consecutive sessions, and what happened between two looks at them. */
import { type Counters, noCounters, type Session, type SessionEvent } from "../session/session.ts";
import type { Symptom, Traffic } from "./loss-window.ts";

const sum = (a: Counters, b: Counters, sign: 1 | -1 = 1): Counters =>
  Object.fromEntries(
    (Object.keys(noCounters) as (keyof Counters)[]).map((name) => [name, a[name] + sign * b[name]]),
  ) as unknown as Counters;

const symptomOf = (event: SessionEvent): Symptom | undefined => {
  if (event.type === "other-client") return event.type;
  if (event.type !== "discarded") return undefined;
  switch (event.reason) {
    case "incomplete":
      return "half-reply";
    case "bad-digest":
    case "bad-resync":
    case "malformed":
    case "refused":
      return "bad-digest";
    case "garbage":
      return "noise";
    default:
      return undefined;
  }
};

export class SessionTraffic {
  #past: Counters = noCounters;
  #session: Session | undefined;
  #looked: Counters = noCounters;
  #alerts = 0;
  #symptoms = new Map<Symptom, number>();
  #unlisten: () => void = () => {};

  /** Counters of all sessions so far. */
  get counters(): Counters {
    return this.#session === undefined ? this.#past : sum(this.#past, this.#session.counters);
  }

  /** Continues with this session, unless it is already the current one. */
  watch(session: Session): void {
    if (session === this.#session) return;
    this.end();
    this.#session = session;
    this.#unlisten = session.listen((event) => {
      const symptom = symptomOf(event);
      if (symptom !== undefined) this.#symptoms.set(symptom, (this.#symptoms.get(symptom) ?? 0) + 1);
    });
  }

  /** The session is over; its counts stay. */
  end(): void {
    this.#unlisten();
    this.#past = this.counters;
    this.#session = undefined;
  }

  /** Alerts since the last call. */
  newAlerts(): number {
    const { alerts } = this.counters;
    const before = this.#alerts;
    this.#alerts = alerts;
    return alerts - before;
  }

  /** Traffic since the last look. */
  look(): Traffic {
    const counters = this.counters;
    const { transmissions, retries, alerts } = sum(counters, this.#looked, -1);
    this.#looked = counters;
    const symptoms = this.#symptoms;
    this.#symptoms = new Map();
    return { transmissions, repeated: Math.min(transmissions, retries), alerts, symptoms };
  }
}
