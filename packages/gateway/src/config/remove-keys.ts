/** Takes keys out of the text of a configuration, of which everything else stays as it is. */
import { UsageError } from "@meterport/protocol/errors";
import { type Document, isMap, isNode, isScalar, type Node, type Pair, type YAMLMap } from "yaml";
import { endOf, lineEnd, lineStart, nodesOf, readsAs, type Splice, spliced } from "./file-text.ts";

type NodePair = Pair<Node, Node | null>;

const startOf = ({ key }: NodePair): number => key.range?.[0] ?? 0;
const pairEnd = ({ key, value }: NodePair): number => endOf(value?.range === undefined || value === null ? key : value);

/** Removes from one name to the next, and so what separates them; undefined if a comment would go with it. */
const upTo = (text: string, from: NodePair, next: NodePair): Splice | undefined => {
  const [start, end] = [startOf(from), startOf(next)];
  return text.slice(pairEnd(from), end).includes("#") ? undefined : { from: start, to: end, text: "" };
};

const flowSplices = (text: string, pairs: readonly NodePair[], isGone: (pair: NodePair) => boolean) => {
  const lastKept = pairs.findLastIndex((pair) => !isGone(pair));
  const [kept, last] = [pairs[lastKept], pairs.at(-1)];
  if (kept === undefined || last === undefined) return undefined;
  const splices = pairs.slice(0, lastKept).flatMap((pair, n) => {
    const next = pairs[n + 1];
    return isGone(pair) && next !== undefined ? [upTo(text, pair, next)] : [];
  });
  return last === kept ? splices : [...splices, { from: pairEnd(kept), to: pairEnd(last), text: "" }];
};

const blockSplices = (text: string, pairs: readonly NodePair[], isGone: (pair: NodePair) => boolean) =>
  pairs.flatMap((pair, n): readonly (Splice | undefined)[] => {
    if (!isGone(pair)) return [];
    const line = lineStart(text, startOf(pair));
    const isAlone = text.slice(line, startOf(pair)).trim() === "";
    const next = pairs[n + 1];
    // The first name of a list's item follows a dash, which the next name needs.
    if (!isAlone) return [next === undefined ? undefined : upTo(text, pair, next)];
    const isAfterDash = pairs.slice(0, n).every(isGone) && text.slice(0, startOf(pairs[0] as NodePair)).endsWith("- ");
    if (isAfterDash) return [next === undefined ? undefined : upTo(text, pair, next)];
    return [{ from: line, to: Math.min(text.length, lineEnd(text, pairEnd(pair)) + 1), text: "" }];
  });

/** What removes these names of one map; undefined if that would not be simple. */
export const removalOf = (text: string, map: YAMLMap, names: ReadonlySet<string>): readonly Splice[] | undefined => {
  const pairs = map.items as readonly NodePair[];
  const isGone = ({ key }: NodePair): boolean => isScalar(key) && names.has(String(key.value));
  const splices = map.flow === true ? flowSplices(text, pairs, isGone) : blockSplices(text, pairs, isGone);
  return splices?.every((splice) => splice !== undefined) ? (splices as readonly Splice[]) : undefined;
};

/** The names to remove, by the map that holds them. */
const byMap = (doc: Document.Parsed, paths: readonly (readonly PropertyKey[])[]): Map<YAMLMap, Set<string>> => {
  const maps = new Map<YAMLMap, Set<string>>();
  for (const path of paths) {
    const map: unknown = path.length === 1 ? doc.contents : doc.getIn(path.slice(0, -1), true);
    if (!isNode(map) || !isMap(map)) continue;
    const names = maps.get(map) ?? new Set();
    maps.set(map, names.add(String(path.at(-1))));
  }
  return maps;
};

const withSplices = (text: string, paths: readonly (readonly PropertyKey[])[]): string | undefined => {
  const splices: Splice[] = [];
  for (const [map, names] of byMap(nodesOf(text), paths)) {
    const own = removalOf(text, map, names);
    if (own === undefined) return undefined;
    splices.push(...own);
  }
  return spliced(text, splices);
};

/** The same by way of nodes, which may change the layout of lines. */
const withNodes = (text: string, paths: readonly (readonly PropertyKey[])[]): string => {
  const doc = nodesOf(text);
  for (const path of paths) doc.deleteIn(path);
  return doc.toString({ lineWidth: 0 });
};

/**
 * The text without these keys. What it reads as afterwards is compared with what it should.
 *
 * @param value what the new text must read as
 * @throws UsageError if the file cannot be changed this way
 */
export const removeKeys = (
  name: string,
  text: string,
  paths: readonly (readonly PropertyKey[])[],
  value: unknown,
): string => {
  if (paths.length === 0) return text;
  for (const write of [withSplices, withNodes]) {
    const written = write(text, paths);
    if (readsAs(name, written, value)) return written;
  }
  throw new UsageError(
    "migrate",
    `${name} is laid out in a way that keys cannot be removed from: remove those that config check names`,
  );
};
