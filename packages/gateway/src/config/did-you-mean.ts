/** The name that a user probably meant. */
import { distance } from "fastest-levenshtein";

const plain = (text: string): string => text.toLowerCase().replace(/[-_ ]/g, "");

/**
 * The known name nearest to a misspelt one; `undefined` if none is near.
 *
 * @example
 * didYouMean("intervall", ["id", "interval"]) // "interval"
 */
export const didYouMean = (name: string, known: readonly string[]): string | undefined => {
  if (name.length > 60) return undefined;
  // Two swapped letters are two changes.
  const near = name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
  return known
    .map((candidate) => ({ candidate, far: distance(plain(name), plain(candidate)) }))
    .filter(({ far }) => far <= near)
    .sort((a, b) => a.far - b.far)[0]?.candidate;
};
