/** Columns that stand under each other. */

/** A cell that is painted after it was measured. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}
export type Row = readonly (string | Cell)[];

export interface TableOptions {
  /** Columns whose cells stand to the right. */
  readonly right?: readonly number[];
  /** In front of each line. */
  readonly indent?: string;
  /** Longest line; the last column is wrapped to it, other lines are left as they are. */
  readonly width?: number;
}

const cellOf = (cell: string | Cell): Cell => (typeof cell === "string" ? { text: cell } : cell);

/** Characters as a terminal counts them: all that we print are one column wide. */
const widthOf = (text: string): number => [...text].length;

/** Lines of at most `width` characters, broken between words where that is possible. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    let rest = word;
    if (line !== "" && widthOf(line) + 1 + widthOf(rest) > width) {
      lines.push(line);
      line = "";
    }
    while (widthOf(rest) > width) {
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
 * Rows as lines, each ended by a line feed, with two spaces between columns and none at the end.
 *
 * @example
 * alignedTable([["a", "1"], ["bcd", "22"]], { right: [1] }) // "a     1\nbcd  22\n"
 */
export const alignedTable = (rows: readonly Row[], options: TableOptions = {}): string => {
  const { right = [], indent = "", width = Number.POSITIVE_INFINITY } = options;
  const cells = rows.map((row) => row.map(cellOf));
  const last = Math.max(...cells.map((row) => row.length)) - 1;
  const widths = Array.from({ length: last }, (_, column) =>
    Math.max(0, ...cells.map((row) => widthOf(row[column]?.text ?? ""))),
  );
  const before = widths.reduce((sum, w) => sum + w + 2, indent.length);
  const room = Math.max(20, width - before);
  const lineOf = (row: readonly Cell[]): string =>
    row
      .map(({ text, paint = (plain) => plain }, column) => {
        const gap = " ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text)));
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
