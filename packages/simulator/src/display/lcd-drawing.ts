/** The display as characters: large digits of seven segments, small ones for the code, icons beneath. */
import type { Lcd } from "./lcd.ts";

/** Three rows of three characters for each sign. */
const segments: Readonly<Record<string, readonly [string, string, string]>> = {
  "0": [" _ ", "| |", "|_|"],
  "1": ["   ", "  |", "  |"],
  "2": [" _ ", " _|", "|_ "],
  "3": [" _ ", " _|", " _|"],
  "4": ["   ", "|_|", "  |"],
  "5": [" _ ", "|_ ", " _|"],
  "6": [" _ ", "|_ ", "|_|"],
  "7": [" _ ", "  |", "  |"],
  "8": [" _ ", "|_|", "|_|"],
  "9": [" _ ", "|_|", " _|"],
  "-": ["   ", " _ ", "   "],
  ":": ["   ", " . ", " . "],
};
const dark = ["   ", "   ", "   "] as const;
/** A value has at most the sign and ten digits of 32 bits. */
const places = 11;
const width = places * 3;

const large = (value: string): readonly string[] => {
  const signs = [...value.slice(-places).padStart(places)].map((sign) => segments[sign] ?? dark);
  return [0, 1, 2].map((row) => signs.map((sign) => sign[row] ?? "").join(""));
};

/**
 * Lines of equal width.
 *
 * @example
 * drawLcd({ code: "1.8.0", value: "42", icons: ["kWh"], house: true, item: 1, items: 2 }).length // 7
 */
export const drawLcd = ({ code, value, icons, house, item, items }: Lcd): readonly string[] => {
  const edge = `+${"-".repeat(width + 2)}+`;
  const place = items === 0 ? "" : `${item}/${items}`;
  const head = `${code}${(house ? "/^\\" : "").padStart(width - code.length - place.length - 1)} ${place}`;
  const foot = icons.join(" ").padStart(width).slice(-width);
  return [edge, ...[head, ...large(value), foot].map((line) => `| ${line.padEnd(width).slice(0, width)} |`), edge];
};

/** The same in one plain line. */
export const lcdText = ({ code, value, icons, house, item, items }: Lcd): string => {
  if (items === 0) return house ? "display: nothing, house" : "display: nothing";
  const lit = [...icons, ...(house ? ["house"] : [])];
  return `display ${item}/${items}: ${code} ${value}${lit.length === 0 ? "" : ` ${lit.join(" ")}`}`;
};
