/** The parts of a store that outputs use, in memory, with failures on request. */
import type { Device } from "../model/device.ts";
import type { JournalEntry } from "../model/journal-entry.ts";
import type { LastRegisters, Store } from "../ports/store.ts";

export class FakeJournal {
  entries: JournalEntry[] = [];
  readonly cursors = new Map<string, number>();
  /** Numbers up to this one are deleted. */
  deleted = 0;
  /** Makes every call reject while set. */
  fails: Error | undefined;
  /** Makes every call hang while set. */
  hangs = false;
  devices = new Map<string, readonly Device[]>();
  last = new Map<string, LastRegisters>();
  /** Positions that were stored, in order. */
  readonly saved: number[] = [];

  /** Adds an event of a point to the journal. */
  note(point: string, more: Partial<JournalEntry> = {}): number {
    const number = (this.entries.at(-1)?.number ?? this.deleted) + 1;
    const event = {
      point,
      id: `x:${number}`,
      time: 0,
      until: null,
      kind: "x",
      number: null,
      origin: "gateway",
    } as const;
    const entry = { number, stored: 0, point, kind: "event", event: { ...event, detail: "{}" }, ...more };
    this.entries.push(entry as JournalEntry);
    return number;
  }

  get newest(): number {
    return this.entries.at(-1)?.number ?? this.deleted;
  }

  /** As the port; what outputs do not use is not there. */
  get store(): Store {
    const answer = async <T>(give: () => T): Promise<T> => {
      if (this.hangs) await new Promise(() => {});
      if (this.fails !== undefined) throw this.fails;
      return give();
    };
    const store: Partial<Store> = {
      journal: ({ after, limit, points, kinds }) =>
        answer(() => {
          const kept = this.entries.filter(({ number }) => number > this.deleted);
          const found = kept.filter(
            ({ number, point, kind }) =>
              number > after && (points?.includes(point) ?? true) && (kinds?.includes(kind) ?? true),
          );
          const entries = found.slice(0, limit);
          const next = found.length > limit ? (entries.at(-1)?.number ?? after) : Math.max(after, this.newest);
          const oldest = kept[0]?.number ?? null;
          if (after > this.newest) return { entries: [], next: this.newest, more: false, oldest, passed: true };
          const passed = this.newest > after && (oldest === null || oldest > after + 1);
          return { entries, next, more: next < this.newest, oldest, passed };
        }),
      cursor: (reader) => answer(() => this.cursors.get(reader)),
      setCursor: (reader, number) =>
        answer(() => {
          if (number === undefined) this.cursors.delete(reader);
          else this.cursors.set(reader, number);
          this.saved.push(number ?? -1);
        }),
      cursors: () => answer(() => this.cursors),
      status: () =>
        answer(() => ({
          ...({ kind: "fake", state: "ok", problem: null, bytes: null, newestReading: null } as const),
          journal: {
            oldest: this.entries.find(({ number }) => number > this.deleted)?.number ?? null,
            newest: this.newest,
          },
        })),
      devices: (point) => answer(() => this.devices.get(point) ?? []),
      allLastRegisters: () => answer(() => this.last),
      lastRegisters: (point) => answer(() => this.last.get(point)),
    };
    return store as Store;
  }
}
