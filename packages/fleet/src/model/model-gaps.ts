/** The gap scan of a model: what is booked of a shard is compared with what should be there. */
import type { Span } from "@meterport/engine/backfill/profile-gaps";
import type { Millis } from "@meterport/protocol/ports";
import type { KnownDay } from "../books/known-day.ts";
import { absent } from "../books/slots.ts";
import { gapSpans } from "../campaigns/gap-spans.ts";
import { gapsOf } from "../campaigns/gaps.ts";
import { day, hour, slotsPerDay, slotTime } from "./model-times.ts";
import type { SlotBook } from "./slot-book.ts";

const grid = { step: slotTime / 1000, phase: 0 };
/** The rank of a slot that the load profile told. */
const read = "9";
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
    const lost: number[] = [];
    for (let slot = from; slot < to; slot++) if (!this.#book.has(meter, slot)) lost.push(slot);
    this.#addGone(meter, lost);
  }

  #addGone(meter: number, slots: readonly number[]): void {
    if (slots.length === 0) return;
    const gone = this.#gone.get(meter) ?? new Set<number>();
    for (const slot of slots) gone.add(slot);
    this.#gone.set(meter, gone);
  }

  /** Scans a meter; true if there is something to ask it for. */
  scan(meter: number, { now, until, heldFrom }: GapView): boolean {
    const missing = this.#book.firstMissing(meter, until);
    if (missing >= until) return false;
    const first = missing - (missing % slotsPerDay);
    const known: KnownDay[] = [];
    for (let base = first; base < until; base += slotsPerDay) known.push(this.#knownDay(meter, base));
    const limits = { since: first * slotTime, until: until * slotTime, keptAfter: heldFrom * slotTime };
    const gaps = gapsOf(known, { ...grid, ...limits });
    for (const { day: date, gone } of gaps) {
      const base = (Date.parse(date) / day) * slotsPerDay;
      this.#addGone(
        meter,
        gone.map((slot) => base + slot),
      );
    }
    const spans = gapSpans(gaps, grid, 0);
    const askedAt = this.#askedAt.get(meter) ?? Number.NEGATIVE_INFINITY;
    if (spans.length === 0 || now - askedAt < askRest) return false;
    this.#askedAt.set(meter, now);
    this.#spans.set(meter, spans);
    return true;
  }

  /** A day as the database tells it. */
  #knownDay(meter: number, base: number): KnownDay {
    const characters = (mark: (slot: number) => string): string =>
      Array.from({ length: slotsPerDay }, (_, slot) => mark(base + slot)).join("");
    return {
      ...grid,
      day: new Date(base * slotTime).toISOString().slice(0, 10),
      rank: characters((slot) => (this.#book.has(meter, slot) ? read : absent)),
      gone: this.#gone.has(meter) ? characters((slot) => (this.isGone(meter, slot) ? "1" : "0")) : "",
    };
  }
}
