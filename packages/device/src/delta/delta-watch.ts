/**
 * Turns what ET71 holds into events. Pure. The meter moves an entry's comparison value when it reports a change, so two
 * reads tell what changed even if the alert itself was missed; several changes in between become one. The bit "Alert State"
 * of page 41 has no place in the layout of page 181, so it is not used.
 */
import type { Unit } from "@meterport/protocol/meaning/units";
import type { DeltaEntry } from "./delta-entries.ts";

export type DeltaEvent =
  /** A source changed by at least its delta since it was last reported. */
  | {
      readonly type: "changed";
      readonly source: number;
      readonly key: string;
      readonly name: string;
      /** null: the numbers are as on the wire. */
      readonly unit: Unit | null;
      readonly from: number;
      readonly to: number;
    }
  /** The meter has no such source. */
  | { readonly type: "invalid"; readonly source: number; readonly name: string }
  /** The meter does not watch these any more, as after a power failure: they must be set up again. */
  | { readonly type: "lost"; readonly sources: readonly number[] };

/** Follows the entries that were set up. */
export class DeltaWatch {
  /** The last comparison value by source; undefined until it was seen. */
  readonly #known = new Map<number, number | undefined>();
  readonly #invalid = new Set<number>();
  #lost = "";

  /** `armed` as `armDelta` gives them. */
  constructor(armed: readonly DeltaEntry[]) {
    this.armed(armed);
  }

  /** The sources were set up, or set up again: what changed before that is not known. */
  armed(entries: readonly DeltaEntry[]): void {
    this.#known.clear();
    this.#invalid.clear();
    this.#lost = "";
    for (const { source, comparison, invalid } of entries) this.#known.set(source, invalid ? undefined : comparison);
  }

  /** The sources that are followed. */
  get sources(): readonly number[] {
    return [...this.#known.keys()];
  }

  /** Takes what ET71 holds now. */
  handle(entries: readonly DeltaEntry[]): readonly DeltaEvent[] {
    const events: DeltaEvent[] = [];
    const missing: number[] = [];
    for (const source of this.sources) {
      const entry = entries.find((other) => other.source === source && other.delta > 0);
      if (entry === undefined) missing.push(source);
      else events.push(...this.#judge(entry));
    }
    const lost = missing.join();
    if (missing.length > 0 && lost !== this.#lost) events.push({ type: "lost", sources: missing });
    this.#lost = lost;
    return events;
  }

  #judge({ source, key, name, unit, comparison, invalid }: DeltaEntry): DeltaEvent[] {
    if (invalid) {
      if (this.#invalid.has(source)) return [];
      this.#invalid.add(source);
      return [{ type: "invalid", source, name }];
    }
    const from = this.#known.get(source);
    this.#known.set(source, comparison);
    if (from === undefined || from === comparison) return [];
    return [{ type: "changed", source, key, name, unit, from, to: comparison }];
  }
}
