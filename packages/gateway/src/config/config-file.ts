/** The configuration file: YAML, with the position of every value. */
import { UsageError } from "@meterport/protocol/errors";
import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from "yaml";

/** No real configuration has a megabyte. */
const maxLength = 1_000_000;

export interface ConfigFile {
  /** Every leaf is text; empty values are absent. */
  readonly value: unknown;
  /** "meterport.yaml:5:7" for a value, or for a name in a map. */
  readonly place: (path: readonly PropertyKey[], name?: string) => string;
}

/** Our own sentences, because the parser's quote the line, which may hold a key. */
const sentences: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "the same name appears twice in one map: remove one of them",
  TAB_AS_INDENT: "there is a tab in the indentation: use spaces",
  BAD_INDENT: "the indentation does not fit the lines above",
  BAD_ALIAS: "a value begins with *: put it in quotes",
  MULTIPLE_DOCS: "there is more than one document: remove what follows ---",
  MISSING_CHAR: "a quote, bracket or comma is missing",
  BLOCK_AS_IMPLICIT_KEY:
    "a nested map is not allowed here: put values with a colon in quotes, and check the indentation",
  BAD_SCALAR_START: "a value begins with a character that has a meaning in YAML: put it in quotes",
  BAD_DQ_ESCAPE: "a backslash in a quoted value has no meaning: write \\\\ or use single quotes",
};

/**
 * Reads a configuration file's text.
 *
 * @throws UsageError that names file, line and column, and quotes nothing of the file
 */
export const parseConfigFile = (name: string, text: string): ConfigFile => {
  if (text.length > maxLength) throw new UsageError("config", `${name}: the file is too long to be a configuration`);
  const lineCounter = new LineCounter();
  const doc = parseDocument(text, { schema: "failsafe", lineCounter, prettyErrors: false, logLevel: "silent" });
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
