/**
 * Keeps a client's values on the meter's display, and puts back what was there before. Pure: it is told what stands on the
 * display and what the time is, and says what to write and what to remember.
 *
 * ET50 is not in non-volatile memory (MEP guide 1.1, p. 267), so writing it wears nothing; but each write costs the line
 * three requests, and the guide asks for one request a second on average (p. 57).
 */

import { displayIcons } from "@meterport/client/meter/write/display";
import type { FieldValue } from "@meterport/client/meter/write/table-writer";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { type CellName, type Cells, cellField, type FoundDisplay, isCellName, loneIcons } from "./display-cells.ts";
import { type DisplayItem, itemsByPlace } from "./display-places.ts";

/** What the display should show. */
export interface WantedDisplay {
  /** Those without a place of their own in their order at the places; if there are more than places, they take turns. */
  readonly items: readonly DisplayItem[];
  /** If omitted, as it was before. */
  readonly house?: "off" | "on" | "flash" | undefined;
  /** How many of the three bars are on; if omitted, as they were before. */
  readonly signal?: 0 | 1 | 2 | 3 | undefined;
}

/** What must survive a crash, by cell: what stood there before, and the one or two values that we may have left there. */
export type DisplayMemory = Readonly<
  Record<string, { readonly original: number; readonly written: readonly number[] }>
>;

export type DisplayInput =
  /** What stands there: first of all, when asked for by `read`, and after a power failure of the meter. */
  | { readonly type: "found"; readonly found: FoundDisplay }
  | { readonly type: "want"; readonly wanted: WantedDisplay }
  | { readonly type: "tick" }
  /** How the last `write` ended. */
  | { readonly type: "written" }
  | { readonly type: "failed" }
  /** Puts back what was there, then ends. */
  | { readonly type: "stop" };

export type DisplayOutput =
  | { readonly type: "read" }
  /** To be kept where a crash does not reach it, before anything is written; null: nothing is ours any more. */
  | { readonly type: "remember"; readonly memory: DisplayMemory | null }
  | { readonly type: "write"; readonly fields: readonly FieldValue[] }
  /** House and signal bars are not written, because another client drives them, or none does (ET55). */
  | { readonly type: "icons-ignored"; readonly drivenBy: 0 | 1 | 2 }
  /** `restored`: whether all is as it was before. If not, what was remembered is still needed. */
  | { readonly type: "stopped"; readonly restored: boolean };

export interface DisplayKeeperOptions {
  /** 0 or 1: `meter.place.index`. */
  readonly index: 0 | 1;
  /** The places that are ours, counted from 0. */
  readonly places: readonly number[];
  /** How long a value that takes turns stays, milliseconds; 30 s by default, at least `writeEvery`. */
  readonly rotateEvery?: Millis | undefined;
  /** Least time between two writes, milliseconds; 10 s by default, at least 3 s. */
  readonly writeEvery?: Millis | undefined;
  /** What an earlier run remembered; checked, because it comes from a file. */
  readonly memory?: unknown;
}

interface Kept {
  readonly original: number;
  readonly written: readonly number[];
}

const leastWriteEvery: Millis = 3_000;
const defaultWriteEvery: Millis = 10_000;
const defaultRotateEvery: Millis = 30_000;
const retryAfter: Millis = 30_000;
const restoreAttempts = 3;
const houseBits = { off: 0, on: 1, flash: 2 } as const;
const mostRemembered = 1_000;

/** @throws UsageError (`display`) */
const checked = ({ items }: WantedDisplay): void => {
  for (const { value } of items)
    if (value !== null && value !== (value | 0))
      throw new UsageError("display", `${value} is not a signed 32-bit integer; the display takes no other number`);
};

/** What an earlier run remembered, as far as it can be believed. */
const believable = (memory: unknown): Map<CellName, Kept> => {
  const kept = new Map<CellName, Kept>();
  if (typeof memory !== "object" || memory === null) return kept;
  for (const [name, entry] of Object.entries(memory).slice(0, mostRemembered)) {
    const { original, written } = (entry ?? {}) as Partial<Kept>;
    if (!isCellName(name) || !Number.isInteger(original) || !Array.isArray(written)) continue;
    kept.set(name, { original: original as number, written: written.filter(Number.isInteger).slice(-2) });
  }
  return kept;
};

