/** Reads a table of the meter: whole, or a part of one that is too long. */
import type { Answer, Requests } from "../../state/requests.ts";
import { contentsOf, type TableContents } from "./table-answer.ts";

/** A table is read between live readings, over a line that may be slow. */
const TIMEOUT_MS = 70_000;
/** Bytes before the one that is looked for, to see it among its neighbours. */
const BEFORE = 64;

/**
 * The table; where the gateway says that there is no such table, or that it is too long, the part around `at`.
 *
 * @param part where to begin if the table is known to be too long; null to try the whole
 */
export async function readTable(
  { get }: Pick<Requests, "get">,
  {
    point,
    table,
    at,
    part,
  }: { readonly point: string; readonly table: string; readonly at: number; readonly part: number | null },
  signal: AbortSignal,
): Promise<Answer<TableContents>> {
  const path = `points/${encodeURIComponent(point)}/tables/${encodeURIComponent(table)}`;
  const options = { timeout: TIMEOUT_MS, signal };
  if (part !== null) return get(`${path}?from=${part}`, contentsOf, options);
  const whole = await get(path, contentsOf, options);
  if (whole.ok || whole.status !== 404 || signal.aborted) return whole;
  const around = await get(`${path}?from=${Math.max(0, at - BEFORE)}`, contentsOf, options);
  // Without such a table there is no part of it either, and the first answer says so best.
  return !around.ok && around.status === 404 ? whole : around;
}
