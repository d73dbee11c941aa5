/** Draws the display of a simulated meter: in place on a terminal, else as a line for each change. */
import type { VirtualMeter } from "@meterport/simulator";
import { lcdAt } from "@meterport/simulator/display/lcd";
import { drawLcd, lcdText } from "@meterport/simulator/display/lcd-drawing";
import type { Io } from "../../io/io.ts";

const look = 500;
const up = (lines: number): string => `\x1b[${lines}F`;
const clearBelow = "\x1b[0J";

/** Looks twice a second, until it is ended. */
export const showDisplay = (meter: VirtualMeter, io: Io): { readonly end: () => void } => {
  let shown = "";
  let drawn = 0;
  let cancel = (): void => {};
  const next = (): void => {
    meter.tick(io.clock.now());
    const lcd = lcdAt(meter);
    const text = io.stdout.isTerminal ? drawLcd(lcd).join("\n") : lcdText(lcd);
    if (text !== shown) {
      if (drawn > 0) io.stdout.control(`${up(drawn)}${clearBelow}`);
      io.stdout.write(`${text}\n`);
      drawn = io.stdout.isTerminal ? text.split("\n").length : 0;
      shown = text;
    }
    cancel = io.clock.at(io.clock.now() + look, next);
  };
  next();
  return { end: () => cancel() };
};
