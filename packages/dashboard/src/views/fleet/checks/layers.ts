/** A checked day as a drawing: bars of what is used, a line of what the meter recorded. */
import type { Slot } from "../vee-answers.ts";

export interface Bar {
  readonly index: number;
  /** 0 to 1, from the bottom. */
  readonly height: number;
  /** It is not what the meter recorded. */
  readonly replaced: boolean;
}

export interface Drawing {
  /** The top of the scale; 0 if there is no value. */
  readonly top: number;
  /** The largest recorded value, if it is above the scale; else null. */
  readonly beyond: number | null;
  readonly bars: readonly Bar[];
  /** Path of the recorded values in a box of `slots` by 1, from the top; a gap where there is none. */
  readonly line: string;
}

/** What is above the largest used value by more is cut off, or one spike would flatten the day. */
const HEADROOM = 1.25;

/** @example drawingOf([]).top // 0 */
export function drawingOf(slots: readonly Slot[]): Drawing {
  const most = Math.max(0, ...slots.map(({ recorded }) => recorded ?? 0));
  const used = Math.max(0, ...slots.map(({ chosen }) => chosen ?? 0));
  const top = used === 0 ? most : Math.max(used, Math.min(most, used * HEADROOM));
  const share = (value: number): number => (top === 0 ? 0 : Math.min(1, Math.max(0, value) / top));
  const bars = slots.flatMap(({ chosen, recorded }, index) =>
    chosen === null ? [] : [{ index, height: share(chosen), replaced: chosen !== recorded }],
  );
  let line = "";
  let pen = false;
  for (const [index, { recorded }] of slots.entries()) {
    if (recorded !== null) {
      const y = (1 - share(recorded)).toFixed(4);
      line += `${pen ? "L" : "M"}${index} ${y}L${index + 1} ${y}`;
    }
    pen = recorded !== null;
  }
  return { top, beyond: most > top ? most : null, bars, line };
}
