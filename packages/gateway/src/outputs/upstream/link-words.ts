/** What a fleet is to hear of the links of a gateway's points: what changed, and now and then that the gateway is there. */
import type { PointView } from "@meterport/engine/ports/output";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { type LinkWord, longestReason, mostLinks } from "./upstream-requests.ts";

/** A fleet takes a gateway for gone that it did not hear for three minutes. */
const aliveEvery: Millis = 60_000;

const wordOf = ({ id, detail }: PointView): LinkWord => {
  const { state, cause, problem, since } = detail().link;
  return { point: id, state, cause: (problem ?? cause)?.slice(0, longestReason) ?? null, since: Date.parse(since) };
};

const signOf = ({ state, cause }: LinkWord): string => `${state} ${cause ?? ""}`;

export class LinkWords {
  readonly #clock: Pick<Clock, "now">;
  readonly #told = new Map<string, string>();
  #last: Millis = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** @throws what `post` does; then the same is told with the next look */
  async tell(points: readonly PointView[], post: (links: readonly LinkWord[]) => Promise<void>): Promise<void> {
    const here = new Set(points.map(({ id }) => id));
    for (const id of this.#told.keys()) if (!here.has(id)) this.#told.delete(id);
    const news = points.map(wordOf).filter((word) => this.#told.get(word.point) !== signOf(word));
    if (news.length === 0 && this.#clock.now() - this.#last < aliveEvery) return;
    for (let from = 0; from === 0 || from < news.length; from += mostLinks) {
      const some = news.slice(from, from + mostLinks);
      await post(some);
      this.#last = this.#clock.now();
      for (const word of some) this.#told.set(word.point, signOf(word));
    }
  }
}
