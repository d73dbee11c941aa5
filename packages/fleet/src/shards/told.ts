/** What a holder tells about itself: which shards it holds, and how the links of its points are doing. */
import type { LinkState } from "@meterport/client/supervision/link-status";
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import type { Claim } from "./engine.ts";
import { tellHeld, tellLinks } from "./sql/told.ts";

/** A link as it is now. */
export interface ToldLink {
  /** Id of the metering point. */
  readonly point: string;
  readonly state: LinkState;
  /** One sentence or a code; null if there is nothing to say. */
  readonly cause: string | null;
  /** Milliseconds since 1970. */
  readonly since: Millis;
}

/** Points of one statement. */
const mostLinks = 2_000;

/** Call it when a shard is taken or freed, and now and then: these are all that this holder holds. */
export const tellShards = async (
  run: Run,
  holder: string,
  claims: readonly Pick<Claim, "shard" | "attempt">[],
): Promise<void> => {
  await run(tellHeld, [holder, claims.map(({ shard }) => shard), claims.map(({ attempt }) => attempt)]);
};

/**
 * Call it with the links whose state or cause has changed since it was called last; what is `up` needs no word, however many values come. The same
 * again changes nothing.
 */
export const tellLinkStates = async (run: Run, holder: string, links: readonly ToldLink[]): Promise<void> => {
  for (let from = 0; from < links.length; from += mostLinks) {
    const some = links.slice(from, from + mostLinks);
    await run(tellLinks, [
      holder,
      some.map(({ point }) => point),
      some.map(({ state }) => state),
      some.map(({ cause }) => cause),
      some.map(({ since }) => new Date(since).toISOString()),
    ]);
  }
};
