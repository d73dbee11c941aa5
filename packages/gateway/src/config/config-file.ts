/** The configuration file: YAML, with the position of every value. */
import { UsageError } from "@meterport/protocol/errors";
import {
  Composer,
  type CST,
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  Parser,
  visit,
  YAMLParseError,
} from "yaml";

/** Fifty thousand meters with 640 characters each. */
const maxLength = 32_000_000;

/** Where a value is, or a name in a map. */
export type Place = (path: readonly PropertyKey[], name?: string) => string;

export interface ConfigFile {
  /** Every leaf is text; empty values are absent. */
  readonly value: unknown;
  /** "meterport.yaml:5:7" for a value, or for a name in a map. */
  readonly place: Place;
}

/** Our own sentences, because the parser's quote the line, which may hold a key. */
const sentences: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "the same name appears twice in one map: remove one of them",
  TAB_AS_INDENT: "there is a tab in the indentation: use spaces",
  BAD_INDENT: "the indentation does not fit the lines above",
  BAD_ALIAS: "a value begins with *: put it in quotes",
  MULTIPLE_DOCS: "there is more than one document: remove what follows ---",
  // Also what a line that begins further left than its map looks like.
  MISSING_CHAR: "a quote, bracket or comma is missing, or the indentation does not fit the lines above",
  BLOCK_AS_IMPLICIT_KEY:
    "a nested map is not allowed here: put values with a colon in quotes, and check the indentation",
  BAD_SCALAR_START: "a value begins with a character that has a meaning in YAML: put it in quotes",
  BAD_DQ_ESCAPE: "a backslash in a quoted value has no meaning: write \\\\ or use single quotes",
};

/** A configuration has five levels. */
const mostLevels = 50;

/** A map of a configuration has some thirty names; the parser compares each with all others. */
const mostNames = 1_000;

/** What is too much in a token. The tokens are not read recursively, but the nodes made of them are. */
const excessOf = (token: CST.Token): string | undefined => {
  const open: { readonly token: CST.Token; readonly level: number }[] = [{ token, level: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const level = next.level + 1;
    if (level > mostLevels) return `lists or maps are nested more than ${mostLevels} deep`;
    if ("value" in next.token && next.token.value !== undefined) open.push({ token: next.token.value, level });
    if (!("items" in next.token)) continue;
    const isMap =
      next.token.type === "block-map" ||
      (next.token.type === "flow-collection" && next.token.start.type === "flow-map-start");
    if (isMap && next.token.items.length > mostNames) return `a map has more than ${mostNames} names`;
    for (const { key, value } of next.token.items) {
      if (key) open.push({ token: key, level });
      if (value) open.push({ token: value, level });
    }
  }
  return undefined;
};

/** @throws UsageError for what would take too much memory to look at */
const parsed = (name: string, text: string, lineCounter: LineCounter): Document.Parsed => {
  const composer = new Composer({ schema: "failsafe", prettyErrors: false, logLevel: "silent" });
  const docs: Document.Parsed[] = [];
  for (const token of new Parser(lineCounter.addNewLine).parse(text)) {
    const excess = excessOf(token);
    if (excess !== undefined)
      throw new UsageError("config", `${name}: ${excess}, and no configuration needs that: is this the right file?`);
    docs.push(...(composer.next(token) as Iterable<Document.Parsed>));
  }
  docs.push(...(composer.end(true, text.length) as Iterable<Document.Parsed>));
  const [doc, another] = docs;
  if (doc === undefined) throw new UsageError("config", `${name}: this is not valid YAML`);
  if (another !== undefined)
    doc.errors.push(new YAMLParseError([another.range[0], another.range[0] + 1], "MULTIPLE_DOCS", "more than one"));
  return doc;
};

/**
 * Reads a configuration file's text.
 *
 * @throws UsageError that names file, line and column, and quotes nothing of the file
 */
export const parseConfigFile = (name: string, text: string): ConfigFile => {
  if (text.length > maxLength)
    throw new UsageError(
      "config",
      `${name}: the file has ${text.length} characters; the limit is ${maxLength}, enough for 50,000 meters: is this the right file?`,
    );
  const lineCounter = new LineCounter();
  const doc = parsed(name, text, lineCounter);
  const at = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const fail = (offset: number, sentence: string): UsageError => new UsageError("config", `${at(offset)}: ${sentence}`);
  const [error] = doc.errors;
  if (error !== undefined) throw fail(error.pos[0], sentences[error.code] ?? "this is not valid YAML");

  visit(doc, {
    // Aliases could make a small file huge, and no configuration needs them.
    Alias: (_, node) => {
      throw fail(node.range?.[0] ?? 0, sentences.BAD_ALIAS ?? "");
    },
    Pair: (_, pair) => {
      if (!isScalar(pair.key) || typeof pair.key.value !== "string") {
        throw fail(isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0, "a name must be a plain word");
      }
      const empty =
        pair.value === null || (isScalar(pair.value) && pair.value.value === "" && pair.value.type === "PLAIN");
      return empty ? visit.REMOVE : undefined;
    },
  });

  const value: unknown = doc.contents === null ? {} : doc.toJS({ maxAliasCount: 0 });
  return {
    // A file with only comments is empty.
    value: value === "" || value === null ? {} : value,
    place: (path, key) => {
      let node: Node | null = doc.contents;
      for (let depth = 1; depth <= path.length; depth++) {
        const next: unknown = doc.getIn(path.slice(0, depth), true);
        // For a missing value, the place is that of its container.
        if (!isNode(next)) break;
        node = next;
      }
      if (key !== undefined && isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
        if (isScalar(pair?.key)) node = pair.key;
      }
      return at(node?.range?.[0] ?? 0);
    },
  };
};
