/** Adds up the counters of consecutive sessions, and what happened between two looks at them. */
import { type Counters, noCounters, type Session, type SessionEvent } from "../session/session.ts";
import type { Symptom, Traffic } from "./loss-window.ts";

/** Field by field, since it runs several times for each reading. */
const sum = (a: Counters, b: Counters): Counters => ({
  requests: a.requests + b.requests,
  responses: a.responses + b.responses,
  failures: a.failures + b.failures,
  transmissions: a.transmissions + b.transmissions,
  retries: a.retries + b.retries,
  resyncs: a.resyncs + b.resyncs,
  alerts: a.alerts + b.alerts,
  discarded: a.discarded + b.discarded,
  otherClient: a.otherClient + b.otherClient,
  sentBytes: a.sentBytes + b.sentBytes,
  receivedBytes: a.receivedBytes + b.receivedBytes,
});

const noSymptoms: ReadonlyMap<Symptom, number> = new Map();

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
  /** What the counters were at the last look. */
  readonly #looked = { transmissions: 0, retries: 0, alerts: 0 };
  #alerts = 0;
  /** Undefined while there are none, as on a good line. */
  #symptoms: Map<Symptom, number> | undefined;
  #unlisten: () => void = () => {};

  /** Counters of all sessions so far. */
  get counters(): Counters {
    return this.#session === undefined ? this.#past : sum(this.#past, this.#session.counting);
  }

  /** Answers of all sessions so far. */
  get responses(): number {
    return this.#past.responses + (this.#session?.counting.responses ?? 0);
  }

  /** Continues with this session, unless it is already the current one. */
  watch(session: Session): void {
    if (session === this.#session) return;
    this.end();
    this.#session = session;
    this.#unlisten = session.listen((event) => {
      const symptom = symptomOf(event);
      if (symptom === undefined) return;
      this.#symptoms ??= new Map();
      this.#symptoms.set(symptom, (this.#symptoms.get(symptom) ?? 0) + 1);
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
    const alerts = this.#past.alerts + (this.#session?.counting.alerts ?? 0);
    const before = this.#alerts;
    this.#alerts = alerts;
    return alerts - before;
  }

  #sinceLook(name: "transmissions" | "retries" | "alerts"): number {
    const count = this.#past[name] + (this.#session?.counting[name] ?? 0);
    const since = count - this.#looked[name];
    this.#looked[name] = count;
    return since;
  }

  /** Traffic since the last look. */
  look(): Traffic {
    const transmissions = this.#sinceLook("transmissions");
    const retries = this.#sinceLook("retries");
    const alerts = this.#sinceLook("alerts");
    const symptoms = this.#symptoms ?? noSymptoms;
    this.#symptoms = undefined;
    return { transmissions, repeated: Math.min(transmissions, retries), alerts, symptoms };
  }
}
