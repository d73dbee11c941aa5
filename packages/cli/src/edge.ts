/** The edge to the terminal: only here does foreign text become safe for a terminal. */
import { UsageError } from "@meterport/protocol/errors";
import { plainText, plainTextBy } from "@meterport/protocol/plain-text";
import { sequenceOf } from "./format/paint.ts";
import { wrapLine } from "./format/table.ts";
import type { Io, Output, OutputFile, RawIo, RawOutput } from "./io/io.ts";

/** Replacements of our own characters if the locale has only ASCII. */
const asciiForms: Readonly<Record<string, string>> = {
  "–": "-",
  "—": "-",
  "…": "...",
  "·": ".",
  "→": "->",
  "←": "<-",
  "▼": "v",
  "▲": "^",
  "✓": "+",
  "✗": "x",
  "×": "x",
  "±": "+-",
  "≤": "<=",
  "≥": ">=",
  "°": "deg",
  µ: "u",
  Ω: "Ohm",
  "√": "sqrt",
  φ: "phi",
  æ: "ae",
  Æ: "Ae",
  ø: "oe",
  Ø: "Oe",
  å: "aa",
  Å: "Aa",
  ä: "ae",
  ö: "oe",
  ü: "ue",
  Ä: "Ae",
  Ö: "Oe",
  Ü: "Ue",
  ß: "ss",
};

/** @example asciiText("12 m³ – 5 °C") // "12 m3 - 5 degC" */
const asciiText = (text: string): string =>
  text.replace(
    /[\u0080-\u{10ffff}]/gu,
    (character) => asciiForms[character] ?? (/^[\x20-\x7e]+/.exec(character.normalize("NFKD"))?.[0] || "?"),
  );

/** Line feeds are ours, colours are marks that no other text can contain, and everything else is made harmless. */
const shownText = (text: string, { color, unicode }: RawOutput): string => {
  const shown = plainTextBy(text, (character) => {
    if (character === "\n") return character;
    const sequence = sequenceOf(character);
    if (sequence === undefined) return "·";
    return color ? sequence : "";
  });
  return unicode ? shown : asciiText(shown);
};

/** The terminal would break longer lines in the middle of a number. */
const fitting = (text: string, { isTerminal, columns }: RawOutput): string =>
  isTerminal
    ? text
        .split("\n")
        .map((line) => wrapLine(line, columns).join("\n"))
        .join("\n")
    : text;

const edgedOutput = (raw: RawOutput, hide: (text: string) => string): Output => ({
  write: (text) => raw.write(shownText(fitting(hide(text), raw), raw)),
  data: (text) => raw.write(text),
  control: (sequence) => raw.write(sequence),
  isTerminal: raw.isTerminal,
  color: raw.color,
  unicode: raw.unicode,
  get columns() {
    return raw.columns;
  },
  get rows() {
    return raw.rows;
  },
});

/** What the words of the command line permit. */
export interface Given {
  /** Removes keys that were given in a wrong place from a text. */
  readonly hide: (text: string) => string;
  /** Files may be overwritten. */
  readonly force: boolean;
  /** Links may be shared with a daemon. */
  readonly share: boolean;
}

/** Two programs on one line take each other's answers, so the second one is stopped before it disturbs the first. */
const unlessUsed = ({ openLink, daemonOn }: RawIo): RawIo["openLink"] => {
  const free = new Set<string>();
  return async (link, ...more) => {
    const daemon = free.has(link) ? undefined : await daemonOn(link);
    if (daemon !== undefined)
      throw new UsageError(
        "link-in-use",
        `the daemon at ${daemon.url} (process ${daemon.pid}) uses this link, and two programs on one line lose answers: look there, stop it, or continue anyway with --share`,
      );
    // A daemon that starts later finds us, not we it.
    free.add(link);
    return openLink(link, ...more);
  };
};

/** A run may overwrite its own files. */
const filesOf = (raw: RawIo, force: boolean): Pick<Io, "createFile" | "createCapture" | "checkNew"> => {
  const own = new Set<string>();
  const create = (path: string, growing: boolean): OutputFile => {
    const file = raw.createFile(path, { over: force || own.has(path), growing });
    own.add(path);
    return file;
  };
  return {
    createFile: (path) => create(path, false),
    createCapture: (path) => create(path, true),
    checkNew: (path) => {
      if (!force && !own.has(path)) raw.checkNew(path);
    },
  };
};

/**
 * The world as the commands see it: all text for people is cleaned, and what looks like a key does not
 * appear outside the output.
 *
 */
export const edgeOf = (raw: RawIo, { hide, force, share }: Given): Io => ({
  ...raw,
  ...filesOf(raw, force),
  openLink: share ? raw.openLink : unlessUsed(raw),
  // What a command was asked to show may look like a key, as bytes to explain do.
  stdout: edgedOutput(raw.stdout, (text) => text),
  stderr: edgedOutput(raw.stderr, hide),
  confirm: (question) => raw.confirm(plainText(hide(question))),
  askSecret: (question) => raw.askSecret(plainText(hide(question))),
  hide,
});