export class DisplayKeeper {
  readonly #index: number;
  readonly #places: readonly number[];
  readonly #rotateEvery: Millis;
  readonly #writeEvery: Millis;
  /** Every cell that we changed, or are about to. */
  readonly #kept: Map<CellName, Kept>;
  #wanted: WantedDisplay = { items: [] };
  /** undefined until it was read, and again after a write whose effect is not known. */
  #now: Map<CellName, number> | undefined;
  #iconDriver: FoundDisplay["iconDriver"] = null;
  /** The driver that was told of last. */
  #told: FoundDisplay["iconDriver"] = null;
  #writing: Cells | undefined;
  #asked = false;
  #lastWrite = Number.NEGATIVE_INFINITY;
  #retryAt: Millis | undefined;
  #rotatingSince: Millis | undefined;
  #stopping = false;
  #failures = 0;
  #stopped = false;

  /** @throws UsageError (`display`) for impossible places or times */
  constructor({ index, places, rotateEvery, writeEvery, memory }: DisplayKeeperOptions) {
    this.#index = index;
    this.#places = [...new Set(places)];
    if (places.some((place) => !Number.isInteger(place) || place < 0))
      throw new UsageError("display", `places are whole numbers from 0, not ${places.join(", ")}`);
    this.#writeEvery = writeEvery ?? defaultWriteEvery;
    this.#rotateEvery = rotateEvery ?? Math.max(defaultRotateEvery, this.#writeEvery);
    if (!(this.#writeEvery >= leastWriteEvery && this.#rotateEvery >= this.#writeEvery))
      throw new UsageError("display", "a display is written every 3 s at most, and its values take turns no faster");
    this.#kept = believable(memory);
  }

  /** When a tick is due; undefined if only another input changes anything. */
  wakeAt(now: Millis): Millis | undefined {
    if (this.#stopped || this.#writing !== undefined) return undefined;
    if (this.#retryAt !== undefined) return this.#retryAt;
    if (this.#now === undefined) return undefined;
    const turn = this.#nextTurn(now);
    if (this.#difference(now).size === 0) return turn;
    return Math.max(now, this.#mayWriteAt());
  }

  /** @throws UsageError (`display`) for a wanted value that no display can show */
  handle(input: DisplayInput, now: Millis): readonly DisplayOutput[] {
    if (this.#stopped) return [];
    switch (input.type) {
      case "found":
        this.#found(input.found);
        break;
      case "want":
        checked(input.wanted);
        this.#wanted = input.wanted;
        this.#rotatingSince ??= now;
        break;
      case "written":
        this.#written();
        break;
      case "failed":
        this.#failed(now);
        break;
      case "stop":
        if (!this.#stopping) this.#failures = 0;
        this.#stopping = true;
        break;
      case "tick":
        break;
    }
    return [...this.#ignored(), ...this.#next(now)];
  }

  #found({ cells, iconDriver }: FoundDisplay): void {
    this.#now = new Map(cells);
    this.#asked = false;
    this.#retryAt = undefined;
    for (const [name, { written }] of this.#kept) {
      const value = cells.get(name);
      // Somebody else has changed it since, or a power failure has emptied it: that is what was there before us now.
      if (value === undefined || !written.includes(value)) this.#kept.delete(name);
    }
    this.#iconDriver = iconDriver;
  }

  get #drives(): boolean {
    return this.#iconDriver === null || this.#iconDriver === this.#index + 1;
  }

  #ignored(): DisplayOutput[] {
    const driver = this.#iconDriver;
    const wanted = this.#wanted.house !== undefined || this.#wanted.signal !== undefined;
    if (driver === null || this.#drives || !wanted || this.#told === driver) return [];
    this.#told = driver;
    return [{ type: "icons-ignored", drivenBy: driver }];
  }

  #written(): void {
    for (const [name, value] of this.#writing ?? []) this.#now?.set(name, value);
    this.#writing = undefined;
    this.#failures = 0;
  }

  #failed(now: Millis): void {
    // What stands there now is not known.
    this.#writing = undefined;
    this.#now = undefined;
    this.#asked = false;
    this.#failures++;
    this.#retryAt = now + retryAfter;
  }

  #next(now: Millis): DisplayOutput[] {
    if (this.#writing !== undefined) return [];
    if (this.#stopping && (this.#kept.size === 0 || this.#failures >= restoreAttempts)) return this.#end();
    if (this.#now === undefined) return this.#ask(now);
    const changes = this.#difference(now);
    if (changes.size === 0) return this.#stopping ? this.#end() : [];
    if (now < this.#mayWriteAt()) return [];
    this.#lastWrite = now;
    this.#writing = changes;
    this.#remember(changes);
    const fields = [...changes].map(([name, value]) => cellField(this.#index, name, value));
    return [
      { type: "remember", memory: Object.fromEntries(this.#kept) },
      { type: "write", fields },
    ];
  }

  /** Who ends the program does not wait: this is the last write. */
  #mayWriteAt(): Millis {
    return this.#stopping ? Number.NEGATIVE_INFINITY : this.#lastWrite + this.#writeEvery;
  }

  #ask(now: Millis): DisplayOutput[] {
    if (this.#asked || (this.#retryAt !== undefined && now < this.#retryAt)) return [];
    this.#asked = true;
    this.#retryAt = undefined;
    return [{ type: "read" }];
  }

  #end(): DisplayOutput[] {
    this.#stopped = true;
    const restored = this.#failures < restoreAttempts;
    const forget: DisplayOutput[] = restored ? [{ type: "remember", memory: null }] : [];
    return [...forget, { type: "stopped", restored }];
  }

  /** A crash may come before the write or after it, so the value that stands there now counts as ours too. */
  #remember(changes: Cells): void {
    for (const [name, value] of changes) {
      const present = this.#now?.get(name) ?? value;
      const before = this.#kept.get(name);
      this.#kept.set(
        name,
        before === undefined
          ? { original: present, written: [value] }
          : { original: before.original, written: [present, value] },
      );
    }
  }

  /** The cells that have to be written. */
  #difference(now: Millis): Map<CellName, number> {
    const target = this.#stopping ? new Map<CellName, number>() : this.#target(now);
    for (const [name, { original }] of this.#kept) if (!target.has(name)) target.set(name, original);
    const changes = new Map<CellName, number>();
    for (const [name, value] of target) {
      const present = this.#now?.get(name);
      if (present !== undefined && present !== value) changes.set(name, value);
    }
    return changes;
  }

  #target(now: Millis): Map<CellName, number> {
    const target = new Map<CellName, number>();
    for (const [place, items] of this.#items()) {
      const item = items[this.#turn(now) % Math.max(1, items.length)];
      if (item === undefined) continue;
      target.set(`value.${place}`, item.value);
      target.set(
        `icons.${place}`,
        [...new Set(item.icons)].reduce((bits, name) => bits | displayIcons[name], 0),
      );
    }
    if (this.#drives) this.#addIcons(target);
    return target;
  }

  #addIcons(target: Map<CellName, number>): void {
    const { house, signal } = this.#wanted;
    if (house !== undefined) target.set("houseIcon", houseBits[house]);
    const [, ...bars] = loneIcons;
    if (signal !== undefined) for (const [i, name] of bars.entries()) target.set(name, i < signal ? 1 : 0);
  }

  /** By place; the meter may have fewer of them than were named. */
  #items(): ReturnType<typeof itemsByPlace> {
    const usable = this.#places.filter((place) => this.#now?.has(`value.${place}`) === true);
    return itemsByPlace(this.#wanted.items, usable);
  }

  #turns(): number {
    return Math.max(0, ...[...this.#items().values()].map(({ length }) => length));
  }

  #turn(now: Millis): number {
    return Math.floor((now - (this.#rotatingSince ?? now)) / this.#rotateEvery);
  }

  #nextTurn(now: Millis): Millis | undefined {
    if (this.#stopping || this.#turns() < 2 || this.#rotatingSince === undefined) return undefined;
    const turns = Math.floor((now - this.#rotatingSince) / this.#rotateEvery) + 1;
    return this.#rotatingSince + turns * this.#rotateEvery;
  }
}
