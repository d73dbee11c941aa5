/** Keys in wrong places: what somebody gave as a link, a name or a file and what looks like a key, a token or a password in an address is not repeated to anyone. */

const hexKey = /^(?:hex:)?(?:[0-9a-f]{32}|[0-9a-f]{40})$/i;
const asciiKey = /^(?:ascii:)?[\x21-\x7e]{20}$/i;

/** What has twenty characters and a meaning of its own. */
const plainMeanings: readonly RegExp[] = [
  // A link or a path.
  /^[a-z0-9+.-]+:\/\//i,
  /^(?:\.{1,2}|~)[/\\]|^[/\\].*[/\\]/,
  // A time.
  /^\d{4}-\d{2}-\d{2}(?:T|$)/,
  // A table with a path, alone or with a value.
  /^[BE][TP]\d{2}(?:[.=]|$)/i,
  // A host, a file with an ending, a zone.
  /^[a-z0-9-]+(?:\.[a-z][a-z0-9-]*)+$/i,
  /\.[a-z]{2,7}$/i,
  /^[A-Z][a-z]+(?:\/[A-Z][a-z_]+)+$/,
  // Words of letters, joined.
  /^[a-z]+(?:[-_.][a-z]+)+$/i,
  /^[a-z]{3,}(?:[A-Z][a-z]{2,})+$/,
];

/**
 * Whether this may be a key: 20 characters that are nothing else, or 32 or 40 hex digits.
 *
 * @example
 * looksLikeKey("ABCDEFGHIJ0123456789") // true
 * looksLikeKey("tcp://127.0.0.1:4059") // false
 */
export const looksLikeKey = (text: string): boolean =>
  hexKey.test(text) || (asciiKey.test(text) && !plainMeanings.some((meaning) => meaning.test(text)));

/**
 * Whether this is hardly anything else than a key: 32 or 40 hex digits, or 20 letters and digits in one piece. For names
 * that somebody may choose freely.
 *
 * @example
 * isSurelyKey("ABCDEFGHIJ0123456789") // true
 * isSurelyKey("meter-12-of-floor-03") // false
 */
export const isSurelyKey = (text: string): boolean =>
  hexKey.test(text) || (/^[a-z0-9]{20}$/i.test(text) && /\d/.test(text) && /[a-z]/i.test(text));

/** One byte again and again, such as the guides' examples and the key of redacted captures, protects nothing. */
const exampleKey = /^(?:hex:)?([0-9a-f]{2})\1{15,19}$/i;

/** Adapters have serial numbers of 32 hex digits. */
const namesAdapter = /^(?:optical[+:]\/*)?(?:(?:serial:\/\/)?\/dev\/|usb:\/\/)/i;

/** Texts that are longer are no mistyped keys, and looking through them costs time. */
const longestText = 4096;
/** Messages quote beginnings; a shorter one gives nothing away that matters. */
const leastPrefix = 12;

/** A token of the gateway, also one that was copied in part. */
const token = /mp_[A-Za-z0-9_-]{16,}/g;
/** What stands before the host of an address: "/user:password@". As the name of a file, an address has one slash less. */
const signIn = /(?<=:\/)\/[^\s/?#@:]*:(?!\d+(?:[/?]|$))\S+@/g;

/** "--with=ET11=…" has two. */
const mostEquals = 4;

/** What may be keys in something that somebody gave. */
const keysIn = (given: string): string[] => {
  const text = given.slice(0, longestText).trim();
  const behind = text.split("=").map((_, n, parts) => parts.slice(n).join("="));
  const wholes = [text.replace(/^--?/, ""), text.replace(/^-[a-z]/i, ""), ...behind.slice(0, mostEquals)].flatMap(
    (whole) => [whole, whole.replace(/^@/, "")],
  );
  const inside = behind.some((part) => namesAdapter.test(part)) ? [] : text.split(/[^A-Za-z0-9]+/).filter(isSurelyKey);
  const others = [...(text.match(token) ?? []), ...(text.match(signIn) ?? [])];
  return [...wholes.filter(looksLikeKey), ...inside, ...others].filter((key) => !exampleKey.test(key));
};

const forms = (key: string): string[] => {
  const bare = key.replace(/^(?:hex|ascii):/i, "");
  return [bare, JSON.stringify(bare).slice(1, -1), encodeURI(bare), encodeURIComponent(bare)];
};

const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** The beginning of the text, with as much more of it as stands there. */
const patternOf = (text: string): string => {
  const characters = [...text].map(quoted);
  const rest = characters.slice(leastPrefix).reduceRight((more, character) => `(?:${character}${more})?`, "");
  return characters.slice(0, leastPrefix).join("") + rest;
};

/**
 * Takes what looks like a key out of sentences that quote what was given, also where only its beginning is quoted.
 *
 * @param given all that somebody gave: words of a command line, values of a configuration and of the environment
 * @example
 * keyHider(["--link", "ABCDEFGHIJ0123456789"])("link \"abcdefghij0123456789\" is no URL") // "link \"[secret]\" is no URL"
 * keyHider(["--link", "tcp://meter:4001"])("tcp://meter:4001: refused") // "tcp://meter:4001: refused"
 */
export const keyHider = (given: Iterable<string>): ((text: string) => string) => {
  const patterns = new Set([...given].flatMap(keysIn).flatMap(forms).map(patternOf));
  if (patterns.size === 0) return (text) => text;
  const pattern = new RegExp([...patterns].sort((a, b) => b.length - a.length).join("|"), "gi");
  return (text) => text.replace(pattern, "[secret]");
};
