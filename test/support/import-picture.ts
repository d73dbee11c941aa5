/** A graph of imports as a picture that GitHub and editors draw. */
import type { Graph } from "./import-graph.ts";

/** Arrows that a longer path implies: with a → b → c, a → c adds nothing. */
const isImplied = (graph: Graph, from: string, to: string): boolean => {
  const seen = new Set<string>();
  const waiting = [...(graph.get(from) ?? [])].filter((next) => next !== to);
  for (const at of waiting) {
    if (at === to) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    waiting.push(...(graph.get(at) ?? []));
  }
  return false;
};

/**
 * A Mermaid flowchart: each arrow points at what is imported. If there are no cycles, arrows that others imply are omitted.
 *
 * @param prefix what all names begin with, which is not shown
 * @example
 * mermaidOf(new Map([["x/a", new Set(["x/b"])]]), "x/") // "flowchart TD\n  a --> b\n"
 */
export const mermaidOf = (graph: Graph, prefix: string): string => {
  const named = (path: string): string => (path.startsWith(prefix) ? path.slice(prefix.length) : path);
  const arrows = [...graph].flatMap(([from, targets]) =>
    [...targets].filter((to) => !isImplied(graph, from, to)).map((to) => `  ${named(from)} --> ${named(to)}\n`),
  );
  return `flowchart TD\n${arrows.sort().join("")}`;
};
