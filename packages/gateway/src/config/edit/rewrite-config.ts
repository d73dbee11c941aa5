/** Changes the text of a configuration so that it reads as wanted, of which everything else stays as it is. */
import { isDeepStrictEqual } from "node:util";
import { UsageError } from "@meterport/protocol/errors";
import { type Document, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import {
  columnOf,
  endOf,
  indented,
  itemsOf,
  lineAfter,
  lineEnd,
  lineStart,
  nodesOf,
  readsAs,
  type Splice,
  scalarOf,
  spliced,
  written,
  yamlOf,
} from "../file-text.ts";
import { removalOf } from "../remove-keys.ts";
import { isRawMap, type RawMap, type RawValue } from "./raw-config.ts";

type NodePair = Pair<Node, Node | null>;

/** What differs between two maps, by name. */
const differences = (old: RawMap, wanted: RawMap) => ({
  removed: Object.keys(old).filter((name) => !Object.hasOwn(wanted, name)),
  added: Object.keys(wanted).filter((name) => !Object.hasOwn(old, name)),
  changed: Object.keys(wanted).filter(
    (name) => Object.hasOwn(old, name) && !isDeepStrictEqual(old[name], wanted[name]),
  ),
});

const idOf = (item: RawValue | undefined): RawValue | undefined =>
  item !== undefined && isRawMap(item) ? item.id : undefined;

/** What differs between two lists of things with ids; undefined if these do not keep their order, or there are none. */
const listDifferences = (old: readonly RawValue[], wanted: readonly RawValue[]) => {
  const ids = wanted.map(idOf);
  if ([...ids, ...old.map(idOf)].includes(undefined)) return undefined;
  const places = new Map(ids.map((id, n) => [id, n]));
  const kept = old.flatMap((item, from) => {
    const to = places.get(idOf(item));
    return to === undefined ? [] : [{ from, to, old: item as RawMap, wanted: wanted[to] as RawMap }];
  });
  const isSimple = places.size === ids.length && kept.every(({ to }, n) => to === n);
  const removed = old.flatMap((item, n) => (places.has(idOf(item)) ? [] : [n]));
  return isSimple ? { kept, removed, added: wanted.slice(kept.length) } : undefined;
};

/** Thrown where a file is laid out in a way that this does not know; caught in this file. */
class NotSimple extends Error {}

const notSimple = (): never => {
  throw new NotSimple();
};

const nameOf = ({ key }: NodePair): string => (isScalar(key) ? String(key.value) : "");
const pairAt = (map: YAMLMap, name: string): NodePair | undefined =>
  (map.items as NodePair[]).find((pair) => nameOf(pair) === name);

/** A value between braces or brackets. */
const inFlow = (value: RawValue): string => {
  if (typeof value === "string") return /^[A-Za-z0-9_./-]+$/.test(value) ? value : JSON.stringify(value);
  if (!isRawMap(value)) return `[${value.map(inFlow).join(", ")}]`;
  const pairs = Object.entries(value).map(([name, part]) => `${name}: ${inFlow(part)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
};

/** Finds the places in the text that change. */
class Splicer {
  readonly #text: string;
  readonly splices: Splice[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  map(map: YAMLMap, old: RawMap, wanted: RawMap): void {
    const { removed, added, changed } = differences(old, wanted);
    for (const name of changed) this.#change(map, name, old[name] ?? "", wanted[name] ?? "");
    if (removed.length > 0) this.#remove(map, new Set(removed));
    const kept = (map.items as NodePair[]).filter((pair) => !removed.includes(nameOf(pair)));
    const last = kept.at(-1);
    for (const name of added) {
      const value = wanted[name] ?? "";
      if (last === undefined) this.#addInstead(map, { name, value });
      else this.#add(map, { name, value }, last);
    }
  }

  /** Where everything else leaves. */
  #addInstead(map: YAMLMap, { name, value }: { name: string; value: RawValue }): void {
    const first = map.items[0] as NodePair | undefined;
    const at = first?.key.range?.[0] ?? notSimple();
    const line = lineStart(this.#text, at);
    if (map.flow === true || this.#text.slice(line, at).trim() !== "") throw new NotSimple();
    this.splices.push({ from: line, to: line, text: indented(yamlOf({ [name]: value }), at - line) });
  }

  #add(map: YAMLMap, { name, value }: { name: string; value: RawValue }, last: NodePair): void {
    const empty = pairAt(map, name);
    if (map.flow === true) {
      if (empty !== undefined) notSimple();
      const at = endOf(last.value ?? last.key);
      this.splices.push({ from: at, to: at, text: `, ${name}: ${inFlow(value)}` });
      return;
    }
    const lines = yamlOf({ [name]: value }).trimEnd();
    const indent = columnOf(this.#text, (map.items[0] as NodePair).key.range?.[0] ?? 0);
    if (empty === undefined) {
      const end = last.value?.range === undefined || last.value === null ? last.key : last.value;
      this.splices.push(lineAfter(this.#text, endOf(end), indented(lines, indent)));
    } else this.#fill(empty, indented(lines, indent).slice(indent + name.length + 1));
  }

  /** A name with nothing behind it, perhaps but comments. */
  #fill(pair: NodePair, text: string): void {
    const at = pair.key.range?.[1] ?? 0;
    const end = lineEnd(this.#text, at);
    const [, behind] = /^\s*:(.*)$/.exec(this.#text.slice(at, end)) ?? notSimple();
    if ((behind ?? "").trim() !== "") notSimple();
    this.splices.push({ from: at, to: end, text: `:${text}` });
  }

  #remove(map: YAMLMap, names: ReadonlySet<string>): void {
    this.splices.push(...(removalOf(this.#text, map, names) ?? notSimple()));
  }

  #change(map: YAMLMap, name: string, old: RawValue, wanted: RawValue): void {
    const pair = pairAt(map, name) ?? notSimple();
    const { value } = pair;
    if (isRawMap(old) && isRawMap(wanted) && isMap(value) && value.items.length > 0 && Object.keys(wanted).length > 0) {
      this.map(value, old, wanted);
    } else if (Array.isArray(old) && Array.isArray(wanted) && isSeq(value) && value.flow !== true) {
      if (!this.#list(value, old, wanted)) this.#replace(map, pair, wanted);
    } else if (isScalar(value) && typeof wanted === "string" && value.range && !/^BLOCK/.test(value.type ?? "")) {
      const text = map.flow === true ? inFlow(wanted) : scalarOf(name, wanted);
      if (text.includes("\n")) notSimple();
      this.splices.push({ from: value.range[0], to: value.range[1], text });
    } else this.#replace(map, pair, wanted);
  }

  /** The value as a whole, and what was said within it. */
  #replace(map: YAMLMap, pair: NodePair, wanted: RawValue): void {
    const { key, value } = pair;
    if (!value?.range || !key.range) throw new NotSimple();
    if (map.flow === true || ((isMap(value) || isSeq(value)) && value.flow === true)) {
      this.splices.push({ from: value.range[0], to: value.range[1], text: inFlow(wanted) });
      return;
    }
    const indent = columnOf(this.#text, key.range[0]);
    const lines = yamlOf({ [nameOf(pair)]: wanted }).trimEnd();
    this.splices.push({ from: key.range[0], to: endOf(value), text: indented(lines, indent).slice(indent) });
  }

  #list(list: YAMLSeq, old: readonly RawValue[], wanted: readonly RawValue[]): boolean {
    const differs = listDifferences(old, wanted);
    if (differs === undefined || differs.kept.length === 0) return false;
    const items = list.items as Node[];
    for (const each of differs.kept) {
      if (isDeepStrictEqual(each.old, each.wanted)) continue;
      const item: unknown = items[each.from];
      if (!isMap(item)) return notSimple();
      this.map(item, each.old, each.wanted);
    }
    for (const n of differs.removed) this.#removeItem(items[n]);
    const last = items[differs.kept.at(-1)?.from ?? 0];
    if (differs.added.length > 0 && last !== undefined) {
      const indent = columnOf(this.#text, list.range?.[0] ?? 0);
      this.splices.push(lineAfter(this.#text, endOf(last), itemsOf(differs.added, indent).trimEnd()));
    }
    return true;
  }

  #removeItem(item: Node | undefined): void {
    if (!item?.range) throw new NotSimple();
    const from = lineStart(this.#text, item.range[0]);
    if (this.#text.slice(from, item.range[0]).trim() !== "-") notSimple();
    const to = Math.min(this.#text.length, lineEnd(this.#text, endOf(item)) + 1);
    this.splices.push({ from, to, text: "" });
  }
}

const withSplices = (text: string, old: RawMap, wanted: RawMap): string | undefined => {
  const { contents } = nodesOf(text);
  if (contents === null || (isScalar(contents) && contents.value === "")) {
    const before = text.trim() === "" ? "" : `${text.trimEnd()}\n\n`;
    return `${before}${yamlOf(wanted)}`;
  }
  const splicer = new Splicer(text);
  try {
    splicer.map(isMap(contents) ? contents : notSimple(), old, wanted);
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
  return spliced(text, splicer.splices);
};

const setNodes = (doc: Document.Parsed, at: readonly (string | number)[], old: RawMap, wanted: RawMap): void => {
  const { removed, added, changed } = differences(old, wanted);
  for (const name of removed) doc.deleteIn([...at, name]);
  for (const name of added) doc.setIn([...at, name], doc.createNode(wanted[name]));
  for (const name of changed) {
    const [before, after] = [old[name] ?? "", wanted[name] ?? ""];
    const here = [...at, name];
    const node: unknown = doc.getIn(here, true);
    if (isRawMap(before) && isRawMap(after) && isMap(node)) setNodes(doc, here, before, after);
    else if (isSeq(node) && Array.isArray(before) && Array.isArray(after)) setItems(doc, here, before, after);
    else if (isScalar(node) && typeof after === "string") node.value = after;
    else doc.setIn(here, doc.createNode(after));
  }
};

const setItems = (
  doc: Document.Parsed,
  at: readonly (string | number)[],
  old: readonly RawValue[],
  wanted: readonly RawValue[],
): void => {
  const differs = listDifferences(old, wanted);
  if (differs === undefined) {
    doc.setIn(at, doc.createNode(wanted));
    return;
  }
  for (const each of differs.kept) setNodes(doc, [...at, each.from], each.old, each.wanted);
  for (const n of [...differs.removed].reverse()) doc.deleteIn([...at, n]);
  for (const item of differs.added) doc.addIn(at, doc.createNode(item));
};

/** The same by way of nodes, which may change the layout of lines. */
const withNodes = (text: string, old: RawMap, wanted: RawMap): string => {
  const doc = nodesOf(text);
  if (isMap(doc.contents)) setNodes(doc, [], old, wanted);
  else doc.contents = doc.createNode(wanted) as never;
  return written(doc);
};

/** The text as this file writes it, and the way back to that of an editor of Windows: a mark at the start, two characters at the end of lines. */
const undressed = (text: string) => {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const isCrLf = /\r\n/.test(text) && !/[^\r]\n/.test(text);
  const plain = text.slice(mark.length);
  return {
    plain: isCrLf ? plain.replaceAll("\r\n", "\n") : plain,
    dressed: (next: string | undefined): string | undefined =>
      next === undefined ? undefined : mark + (isCrLf ? next.replaceAll("\n", "\r\n") : next),
  };
};

/**
 * The text of a configuration that reads as wanted. Comments, order and spaces of everything else stay.
 *
 * @param old what the text reads as now
 * @throws UsageError if the file cannot be changed this way
 * @example
 * rewriteConfig("meterport.yaml", "zone: UTC # for now\n", { zone: "UTC" }, { zone: "Europe/Berlin" })
 * // "zone: Europe/Berlin # for now\n"
 */
export const rewriteConfig = (name: string, text: string, old: RawMap, wanted: RawMap): string => {
  if (isDeepStrictEqual(old, wanted)) return text;
  const { plain, dressed } = undressed(text);
  for (const write of [withSplices, withNodes]) {
    const next = dressed(write(plain, old, wanted));
    if (readsAs(name, next, wanted)) return next;
  }
  throw new UsageError(
    "config",
    `${name} is laid out in a way that this change cannot be written into it: make the change in the file`,
  );
};
