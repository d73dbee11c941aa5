/** Takes misplaced keys out of sentences about a configuration, which may hold fifty thousand. */
import { keyHider } from "@meterport/protocol/key-hiding";

/** `keyHider` hides beginnings of this length and more. */
const leastPrefix = 12;
/** `keyHider` looks no further into a text. */
const longestText = 4_096;

const encoded = (text: string): readonly string[] => {
  if (/^[\w.:/@-]*$/.test(text) || /\p{Surrogate}/u.test(text)) return [text];
  return [text, JSON.stringify(text).slice(1, -1), encodeURI(text), encodeURIComponent(text)];
};

const partsOf = (text: string): readonly string[] =>
  Array.from({ length: Math.max(0, text.length - leastPrefix + 1) }, (_, n) => text.slice(n, n + leastPrefix));

/**
 * The sentences without what looks like a key. Only texts that they quote are looked through, because a pattern of fifty
 * thousand keys takes minutes.
 */
export const hideKeys = (sentences: string, given: readonly string[]): string => {
  const told = new Set(partsOf(sentences.toLowerCase()));
  const quoted = given.filter((text) =>
    encoded(text.slice(0, longestText).toLowerCase()).some((form) => partsOf(form).some((part) => told.has(part))),
  );
  return keyHider(quoted)(sentences);
};

/** All values and names of a tree. */
export const textsIn = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...textsIn(part)]);
};
