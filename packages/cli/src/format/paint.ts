/** Colour, if the output supports it. */
import type { Output } from "../io/io.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
/** How text looks on an output: its colours and its line length. */
export interface Paint {
  (style: Style | readonly Style[], text: string): string;
  /** Characters per line of a terminal; unlimited elsewhere, since those lines are for programs. */
  readonly width: number;
}

/** The codes n of ESC [ n m that begin and end each style. */
const codes: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};
const used = [...new Set(Object.values(codes).flat())];
/** Noncharacters represent them until the edge, so that no foreign text can drive a terminal. */
const firstMark = 0xfdd0;
const markOf = (code: number): string => String.fromCharCode(firstMark + used.indexOf(code));

/** The escape sequence of a mark; undefined for any other character. */
export const sequenceOf = (mark: string): string | undefined => {
  const code = used[mark.charCodeAt(0) - firstMark];
  return code === undefined ? undefined : `\x1b[${code}m`;
};

/** The text without its marks. */
export const unpainted = (text: string): string => text.replace(/[\ufdd0-\ufdef]/g, "");

/** Painted text has marks, which only a `write` behind the edge turns into colour. */
export const paintFor = (output: Pick<Output, "color" | "isTerminal" | "columns">): Paint =>
  Object.assign(
    (style: Style | readonly Style[], text: string): string => {
      if (!output.color || text === "") return text;
      const styles = typeof style === "string" ? [style] : style;
      return styles.reduceRight((inner, one) => {
        const [begin, end] = codes[one];
        return `${markOf(begin)}${inner}${markOf(end)}`;
      }, text);
    },
    { width: output.isTerminal ? output.columns : Number.POSITIVE_INFINITY },
  );
