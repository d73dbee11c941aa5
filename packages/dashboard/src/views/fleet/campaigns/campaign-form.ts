/** The body of a new campaign from what was typed. */

export interface Typed {
  readonly name: string;
  readonly reads: ReadonlySet<string>;
  /** As a field for date and time gives them: "2026-11-30T22:00", of the reader's clock; empty for now. */
  readonly opens: string;
  readonly closes: string;
  readonly windows: string;
  readonly priority: number;
  readonly sites: string;
}

export const READ_KINDS = ["registers", "profile", "events", "quality", "clock", "identity", "billing"] as const;

function listed(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function timeIn(text: string): string | null {
  const time = Date.parse(text);
  return Number.isFinite(time) ? new Date(time).toISOString() : null;
}

/**
 * Null while something is missing that the gateway would refuse in any case.
 *
 * @example bodyOf({ name: "", reads: new Set(), opens: "", closes: "", windows: "", priority: 5, sites: "" }) // null
 */
export function bodyOf({ name, reads, opens, closes, windows, priority, sites }: Typed): object | null {
  const [begin, end] = [timeIn(opens), timeIn(closes)];
  if (name.trim() === "" || reads.size === 0 || end === null || (opens !== "" && begin === null)) return null;
  const [times, ids] = [listed(windows), listed(sites)];
  return {
    name: name.trim(),
    reads: READ_KINDS.filter((kind) => reads.has(kind)),
    closes: end,
    priority,
    ...(begin === null ? {} : { opens: begin }),
    ...(times.length === 0 ? {} : { windows: times }),
    ...(ids.length === 0 ? {} : { sites: ids }),
  };
}
