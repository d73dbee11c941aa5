/** Where live readings go: JSON lines, columns, or a panel that is drawn in place. */
import { emptyReading, type LiveReading } from "@meterport/protocol/meaning/readings";
import { toJson } from "../../format/json.ts";
import { paintFor } from "../../format/paint.ts";
import { wrapLine } from "../../format/table.ts";
import { type Io, print } from "../../io/io.ts";
import { liveHead, liveLine, livePanel } from "./live-text.ts";

export interface LiveScreen {
  readonly show: (reading: LiveReading) => void;
  /** A reading failed: everything is unknown from now on. */
  readonly stale: (time: string, why: string) => void;
  /** Restores the terminal. */
  readonly end: () => void;
}

const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";
const clearBelow = "\x1b[0J";
const up = (lines: number): string => (lines > 0 ? `\x1b[${lines}F` : "");

/** The lines that fit the screen: blank ones are dropped first, and the last ones, which show how fresh it is, stay. */
const fitHeight = (lines: readonly string[], rows: number): readonly string[] => {
  if (lines.length <= rows) return lines;
  const full = lines.filter((line) => line !== "");
  return full.length <= rows ? full : [...full.slice(0, Math.max(0, rows - 1)), ...full.slice(-1)];
};

const jsonScreen = (io: Io): LiveScreen => {
  const show = (reading: LiveReading): void => print(io, toJson(reading));
  return { show, stale: (time) => show(emptyReading(time, "stale")), end: () => {} };
};

const columnScreen = (io: Io): LiveScreen => {
  io.stdout.write(liveHead());
  const show = (reading: LiveReading): void => io.stdout.write(liveLine(reading));
  return { show, stale: (time) => show(emptyReading(time, "stale")), end: () => {} };
};

const panelScreen = (io: Io, title: string): LiveScreen => {
  let drawn = 0;
  let atLineStart = true;
  io.stdout.control(hideCursor);
  const draw = (reading: LiveReading, trouble: string | undefined): void => {
    const { columns, rows } = io.stdout;
    const panel = livePanel(reading, { title, trouble }, paintFor(io.stdout)).split("\n");
    const lines = fitHeight(
      panel.flatMap((line) => wrapLine(line, columns)),
      rows,
    );
    io.stdout.control(`${up(drawn)}${clearBelow}`);
    io.stdout.write(lines.join("\n"));
    drawn = lines.length - 1;
    atLineStart = lines.at(-1) === "";
  };
  return {
    show: (reading) => draw(reading, undefined),
    stale: (time, why) => draw(emptyReading(time, "stale"), why),
    end: () => io.stdout.control(`${atLineStart ? "" : "\n"}${showCursor}`),
  };
};

export const openScreen = (io: Io, json: boolean, title: string): LiveScreen => {
  if (json) return jsonScreen(io);
  return io.stdout.isTerminal ? panelScreen(io, title) : columnScreen(io);
};
