/**
 * Tells the fleet up to where event logs were read, as soon as the books have what was read: so the next holder of a meter goes on there instead of
 * reading its log whole.
 */
import { eventLogMemo } from "@meterport/engine/backfill/event-log-job";
import type { CompanionGateway } from "@meterport/gateway/operation/companion";
import type { ToldMark } from "../shards/told.ts";
import { bookedTo } from "./booked-to.ts";

export interface MarkTellingOptions {
  readonly gateway: Pick<CompanionGateway, "store" | "outputs">;
  readonly points: () => readonly string[];
  /** @throws PostgresError */
  readonly tell: (marks: readonly ToldMark[]) => Promise<void>;
}

/** Points that are looked at once; the others have their turn with the next look. */
const atOnce = 200;
/** A mark is a number, a time and a serial number. */
const longestMark = 1_000;

interface Unbooked {
  readonly mark: string;
  /** When the books have come so far, they have all that it stands for. */
  readonly journal: number;
}

export class MarkTelling {
  readonly #options: MarkTellingOptions;
  /** By point. */
  readonly #known = new Map<string, string>();
  readonly #unbooked = new Map<string, Unbooked>();
  #next = 0;

  constructor(options: MarkTellingOptions) {
    this.#options = options;
  }

  /** @throws PostgresError; then the same is told with the next look */
  async look(): Promise<void> {
    const here = this.#options.points();
    this.#forgetOthers(new Set(here));
    await this.#tellBooked();
    await this.#lookAt(here);
  }

  /** Somebody else reads them now, and may have come further. */
  #forgetOthers(here: ReadonlySet<string>): void {
    for (const marks of [this.#known, this.#unbooked])
      for (const point of marks.keys()) if (!here.has(point)) marks.delete(point);
  }

  async #tellBooked(): Promise<void> {
    const { gateway, tell } = this.#options;
    if (this.#unbooked.size === 0) return;
    const cursor = await bookedTo(gateway);
    const booked = [...this.#unbooked].filter(([, { journal }]) => journal <= cursor);
    if (booked.length === 0) return;
    await tell(booked.map(([point, { mark }]) => ({ point, mark })));
    for (const [point] of booked) this.#unbooked.delete(point);
  }

  async #lookAt(here: readonly string[]): Promise<void> {
    const { store } = this.#options.gateway;
    if (this.#next >= here.length) this.#next = 0;
    const some = here.slice(this.#next, this.#next + atOnce);
    this.#next += atOnce;
    const found = await Promise.all(some.map(async (point) => [point, await store.memo(point, eventLogMemo)] as const));
    // Asked for after the marks, which are stored together with what they stand for.
    const { journal } = await store.status();
    for (const [point, mark] of found) {
      if (mark === undefined || mark.length > longestMark || this.#known.get(point) === mark) continue;
      this.#known.set(point, mark);
      this.#unbooked.set(point, { mark, journal: journal.newest });
    }
  }
}
