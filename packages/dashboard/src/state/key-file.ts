/** Finds the key in what a grid company has sent: a letter, a line of text, or XML, of which no form is published. */
import { keyForm, tidied } from "./key-form.ts";

export interface FoundKey {
  /** Where it stands: the name of an element or attribute, or the words before it; null in a text without them. */
  readonly where: string | null;
  readonly key: string;
}

/** A file with a key is a few lines. */
export const LARGEST_FILE = 65_536;
const MOST_FOUND = 20;

/** Names that such a value probably has, in the languages of countries with these meters. */
const LIKELY = /key|mbk|schl[uü](?:ss|ß)el|schluessel|n[oø]gle|noegle|nyckel|passw|kennwort/i;

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Text of bytes, by the mark at their beginning; UTF-8 without one. */
export function textOfFile(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes.subarray(0, LARGEST_FILE));
}

/** The texts of the attributes and the elements without children, by name. Nothing of the file is carried out or loaded. */
function* fieldsOf(xml: string): Generator<FoundKey> {
  const plain = xml.replace(/<!--[\s\S]*?(?:-->|$)/g, "");
  // Each part begins with the inside of a tag, and goes on with what follows the tag.
  for (const part of plain.split("<").slice(1)) {
    const end = part.indexOf(">");
    const tag = part.slice(0, end < 0 ? part.length : end);
    const name = /^[\w:.-]{1,100}/.exec(tag)?.[0];
    if (name === undefined) {
      // Of a section of characters the text itself counts.
      const section = /^!\[CDATA\[([\s\S]*)\]\]$/.exec(tag)?.[1];
      if (section !== undefined) yield { where: "CDATA", key: tidied(section) };
      continue;
    }
    for (const [, attribute = "", double, single] of tag.matchAll(/([\w:.-]{1,100})\s*=\s*(?:"([^"]*)"|'([^']*)')/g))
      yield { where: attribute, key: tidied(unescaped(double ?? single ?? "")) };
    if (end >= 0) yield { where: name, key: tidied(unescaped(part.slice(end + 1))) };
  }
}

/** Each key once, under the likeliest name. */
function distinctKeys(fields: Iterable<FoundKey>): readonly FoundKey[] {
  const found = new Map<string, FoundKey>();
  for (const field of fields) {
    if (keyForm(field.key).ok && (!found.has(field.key) || LIKELY.test(field.where ?? ""))) found.set(field.key, field);
  }
  return [...found.values()];
}

/** Marks that stand around a key in a sentence. */
const AROUND = /^["'„“”‚‘’«»<([]+|["'“”‘’«»>)\].,;:!?]+$/g;
const HEX_PAIRS = /\b[0-9a-f]{2}(?:[\s:,-]+[0-9a-f]{2}){15,19}\b/i;

/** The key that a part of a sentence is, without marks around it and without the spaces that make it easy to read. */
function keyOfPart(part: string): string | null {
  const plain = tidied(part);
  const bare = plain.replace(AROUND, "");
  const groups = bare.split(/\s+/);
  const even = groups.length > 1 && groups.every(({ length }) => length > 1 && length === groups[0]?.length);
  const closed = even ? groups.join("") : bare;
  for (const text of /\s/.test(plain) ? [closed] : [plain, bare]) if (!/\s/.test(text) && keyForm(text).ok) return text;
  return null;
}

/** No word of a language, and no number or address. */
function looksMadeUp(key: string): boolean {
  return /\d/.test(key) ? /[a-z]/i.test(key) && !/@|:\/\//.test(key) : /[a-z][A-Z]/.test(key) && !/[-/@]/.test(key);
}

/** What stands behind a name such as "MEP key:" counts most, then what no word looks like, then a line of its own. */
function keysOfLetter(text: string): readonly FoundKey[] {
  const named: FoundKey[] = [];
  const madeUp: FoundKey[] = [];
  const lines: FoundKey[] = [];
  for (const line of text.split(/[\r\n]+/).map((each) => tidied(each.replace(/^\ufeff/, "")))) {
    lines.push({ where: null, key: line });
    for (const [, name = "", rest = ""] of line.matchAll(/([^:=]{1,100})[:=](?=(.{1,200}))/g)) {
      const first = rest.trim().split(/\s+/, 1)[0] ?? "";
      const key = LIKELY.test(name) ? (keyOfPart(rest) ?? keyOfPart(first)) : null;
      if (key !== null) named.push({ where: tidied(name).slice(-40), key });
    }
    const pairs = HEX_PAIRS.exec(line)?.[0];
    for (const word of [...(pairs === undefined ? [] : [pairs]), line, ...line.split(/\s+/)]) {
      const key = word === pairs ? word : keyOfPart(word);
      if (key !== null && looksMadeUp(key)) madeUp.push({ where: null, key });
    }
  }
  const [best = []] = [named, madeUp, lines].map(distinctKeys).filter(({ length }) => length > 0);
  return best.slice(0, MOST_FOUND);
}

/**
 * Everything in a file that can be a key; where names make it clear, only that.
 *
 * @example keysIn("<Meter><Serial>12345678</Serial><MBK>abcdefghijklmnop</MBK></Meter>") // [{ where: "MBK", key: "abcdefghijklmnop" }]
 */
export function keysIn(text: string): readonly FoundKey[] {
  if (!/^\s*(?:\ufeff)?\s*</.test(text)) return keysOfLetter(text.slice(0, LARGEST_FILE));
  const all = distinctKeys(fieldsOf(text));
  const likely = all.filter(({ where }) => where !== null && LIKELY.test(where));
  return (likely.length > 0 ? likely : all).slice(0, MOST_FOUND);
}

/** The keys in a text that is pasted where a key belongs; empty if it is taken as it is. */
export function keysInPaste(text: string): readonly FoundKey[] {
  const found = keysIn(text);
  return found.length === 1 && found[0]?.key === tidied(text) ? [] : found;
}

/** What came of a file: the keys in it, which may be none, or why nobody looked. */
export type KeyFile = readonly FoundKey[] | "too-large" | "unreadable";

/** Looks for keys in a file that someone has chosen; it stays in the browser. */
export async function keysOfFile(file: Pick<Blob, "size" | "arrayBuffer">): Promise<KeyFile> {
  if (file.size > LARGEST_FILE) return "too-large";
  try {
    return keysIn(textOfFile(new Uint8Array(await file.arrayBuffer())));
  } catch {
    // It was moved, or the browser may not open it.
    return "unreadable";
  }
}
