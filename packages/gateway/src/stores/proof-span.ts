/** Where the intervals of one proof can be: it is dropped when the last of them has a better one. */
import type { Millis } from "@meterport/protocol/ports";

/** A point's intervals that may still have a proof. */
export interface ProofSpan {
  /** Key of the point. */
  readonly point: number;
  /** Ends of the first and the last. */
  readonly from: Millis;
  readonly to: Millis;
}

/** A block of a load profile has no more intervals (MEP guide 1.1, p. 239), and a proof is of one block. */
const longestBlock = 1_440;

/** The span with the neighbours of an interval whose proof was replaced. */
export const spanAround = (
  known: ProofSpan | undefined,
  point: number,
  { end, seconds }: { readonly end: Millis; readonly seconds: number },
): ProofSpan => {
  const reach = longestBlock * 1_000 * seconds;
  return {
    point,
    from: Math.min(known?.from ?? Infinity, end - reach),
    to: Math.max(known?.to ?? -Infinity, end + reach),
  };
};
