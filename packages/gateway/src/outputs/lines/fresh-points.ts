/** How old the values of each point are, for faces by which something regulates. */
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { OutputContext, PointView } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { controlAge } from "../listening/meter-on-show.ts";

interface Seen {
  readonly time: string | null;
  readonly at: Millis;
}

/** A value is fresh as long as the gateway says so, and no longer than the limit of this face. */
export class FreshPoints {
  readonly #context: Pick<OutputContext, "clock" | "onSnapshot">;
  readonly #maxAge: Millis;
  /** When the newest reading of each point came, on the monotonic clock. */
  readonly #seen = new Map<string, Seen>();

  constructor(context: Pick<OutputContext, "clock" | "onSnapshot">, maxAge: Millis = controlAge) {
    this.#context = context;
    this.#maxAge = maxAge;
    context.onSnapshot((point, { time }) => void this.#note(point.id, time, context.clock.now()));
  }

  /** Forgets points that are gone. */
  keep(points: readonly PointView[]): void {
    const here = new Set(points.map(({ id }) => id));
    for (const id of this.#seen.keys()) if (!here.has(id)) this.#seen.delete(id);
  }

  /** Undefined if they are too old. */
  of(point: PointView): LiveAnswer | undefined {
    const { clock } = this.#context;
    const live = point.live();
    if (live.quality === "stale" || live.time === null) return undefined;
    let seen = this.#seen.get(point.id);
    // Read before this output began to listen.
    if (seen?.time !== live.time)
      seen = this.#note(point.id, live.time, clock.now() - Math.max(0, clock.wall() - Date.parse(live.time)));
    return clock.now() - seen.at > this.#maxAge ? undefined : live;
  }

  #note(id: string, time: string | null, at: Millis): Seen {
    const seen = { time, at };
    this.#seen.set(id, seen);
    return seen;
  }
}
