/** Tells the fleet how far its meters remember, as soon as each has said so and whenever that changes: the gap scan goes by it. */
import type { CompanionGateway } from "@meterport/gateway/operation/companion";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { ToldMemory } from "../shards/told.ts";

export interface MemoryTellingOptions {
  readonly gateway: Pick<CompanionGateway, "point">;
  readonly points: () => readonly string[];
  readonly clock: Pick<Clock, "now">;
  /** @throws PostgresError */
  readonly tell: (memories: readonly ToldMemory[]) => Promise<unknown>;
}

/** All is told again that often: another meter of the same kind may be noted at a point meanwhile. */
const validFor: Millis = 3_600_000;

export class MemoryTelling {
  readonly #options: MemoryTellingOptions;
  /** By point. */
  readonly #told = new Map<string, Millis>();
  #began: Millis;

  constructor(options: MemoryTellingOptions) {
    this.#options = options;
    this.#began = options.clock.now();
  }

  /** @throws PostgresError; then the same is told with the next look */
  async look(): Promise<void> {
    const { gateway, points, clock, tell } = this.#options;
    if (clock.now() - this.#began >= validFor) {
      this.#told.clear();
      this.#began = clock.now();
    }
    const news = points().flatMap((point): readonly ToldMemory[] => {
      const keptFor = gateway.point(point)?.profile().keptFor ?? null;
      return keptFor === null || this.#told.get(point) === keptFor ? [] : [{ point, keptFor }];
    });
    if (news.length === 0) return;
    await tell(news);
    for (const { point, keptFor } of news) this.#told.set(point, keptFor);
  }
}
