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
  /** The largest value; 0 if there is none. */
  readonly most: number;
  readonly bars: readonly Bar[];
  /** Path of the recorded values in a box of `slots` by 1, from the top; a gap where there is none. */
  readonly line: string;
}

/** @example drawingOf([]).most // 0 */
export function drawingOf(slots: readonly Slot[]): Drawing {
  const most = Math.max(0, ...slots.flatMap(({ recorded, chosen }) => [recorded ?? 0, chosen ?? 0]));
  const share = (value: number): number => (most === 0 ? 0 : Math.max(0, value) / most);
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
  return { most, bars, line };
}
