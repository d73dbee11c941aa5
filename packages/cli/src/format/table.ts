/** Aligned columns, or one cell per line if the line is too short for them. */
import { plainText } from "@meterport/protocol/plain-text";
import { unpainted } from "./paint.ts";

/** A cell that is painted after it was measured. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}
export type Row = readonly (string | Cell)[];

export interface TableOptions {
  /** Right-aligned columns. */
  readonly right?: readonly number[] | undefined;
  /** Prefix of each line. */
  readonly indent?: string | undefined;
  /** Longest line: the last column is wrapped to it, and if the others do not fit either, each cell gets a line. */
  readonly width?: number | undefined;
  /** The first row names the columns. */
  readonly head?: true | undefined;
}

/** Foreign text may contain anything, and a line feed would start a new line. */
const cellOf = (cell: string | Cell): Cell =>
  typeof cell === "string" ? { text: plainText(cell) } : { ...cell, text: plainText(cell.text) };

/** Characters as a terminal counts them: all that we print are one column wide, and colours take none. */
export const textWidth = (text: string): number => [...unpainted(text)].length;

/** Lines of at most `width` characters, broken between words if possible. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    let rest = word;
    if (line !== "" && textWidth(line) + 1 + textWidth(rest) > width) {
      lines.push(line);
      line = "";
    }
    while (textWidth(rest) > width) {
      const characters = [...rest];
      lines.push(characters.slice(0, width).join(""));
      rest = characters.slice(width).join("");
    }
    line = line === "" ? rest : `${line} ${rest}`;
  }
  lines.push(line);
  return lines;
};

/**
 * Breaks a line at words, where a terminal would break words and numbers; later lines are indented further.
 *
 * @example
 * wrapLine("  import 1.000 kWh", 16) // ["  import 1.000", "    kWh"]
 */
export const wrapLine = (line: string, width: number): string[] => {
  if (textWidth(line) <= width) return [line];
  const [margin = ""] = /^ */.exec(line) ?? [];
  const indent = margin.length + 2 < width / 2 ? margin : "";
  const [first = "", ...more] = wrap(line.trim(), Math.max(1, width - indent.length));
  if (more.length === 0) return [indent + first];
  const rest = line.trim().slice(first.length).trim();
  return [indent + first, ...wrap(rest, Math.max(1, width - indent.length - 2)).map((part) => `${indent}  ${part}`)];
};

/** Narrower terminals are treated as this wide. */
const leastWidth = 20;

/**
 * Rows as lines, each with a line feed at its end, two spaces between columns and no trailing spaces.
 *
 * @example
 * alignedTable([["a", "1"], ["bcd", "22"]], { right: [1] }) // "a     1\nbcd  22\n"
 */
export const alignedTable = (rows: readonly Row[], options: TableOptions = {}): string => {
  const { right = [], indent = "", width = Number.POSITIVE_INFINITY } = options;
  const cells = rows.map((row) => row.map(cellOf));
  const last = Math.max(...cells.map((row) => row.length)) - 1;
  const widths = Array.from({ length: last }, (_, column) =>
    Math.max(0, ...cells.map((row) => textWidth(row[column]?.text ?? ""))),
  );
  const before = widths.reduce((sum, w) => sum + w + 2, indent.length);
  const needed = Math.max(0, ...cells.map((row) => textWidth(row[last]?.text ?? "")));
  if (last > 0 && before + Math.min(needed, leastWidth) > width) return stackedTable(cells, options);
  const room = Math.max(leastWidth, width - before);
  const lineOf = (row: readonly Cell[]): string =>
    row
      .map(({ text, paint = (plain) => plain }, column) => {
        const gap = " ".repeat(Math.max(0, (widths[column] ?? 0) - textWidth(text)));
        return right.includes(column) ? gap + paint(text) : paint(text) + gap;
      })
      .join("  ");
  let out = "";
  for (const row of cells) {
    const final = row[last];
    const parts = final === undefined || room === Number.POSITIVE_INFINITY ? [] : wrap(final.text, room);
    const first =
      final === undefined || parts.length < 2 ? row : [...row.slice(0, last), { ...final, text: parts[0] ?? "" }];
    out += `${(indent + lineOf(first)).trimEnd()}\n`;
    for (const part of parts.slice(1)) out += `${" ".repeat(before)}${final?.paint?.(part) ?? part}\n`;
  }
  return out;
};

/** Each cell on a line of its own after its column name; empty cells are omitted, and a blank line ends a row. */
const stackedTable = (cells: readonly (readonly Cell[])[], options: TableOptions): string => {
  const { indent = "", width = Number.POSITIVE_INFINITY, head } = options;
  const names = head === true ? (cells[0] ?? []) : [];
  const labels = Math.max(0, ...names.map(({ text }) => textWidth(text)));
  const linesOf = ({ text, paint = (plain) => plain }: Cell, column: number): string[] => {
    const name = names[column];
    const label = name === undefined ? (column === 0 ? "" : "  ") : "";
    const room = Math.max(leastWidth, width - indent.length);
    if (labels > 0 && labels + 2 + textWidth(text) <= room) {
      const gap = " ".repeat(labels - textWidth(name?.text ?? "") + 2);
      return [`${indent}${name?.paint?.(name.text) ?? name?.text ?? ""}${gap}${paint(text)}`];
    }
    const titled =
      name === undefined || name.text === ""
        ? []
        : wrap(name.text, room).map((part) => `${indent}${name.paint?.(part) ?? part}`);
    const inset = titled.length > 0 ? "  " : label;
    return [...titled, ...wrap(text, room - inset.length).map((part) => `${indent}${inset}${paint(part)}`)];
  };
  return cells
    .slice(head === true ? 1 : 0)
    .map((row) => {
      const lines = row.flatMap((cell, column) => (cell.text === "" ? [] : linesOf(cell, column)));
      return lines.map((line) => `${line.trimEnd()}\n`).join("");
    })
    .join("\n");
};
