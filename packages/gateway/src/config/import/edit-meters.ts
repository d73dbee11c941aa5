/** Writes meters into the text of a configuration, of which everything else stays as it is: comments, order, spaces. */
import { UsageError } from "@meterport/protocol/errors";
import { type Document, isMap, isScalar, isSeq, type YAMLMap } from "yaml";
import {
  columnOf,
  endOf,
  itemsOf,
  lineAfter,
  nodesOf,
  readsAs,
  type Splice,
  scalarOf,
  spliced,
  written,
} from "../file-text.ts";
import type { Merged, MeterEdit, Raw } from "./merge-meters.ts";

/** The splices of one meter; undefined if they would not be simple. */
const splicesOf = (text: string, map: YAMLMap, edit: MeterEdit): readonly Splice[] | undefined => {
  const [first] = map.items;
  if (map.flow === true || !isScalar(first?.key)) return undefined;
  const indent = columnOf(text, first.key.range?.[0] ?? 0);
  const splices: Splice[] = [];
  for (const [path, value] of edit.fields) {
    const node: unknown = map.getIn(path.split("."), true);
    const name = path.split(".").at(-1) ?? "";
    if (value === undefined) return undefined;
    const own = scalarOf(name, value);
    if (own.includes("\n")) return undefined;
    if (isScalar(node) && node.range) splices.push({ from: node.range[0], to: node.range[1], text: own });
    else if (node === undefined && !path.includes("."))
      splices.push(lineAfter(text, endOf(map), `${" ".repeat(indent)}${name}: ${own}`));
    else return undefined;
  }
  return splices;
};

/** The text with a few places changed; undefined where the file is laid out in a way that this does not know. */
const withSplices = (text: string, doc: Document.Parsed, { added, changed }: Merged): string | undefined => {
  const list: unknown = doc.get("meters", true);
  const splices: Splice[] = [];
  for (const edit of changed) {
    const map: unknown = isSeq(list) ? list.items[edit.index] : undefined;
    const own = isMap(map) ? splicesOf(text, map, edit) : undefined;
    if (own === undefined) return undefined;
    splices.push(...own);
  }
  if (added.length === 0) return spliced(text, splices);
  if (isSeq(list) && list.flow !== true && list.items.length > 0 && list.range) {
    const items = itemsOf(added, columnOf(text, list.range[0])).trimEnd();
    return spliced(text, [...splices, lineAfter(text, endOf(list), items)]);
  }
  if (list !== undefined || (doc.contents !== null && (!isMap(doc.contents) || doc.contents.flow === true)))
    return undefined;
  const before = text.trim() === "" ? "" : `${text.trimEnd()}\n\n`;
  return `${before}meters:\n${itemsOf(added, 2)}`;
};

/** The same by way of nodes, which may change the layout of lines. */
const withNodes = (doc: Document.Parsed, { added, changed }: Merged): string => {
  for (const { index, fields } of changed)
    for (const [path, value] of fields) {
      const at = ["meters", index, ...path.split(".")];
      const node: unknown = doc.getIn(at, true);
      if (value === undefined) doc.deleteIn(at);
      else if (isScalar(node)) node.value = value;
      else doc.setIn(at, value);
    }
  if (added.length > 0) {
    const list: unknown = doc.get("meters", true);
    // "[]", as in the example, would become one line with all of them.
    if (isSeq(list) && list.items.length === 0) list.flow = false;
    if (isSeq(list)) for (const meter of added) list.add(doc.createNode(meter));
    else doc.set("meters", doc.createNode(added));
  }
  return written(doc);
};

/**
 * The text with the merged meters. What it reads as afterwards is compared with what it should.
 *
 * @param value the file as it is read now
 * @throws UsageError if the file cannot be changed this way
 */
export const editMeters = (name: string, text: string, value: Raw, merged: Merged): string => {
  const wanted = { ...value, meters: merged.meters };
  const simple = withSplices(text, nodesOf(text), merged);
  if (readsAs(name, simple, wanted)) return simple;
  const whole = withNodes(nodesOf(text), merged);
  if (readsAs(name, whole, wanted)) return whole;
  throw new UsageError(
    "import",
    `${name} is laid out in a way that meters cannot be added to: write them as a list below "meters:"`,
  );
};
