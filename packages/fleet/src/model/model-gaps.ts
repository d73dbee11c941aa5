/** The gap scan of a model: what is booked of a shard is compared with what should be there. */
import type { Span } from "@meterport/engine/backfill/profile-gaps";
import type { Millis } from "@meterport/protocol/ports";
import { gapSpans, goneAfter, joinSpans, mayAsk, scanDay } from "../campaigns/slot-gaps.ts";
import { day, hour, slotsPerDay, slotTime } from "./model-times.ts";
import type { SlotBook } from "./slot-book.ts";

const nothing: ReadonlySet<number> = new Set();
/** A gap that was asked for is left alone for so long. */
const askRest: Millis = hour;

export interface GapView {
  readonly now: Millis;
  /** Slots before it are expected, and the holder has read them or knows that they are gone: later ones are its own business. */
  readonly until: number;
  /** Slots before it are no longer in the meter. */
  readonly heldFrom: number;
}

export class ModelGaps {
  readonly #book: SlotBook;
  readonly #gone = new Map<number, Set<number>>();
  readonly #spans = new Map<number, readonly Span[]>();
  readonly #askedAt = new Map<number, Millis>();

  constructor(book: SlotBook) {
    this.#book = book;
  }

  /** Slots that nobody has any more, of all meters. */
  get gone(): number {
    let gone = 0;
    for (const slots of this.#gone.values()) gone += slots.size;
    return gone;
  }

  isGone(meter: number, slot: number): boolean {
    return this.#gone.get(meter)?.has(slot) === true;
  }

  hasGone(meter: number, from: number, to: number): boolean {
    const slots = this.#gone.get(meter);
    if (slots === undefined) return false;
    for (let slot = from; slot < to; slot++) if (slots.has(slot)) return true;
    return false;
  }

  /** Gaps that are to be asked for; undefined if there are none. */
  spans(meter: number): readonly Span[] | undefined {
    return this.#spans.get(meter);
  }

  setSpans(meter: number, spans: readonly Span[]): void {
    if (spans.length === 0) this.#spans.delete(meter);
    else this.#spans.set(meter, spans);
  }

  /** The meter was asked for these slots and no longer has them: those that are not booked are gone. */
  lose(meter: number, from: number, to: number): void {
    for (let base = from - (from % slotsPerDay); base < to; base += slotsPerDay) {
      const [first, end] = [Math.max(from, base), Math.min(to, base + slotsPerDay)];
      const asked = Array.from({ length: end - first }, (_, i) => first + i - base);
      const place = { midnight: base * slotTime, step: slotTime / 1000 };
      const answered = { after: place.midnight, until: place.midnight + day };
      this.#addGone(
        meter,
        base,
        goneAfter(place, asked, (slot) => this.#book.has(meter, base + slot), answered),
      );
    }
  }

  #addGone(meter: number, base: number, slots: readonly number[]): void {
    if (slots.length === 0) return;
    const gone = this.#gone.get(meter) ?? new Set<number>();
    for (const slot of slots) gone.add(base + slot);
    this.#gone.set(meter, gone);
  }

  /** Scans a meter; true if there is something to ask it for. */
  scan(meter: number, { now, until, heldFrom }: GapView): boolean {
    const missing = this.#book.firstMissing(meter, until);
    if (missing >= until) return false;
    const held = { after: heldFrom * slotTime, until: now };
    const open: Span[] = [];
    for (let base = missing - (missing % slotsPerDay); base < until; base += slotsPerDay) {
      const place = { midnight: base * slotTime, step: slotTime / 1000 };
      const settled = (slot: number): boolean => this.#book.has(meter, base + slot);
      const scanned = { ...place, settled, gone: this.#goneOn(meter, base) };
      const found = scanDay(scanned, { expected: { after: 0, until: until * slotTime }, held });
      this.#addGone(meter, base, found.gone);
      open.push(...gapSpans(place, found.open, 0));
    }
    if (open.length === 0 || !mayAsk(this.#askedAt.get(meter) ?? null, askRest, now)) return false;
    this.#askedAt.set(meter, now);
    this.#spans.set(meter, joinSpans(open, 0));
    return true;
  }

  #goneOn(meter: number, base: number): ReadonlySet<number> {
    const gone = this.#gone.get(meter);
    if (gone === undefined) return nothing;
    return new Set([...gone].filter((slot) => slot >= base && slot < base + slotsPerDay).map((slot) => slot - base));
  }
}
