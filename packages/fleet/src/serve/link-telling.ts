/** Tells the fleet how the links of its points are doing here, whenever that has changed. */
import { verdictOf } from "@meterport/engine/points/meter-view";
import type { CompanionGateway } from "@meterport/gateway/operation/companion";
import type { ToldLink } from "../shards/told.ts";

export interface LinkTellingOptions {
  readonly gateway: Pick<CompanionGateway, "point">;
  readonly points: () => readonly string[];
  /** @throws PostgresError */
  readonly tell: (links: readonly ToldLink[]) => Promise<void>;
}

const linkOf = (id: string, gateway: LinkTellingOptions["gateway"]): ToldLink | undefined => {
  const view = gateway.point(id)?.view;
  if (view === undefined) return undefined;
  const { state, cause, problem, since } = verdictOf(view);
  return { point: id, state, cause: problem ?? cause, since };
};

const signOf = ({ state, cause }: ToldLink): string => `${state} ${cause ?? ""}`;

export class LinkTelling {
  readonly #options: LinkTellingOptions;
  readonly #told = new Map<string, string>();

  constructor(options: LinkTellingOptions) {
    this.#options = options;
  }

  /** @throws PostgresError; then the same is told with the next look */
  async look(): Promise<void> {
    const { gateway, points, tell } = this.#options;
    const here = new Set(points());
    for (const id of this.#told.keys()) if (!here.has(id)) this.#told.delete(id);
    const news = [...here].flatMap((id) => {
      const link = linkOf(id, gateway);
      return link === undefined || this.#told.get(id) === signOf(link) ? [] : [link];
    });
    if (news.length === 0) return;
    await tell(news);
    for (const link of news) this.#told.set(link.point, signOf(link));
  }
}
