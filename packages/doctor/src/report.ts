/** Fills in a diagnosis layer by layer; what was never reached stays unknown. */
import type { Millis } from "@meterport/protocol/ports";
import {
  type BrokenLengths,
  type Check,
  type CheckName,
  checkNames,
  type Diagnosis,
  type Facts,
  type Finding,
  isMild,
  type Sickness,
  type Verdict,
} from "./diagnosis.ts";

/** Lengths are counted in steps of this many bytes. */
const step = 16;

export class Report {
  readonly #layers: readonly CheckName[];
  readonly #checks = new Map<CheckName, Check>();
  #sickness: Sickness | undefined;
  #bearable = true;

  /** @param layers the layers in the order of examination */
  constructor(layers: readonly CheckName[] = checkNames) {
    this.#layers = layers;
  }

  get sickness(): Sickness | undefined {
    return this.#sickness;
  }

  /** Whether values can be read despite the problem. */
  get bearable(): boolean {
    return this.#bearable;
  }

  /** A later finding for the same layer replaces the earlier one. */
  check(name: CheckName, verdict: Verdict, finding: Finding, facts: Facts = {}): void {
    this.#checks.set(name, { name, verdict, finding, facts });
  }

  /** Records a problem: the first serious one counts, and replaces a mild one. A small dose of a serious one is `bearable`. */
  blame(sickness: Sickness, bearable = isMild(sickness)): void {
    // A later problem may prevent values after all.
    this.#bearable &&= bearable;
    if (this.#sickness === undefined || (isMild(this.#sickness) && !isMild(sickness))) this.#sickness = sickness;
  }

  /**
   * What was found.
   *
   * @param read whether values were read in the end
   */
  diagnosis(
    { read, meter }: { readonly read: boolean; readonly meter: string | null },
    brokenAt: readonly number[],
    took: Millis,
  ): Diagnosis {
    return {
      sickness: this.#sickness ?? null,
      usable: read && this.#bearable,
      checks: this.checks,
      broken: histogram(brokenAt),
      meter,
      took,
    };
  }

  get checks(): readonly Check[] {
    return this.#layers.map(
      (name) => this.#checks.get(name) ?? { name, verdict: "unknown", finding: "not-examined", facts: {} },
    );
  }
}

/**
 * How many lengths fall into each step of 16 bytes.
 *
 * @example
 * histogram([101, 99, 7]) // [{ from: 0, to: 15, count: 1 }, { from: 96, to: 111, count: 2 }]
 */
const histogram = (lengths: readonly number[]): readonly BrokenLengths[] => {
  const counts = new Map<number, number>();
  for (const length of lengths) {
    const from = length - (length % step);
    counts.set(from, (counts.get(from) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([from, count]) => ({ from, to: from + step - 1, count }));
};
