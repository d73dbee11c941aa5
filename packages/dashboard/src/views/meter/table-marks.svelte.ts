import { fieldsAt, type TableContents, type TableField, touches } from "./table-answer.ts";
import { openAtFirst, parentsOf, type TableNode, treeOf } from "./table-tree.ts";

/** What is marked: some bytes, and the field that they are of. */
interface Mark {
  readonly start: number;
  /** The byte after the last. */
  readonly end: number;
  /** The field that was pointed at; null if it was a byte, of which several fields may be. */
  readonly path: string | null;
}

/** Elements of a list that are drawn at once. */
export const STEP = 50;

/** A table on the page: which lists are open, and which bytes and fields are marked together. */
export class TableMarks {
  readonly contents: TableContents;
  readonly tree: readonly TableNode[];
  open: ReadonlySet<string> = $state.raw(new Set());
  /** How many elements of a list are drawn, by its path. */
  #drawn: ReadonlyMap<string, number> = $state.raw(new Map());
  /** Stays until another is chosen. */
  pinned: Mark | null = $state.raw(null);
  /** Under the mouse. */
  hovered: Mark | null = $state.raw(null);
  readonly mark = $derived(this.hovered ?? this.pinned);

  constructor(contents: TableContents) {
    this.contents = contents;
    this.tree = treeOf(contents.fields);
    this.open = openAtFirst(this.tree);
  }

  /** The byte that arrow keys start from. */
  get cursor(): number {
    return this.pinned?.start ?? this.contents.from;
  }

  hoverField(field: TableField | null): void {
    this.hovered = field === null ? null : markOf(field);
  }

  pinField(field: TableField): void {
    this.pinned = markOf(field);
  }

  hoverByte(offset: number | null): void {
    this.hovered = offset === null ? null : this.#byteMark(offset);
  }

  /** Opens what the byte's field is in, so that it can be seen. Gives the field. */
  pinByte(offset: number): TableField | null {
    const { from, bytes, fields } = this.contents;
    const at = Math.max(from, Math.min(from + bytes.length - 1, offset));
    this.pinned = { ...this.#byteMark(at), start: at };
    const [field] = fieldsAt(fields, at);
    if (field === undefined) return null;
    this.open = new Set([...this.open, ...parentsOf(field.path)]);
    this.#drawAround(field.path);
    return field;
  }

  drawn(path: string): number {
    return this.#drawn.get(path) ?? STEP;
  }

  draw(path: string, count: number): void {
    this.#drawn = new Map([...this.#drawn, [path, count]]);
  }

  /** Draws as much of each list as a field needs to be seen. */
  #drawAround(path: string): void {
    let nodes = this.tree;
    let list = "";
    for (const part of [...parentsOf(path), path]) {
      const index = nodes.findIndex((node) => node.path === part);
      if (list !== "" && index >= this.drawn(list)) this.draw(list, Math.ceil((index + 1) / STEP) * STEP);
      list = part;
      nodes = nodes[index]?.children ?? [];
    }
  }

  isMarked(field: TableField): boolean {
    const { mark } = this;
    if (mark === null) return false;
    return mark.path === null ? touches(field, mark.start) : mark.path === field.path;
  }

  toggle(path: string): void {
    const open = new Set(this.open);
    if (!open.delete(path)) open.add(path);
    this.open = open;
  }

  setAll(isOpen: boolean): void {
    const all = new Set<string>();
    const visit = (node: TableNode): void => {
      if (node.children.length === 0) return;
      all.add(node.path);
      node.children.forEach(visit);
    };
    if (isOpen) this.tree.forEach(visit);
    this.open = all;
  }

  /** The words for a byte: the paths of its fields. */
  pathsAt(offset: number): string[] {
    return fieldsAt(this.contents.fields, offset).map(({ path }) => path);
  }

  #byteMark(offset: number): Mark {
    const fields = fieldsAt(this.contents.fields, offset);
    const whole = fields.find(({ bits }) => bits === null);
    return { start: offset, end: whole?.end ?? offset + 1, path: null };
  }
}

function markOf({ start, end, bits, path }: TableField): Mark {
  if (bits === null) return { start, end, path };
  const first = start + Math.floor(bits[0] / 8);
  return { start: first, end: start + Math.floor(bits[1] / 8) + 1, path };
}
