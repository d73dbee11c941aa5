/** How old the values of each point are: the one law for all faces. */
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { OutputContext, PointView } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";

interface Seen {
  readonly time: string | null;
  readonly at: Millis;
}

/**
 * A value is fresh as long as the gateway says so, and no longer than the limit of this face. Its age runs on the monotonic clock, so that a
 * wall clock that is set makes nothing fresh.
 */
export class FreshPoints {
  readonly #context: Pick<OutputContext, "clock" | "onSnapshot">;
  readonly #maxAge: Millis;
  /** When the newest reading of each point came, on the monotonic clock. */
  readonly #seen = new Map<string, Seen>();

  constructor(context: Pick<OutputContext, "clock" | "onSnapshot">, maxAge: Millis) {
    this.#context = context;
    this.#maxAge = maxAge;
    context.onSnapshot(({ id }, { time }) => {
      // The same reading with another quality is no newer.
      if (this.#seen.get(id)?.time !== time) this.#note(id, time, context.clock.now());
    });
  }

  /** Forgets points that are gone. */
  keep(points: readonly PointView[]): void {
    const here = new Set(points.map(({ id }) => id));
    for (const id of this.#seen.keys()) if (!here.has(id)) this.#seen.delete(id);
  }

  /** Undefined if they are too old. */
  of(point: Pick<PointView, "id" | "live">): LiveAnswer | undefined {
    const live = point.live();
    return live.quality === "stale" || this.age(point) > this.#maxAge ? undefined : live;
  }

  /** Milliseconds since the newest value came; infinite if none has. */
  age(point: Pick<PointView, "id" | "live">): Millis {
    const { clock } = this.#context;
    const { time } = point.live();
    if (time === null) return Number.POSITIVE_INFINITY;
    let seen = this.#seen.get(point.id);
    // Read before this output began to listen.
    if (seen?.time !== time)
      seen = this.#note(point.id, time, clock.now() - Math.max(0, clock.wall() - Date.parse(time)));
    return clock.now() - seen.at;
  }

  #note(id: string, time: string | null, at: Millis): Seen {
    const seen = { time, at };
    this.#seen.set(id, seen);
    return seen;
  }
}
