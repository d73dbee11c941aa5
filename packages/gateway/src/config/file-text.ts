/** Changes a few places in the text of a configuration, of which everything else stays as it is: comments, order, spaces. */
import { isDeepStrictEqual } from "node:util";
import { UsageError } from "@meterport/protocol/errors";
import { Document, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, Scalar, visit } from "yaml";
import { parseConfigFile } from "./config-file.ts";

/** Text in place of what is between two offsets. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The text with splices that do not overlap. */
export const spliced = (text: string, splices: readonly Splice[]): string => {
  const parts: string[] = [];
  let done = 0;
  for (const { from, to, text: part } of [...splices].sort((a, b) => a.from - b.from || a.to - b.to)) {
    parts.push(text.slice(done, from), part);
    done = to;
  }
  return [...parts, text.slice(done)].join("");
};

/** Where the line of an offset ends, before its line feed. */
export const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
};

export const lineStart = (text: string, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;

/** Where the last value within a node ends. */
export const endOf = (node: Node): number => {
  if (isMap(node) || isSeq(node)) {
    const last: unknown = node.items.at(-1);
    const pair = last as Pair<Node, Node | null> | undefined;
    const inner = isMap(node)
      ? pair?.value?.range === undefined
        ? pair?.key
        : pair.value
      : (last as Node | undefined);
    if (inner?.range !== undefined && node.flow !== true) return endOf(inner);
  }
  return node.range?.[1] ?? 0;
};

/** Every leaf as text. */
const asText = { schema: "failsafe" } as const;

/** The text as nodes that may be changed. */
export const nodesOf = (text: string): Document.Parsed =>
  parseDocument(text, { ...asText, logLevel: "silent", prettyErrors: false });

/** Without the prototypes of the parser's objects. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Whether a text is a configuration with this content: no edit is trusted before it was read again. */
export const readsAs = (name: string, text: string | undefined, wanted: unknown): text is string => {
  try {
    return text !== undefined && isDeepStrictEqual(plain(parseConfigFile(name, text).value), plain(wanted));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return false;
  }
};

const style = { lineWidth: 0 } as const;

/** A changed document as text. Keys of digits would look like numbers to other readers, and are quoted. */
export const written = (doc: Document): string => {
  visit(doc, {
    Pair: (_, pair) => {
      if (isScalar(pair.key) && pair.key.value === "key" && isScalar(pair.value)) pair.value.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return doc.toString(style);
};

/** A value in the style of blocks. */
export const yamlOf = (value: unknown): string => written(new Document(value, asText));

/** What stands behind the colon of a name. */
export const scalarOf = (name: string, text: string): string =>
  yamlOf({ [name]: text })
    .slice(name.length + 2)
    .trimEnd();

/** Lines with this indentation. */
export const indented = (lines: string, indent: number): string => lines.replace(/^(?=.)/gm, " ".repeat(indent));

/** The items of a list as lines with this indentation. */
export const itemsOf = (items: readonly unknown[], indent: number): string => indented(yamlOf(items), indent);

export const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset);

/** A new line behind the one in which something ends. */
export const lineAfter = (text: string, offset: number, line: string): Splice => {
  const at = lineEnd(text, offset);
  return { from: at, to: at, text: `\n${line}` };
};
