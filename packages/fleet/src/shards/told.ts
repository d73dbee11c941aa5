/** What a holder tells: which shards it holds, how the links of its points are doing, and how far its meters remember. */
import type { LinkState } from "@meterport/client/supervision/link-status";
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import type { Claim } from "./engine.ts";
import { noteMarks, noteMemories, readMarks, tellHeld, tellLinks } from "./sql/told.ts";

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

/** How far the meter at a point remembers. */
export interface ToldMemory {
  readonly point: string;
  /** How long it keeps an interval. */
  readonly keptFor: Millis;
}

/** Up to where a log of the meter at a point was read, and what was read is booked. */
export interface ToldMark {
  readonly point: string;
  /** In the words of the job that reads it. */
  readonly mark: string;
}

/** Points of one statement. */
const mostLinks = 2_000;
const day: Millis = 86_400_000;
/** No meter keeps more; the columns take not much more. */
const mostDays = 3_000;

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

/** Part of a day counts as one, since what a meter is asked for in vain is noted as gone anyway. Gives how many of them were not known. */
export const tellMemories = async (run: Run, memories: readonly ToldMemory[]): Promise<number> => {
  let changed = 0;
  for (let from = 0; from < memories.length; from += mostLinks) {
    const some = memories.slice(from, from + mostLinks);
    const days = some.map(({ keptFor }) => Math.max(1, Math.min(mostDays, Math.ceil(keptFor / day))));
    changed += (await run(noteMemories, [some.map(({ point }) => point), days])).count;
  }
  return changed;
};

/** @param log name of the memo that holds the mark in a holder's store */
export const tellMarks = async (run: Run, log: string, marks: readonly ToldMark[]): Promise<void> => {
  for (let from = 0; from < marks.length; from += mostLinks) {
    const some = marks.slice(from, from + mostLinks);
    await run(noteMarks, [log, some.map(({ point }) => point), some.map(({ mark }) => mark)]);
  }
};

export const marksOf = async (run: Run, log: string, points: readonly string[]): Promise<readonly ToldMark[]> =>
  (await run(readMarks, [log, points])).rows.map(({ id, mark }) => ({ point: String(id), mark: String(mark) }));
