/** Colour, where the output takes it. */
import { styleText } from "node:util";
import type { Output } from "../io/io.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
export type Paint = (style: Style | readonly Style[], text: string) => string;

/** Whether the terminal was judged already is in `color`: Node's own look at the process does not count. */
export const paintFor =
  (output: Output): Paint =>
  (style, text) =>
    output.color && text !== "" ? styleText(style as Style | Style[], text, { validateStream: false }) : text;
