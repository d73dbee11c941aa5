import { listOf, record, text, timeOf } from "./loose.ts";

/** A power outage, as the meter wrote it down; milliseconds since 1970. */
export interface Outage {
  readonly from: number;
  /** Null while it lasts, or if its end is not known. */
  readonly until: number | null;
}

export interface Outages {
  /** Newest first. */
  readonly list: readonly Outage[];
  /** Whether there are older ones, which the answer had no room for. */
  readonly hasMore: boolean;
}

/** The outages of an answer; null if it has none of that kind. */
export function outagesOf(data: unknown): Outages | null {
  const loose = record(data);
  const list = listOf(loose?.outages, 1000, (entry): Outage | null => {
    const outage = record(entry);
    const from = timeOf(outage?.time);
    if (from === null) return null;
    const until = timeOf(outage?.until);
    return { from, until: until === null || until < from ? null : until };
  });
  return list === null ? null : { list, hasMore: text(loose?.next) !== null };
}
