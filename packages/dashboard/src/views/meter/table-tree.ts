/** Fields of a table as a tree, of which long lists are closed at first. */
import type { TableField } from "./table-answer.ts";

export interface TableNode {
  /** The path to it: "devices.0". */
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  /** The field, of a leaf. */
  readonly field: TableField | null;
  readonly children: readonly TableNode[];
  /** Whether its children are the elements of a list. */
  readonly isList: boolean;
  /** Fields within. */
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

interface Growing {
  readonly path: string;
  readonly name: string;
  field: TableField | null;
  readonly children: Map<string, Growing>;
}

const MOST_DEPTH = 12;

function finished({ path, name, field, children }: Growing): TableNode {
  const parts = [...children.values()].map(finished);
  const leaf = field === null ? [] : [field];
  const [starts, ends] = [[...leaf, ...parts].map(({ start }) => start), [...leaf, ...parts].map(({ end }) => end)];
  return {
    ...{ path, name, field, children: parts },
    isList: parts.length > 0 && parts.every((part) => /^\d+$/.test(part.name)),
    count: leaf.length + parts.reduce((sum, part) => sum + part.count, 0),
    start: starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY),
    end: ends.reduce((most, end) => Math.max(most, end), 0),
  };
}

/** The tree of a table's fields, in the order of their first bytes. */
export function treeOf(fields: readonly TableField[]): TableNode[] {
  const root: Growing = { path: "", name: "", field: null, children: new Map() };
  for (const field of fields) {
    let at = root;
    for (const name of field.path.split(".").slice(0, MOST_DEPTH)) {
      const path = at.path === "" ? name : `${at.path}.${name}`;
      const next = at.children.get(name) ?? { path, name, field: null, children: new Map() };
      at.children.set(name, next);
      at = next;
    }
    at.field = field;
  }
  return finished(root).children as TableNode[];
}

/** Tables with no more fields than this are shown whole. */
const FEW = 48;
/** A list with no more elements than this begins open. */
const FEW_ELEMENTS = 4;

/** Paths that begin open. */
export function openAtFirst(nodes: readonly TableNode[]): Set<string> {
  const total = nodes.reduce((sum, { count }) => sum + count, 0);
  const open = new Set<string>();
  const visit = (node: TableNode): void => {
    if (node.children.length === 0) return;
    if (total > FEW && node.isList && node.children.length > FEW_ELEMENTS) return;
    if (total > FEW && node.count > FEW && !node.isList) return;
    open.add(node.path);
    node.children.forEach(visit);
  };
  nodes.forEach(visit);
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined && only.children.length > 0) open.add(only.path);
  return open;
}

/**
 * The paths above a field.
 *
 * @example parentsOf("devices.0.billingDay") // ["devices", "devices.0"]
 */
export function parentsOf(path: string): string[] {
  const parts = path.split(".");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("."));
}

/** The value of a table as one object, for copying. */
export function jsonOf(fields: readonly TableField[]): unknown {
  const value = (node: TableNode): unknown => {
    if (node.field !== null) return node.field.secret ? null : node.field.value;
    if (node.isList) return node.children.map(value);
    return Object.fromEntries(node.children.map((child) => [child.name, value(child)]));
  };
  return Object.fromEntries(treeOf(fields).map((node) => [node.name, value(node)]));
}
