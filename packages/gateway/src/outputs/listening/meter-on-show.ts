/** The one meter that a face shows, and whether its values are new enough to be shown. */
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { OutputContext, PointView } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { FreshPoints } from "../lines/fresh-points.ts";

/** Something regulates to what a control face says: after so long without a new value it says nothing. */
export const controlAge: Millis = 10_000;

/** Values that can be shown. */
export interface Shown {
  readonly point: PointView;
  readonly live: LiveAnswer;
}

/** The meter that a face shows. @throws Error with one sentence if it sees none, or several */
const onlyPoint = (points: readonly PointView[]): PointView => {
  const [only, ...others] = points;
  if (only === undefined) throw new Error("it sees no meter: check the ids in its points");
  if (others.length === 0) return only;
  const some = points.slice(0, 5).map(({ id }) => id);
  throw new Error(`it shows one meter and sees ${points.length}: name one, as in points: [${some.join("] or [")}]`);
};

const seconds = (time: Millis): string => `${Math.round(time / 1_000)} s`;

/** Loops that regulate expect a value each second; twice as long is what the gateway does by default. */
const slow: Millis = 2_000;

/** What is wrong with a meter that is read so rarely; undefined if nothing is, or nothing regulates to it. */
const slowness = (every: Millis, longest: Millis): string | undefined => {
  if (!Number.isFinite(longest) || every <= slow) return undefined;
  if (every >= longest) return `but a value is shown for ${seconds(longest)}`;
  return "and what regulates to values that slow swings";
};

export class MeterOnShow {
  /** Id of the point. */
  readonly id: string;
  readonly #context: OutputContext;
  readonly #fresh: FreshPoints;

  /**
   * @param longest age in milliseconds up to which a value is shown; if omitted as long as the gateway itself shows it
   * @throws Error with one sentence if the face sees no meter, or several
   */
  constructor(context: OutputContext, longest: Millis = Number.POSITIVE_INFINITY) {
    const point = onlyPoint(context.points());
    this.id = point.id;
    this.#context = context;
    this.#fresh = new FreshPoints(context, longest);
    const every = point.detail().link.poll_interval_ms;
    const tooSlow = slowness(every, longest);
    if (tooSlow !== undefined)
      context.log.warn(`${this.id} is read every ${seconds(every)}, ${tooSlow}: set interval: 1s for this meter`);
  }

  /** The point, also while its values are old; undefined once it is gone. */
  get point(): PointView | undefined {
    return this.#context.points().find(({ id }) => id === this.id);
  }

  /** The values, unless they are too old or unknown: then a face says nothing. */
  shown(): Shown | undefined {
    const { point } = this;
    const live = point && this.#fresh.of(point);
    return point === undefined || live === undefined ? undefined : { point, live };
  }

  /** For a test of the face. @throws Error with one sentence if there is nothing to show */
  look(): string {
    const shown = this.shown();
    if (shown === undefined) throw new Error(`${this.id} gives no new values, so the face says nothing`);
    return `the newest value of ${this.id} is ${(this.#fresh.age(shown.point) / 1000).toFixed(1)} s old`;
  }
}
