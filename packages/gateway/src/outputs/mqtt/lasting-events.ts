/** Which alarms and outages of a point last: from the store at first, then from its changes. */
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { OutputContext } from "@meterport/engine/ports/output";
import { lastingKinds } from "./payloads.ts";

/** More that last at once tell nothing more. */
const most = 50;
const atOnce = 20;

const lasts = ({ until }: PointEvent): boolean => until === null;
const isLasting = ({ kind }: PointEvent): boolean => (lastingKinds as readonly string[]).includes(kind);

export class LastingEvents {
  readonly #history: Pick<OutputContext["history"], "events">;
  /** By point, the kinds of events by their ids. */
  readonly #events = new Map<string, Map<string, string>>();

  constructor(history: Pick<OutputContext["history"], "events">) {
    this.#history = history;
  }

  /** Kinds that last; undefined while that is unknown. */
  kinds(point: string): ReadonlySet<string> | undefined {
    const events = this.#events.get(point);
    return events === undefined ? undefined : new Set(events.values());
  }

  /** Learns what lasts at points that are not known yet. A store that fails leaves them unknown. */
  async load(points: readonly string[]): Promise<void> {
    const missing = points.filter((point) => !this.#events.has(point));
    for (let from = 0; from < missing.length; from += atOnce)
      await Promise.allSettled(missing.slice(from, from + atOnce).map((point) => this.#loadOne(point)));
  }

  /** Whether it changed what lasts. */
  note(event: PointEvent): boolean {
    const events = this.#events.get(event.point);
    if (events === undefined || !isLasting(event)) return false;
    if (!lasts(event)) return events.delete(event.id);
    if (events.has(event.id) || events.size >= most) return false;
    events.set(event.id, event.kind);
    return true;
  }

  forget(point: string): void {
    this.#events.delete(point);
  }

  async #loadOne(point: string): Promise<void> {
    const found = await this.#history.events(point, { kinds: lastingKinds, limit: most });
    this.#events.set(point, new Map(found.filter(lasts).map(({ id, kind }) => [id, kind])));
  }
}
