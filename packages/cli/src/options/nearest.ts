/** The name that a user probably meant. */

import { distance } from "fastest-levenshtein";

/**
 * The known names that are nearest to a misspelt one, best first; empty if none is near.
 *
 * @example
 * nearest("devics", ["devices", "sequence"]) // ["devices"]
 */
export const nearest = (name: string, known: readonly string[], most = 3): readonly string[] => {
  const short = name.slice(0, 60).toLowerCase();
  const limit = Math.max(1, Math.floor(short.length / 3));
  return known
    .map((candidate) => {
      const plain = candidate.toLowerCase();
      const starts = short.length > 2 && plain.startsWith(short);
      return { candidate, far: starts ? 1 : distance(short, plain) };
    })
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ candidate }) => candidate);
};

/** ", did you mean X or Y?", or nothing. */
export const didYouMean = (name: string, known: readonly string[]): string => {
  const names = nearest(name, known);
  return names.length === 0 ? "" : `; did you mean ${names.join(" or ")}?`;
};
