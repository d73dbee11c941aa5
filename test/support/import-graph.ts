/** Which file of the project imports which, and the cycles among them. */
import { posix } from "node:path";
import { isTest, packageOf } from "./import-rules.ts";
import type { Import } from "./sources.ts";

/** What each file or folder points to. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The file that an import names, undefined if it is not ours. `files` are all paths of the project. */
export const importedFile = (path: string, specifier: string, files: ReadonlySet<string>): string | undefined => {
  const [, name, inner = "index"] = /^@meterport\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  if (name !== undefined) return [`packages/${name}/src/${inner}.ts`].find((file) => files.has(file));
  if (!specifier.startsWith(".")) return undefined;
  const target = posix.join(posix.dirname(path), specifier);
  // A test may name the file it expects to be built.
  return files.has(target) ? target : undefined;
};

/** The arrows between files: imports of every kind, including types and dynamic imports. */
export const graphOf = (imports: ReadonlyMap<string, readonly Import[]>): Graph => {
  const files = new Set(imports.keys());
  return new Map(
    [...imports].map(([path, list]) => [
      path,
      new Set(list.map(({ specifier }) => importedFile(path, specifier, files)).filter((file) => file !== undefined)),
    ]),
  );
};

/** The arrows between groups of files, such as folders; none from a group to itself. */
export const grouped = (graph: Graph, groupOf: (path: string) => string): Graph => {
  const groups = new Map<string, Set<string>>();
  for (const [path, targets] of graph) {
    const from = groupOf(path);
    const known = groups.get(from) ?? new Set();
    groups.set(from, known);
    for (const target of targets) if (groupOf(target) !== from) known.add(groupOf(target));
  }
  return groups;
};

/** The shortest cycle through `start`, undefined if there is none. */
const wayBack = (graph: Graph, start: string): readonly string[] | undefined => {
  const cameFrom = new Map<string, string>();
  const waiting = [start];
  for (const at of waiting)
    for (const next of graph.get(at) ?? []) {
      if (next === start) {
        const way = [at];
        for (let from = at; from !== start; ) {
          from = cameFrom.get(from) as string;
          way.unshift(from);
        }
        return way;
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, at);
      waiting.push(next);
    }
  return undefined;
};

/**
 * The cycles of a graph, shortest first: the members of each in the order of the arrows, starting with the first by name.
 * If cycles share members, only those that are no longer than another one through the same member.
 */
export const circlesOf = (graph: Graph): readonly (readonly string[])[] => {
  const found = new Map<string, readonly string[]>();
  for (const start of graph.keys()) {
    const way = wayBack(graph, start);
    if (way === undefined) continue;
    const first = way.indexOf([...way].sort()[0] as string);
    const turned = [...way.slice(first), ...way.slice(0, first)];
    found.set(turned.join(" "), turned);
  }
  return [...found.values()].sort((a, b) => a.length - b.length || (a.join() < b.join() ? -1 : 1));
};

/** The files of the packages, without those for tests. */
export const productGraph = (graph: Graph): Graph =>
  new Map(
    [...graph]
      .filter(([path]) => packageOf(path)?.inner.startsWith("src/") === true && !isTest(path))
      .map(([path, targets]) => [path, new Set([...targets].filter((target) => !isTest(target)))]),
  );

/** "packages/client/src/meter/read/ranges.ts" is in "packages/client". */
export const packageFolderOf = (path: string): string => path.split("/", 2).join("/");

/**
 * The room of a file of a package; a file beside the rooms is its own room.
 *
 * @example
 * folderOf("packages/client/src/meter/read/ranges.ts") // "packages/client/src/meter"
 * folderOf("packages/client/src/connect.ts") // "packages/client/src/connect.ts"
 */
export const folderOf = (path: string): string => path.split("/", 4).join("/");

/** The folders of one package, and which of them import which. */
export const foldersOf = (graph: Graph, packageFolder: string): Graph => {
  const isOwn = (path: string): boolean => path.startsWith(`${packageFolder}/`);
  const own = [...graph].filter(([path]) => isOwn(path));
  return grouped(new Map(own.map(([path, targets]) => [path, new Set([...targets].filter(isOwn))])), folderOf);
};
