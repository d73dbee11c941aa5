/** Asks the gateway for tiles of a history. */
import type { Answer, Requests } from "../../state/requests.ts";
import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import {
  type Cost,
  costsOf,
  type Interval,
  intervalsOf,
  type PowerPoint,
  powerOf,
  type Sum,
  sumsOf,
} from "./history-answers.ts";
import { partsOf, type TileKey, type TileKind, tileSpan } from "./levels.ts";
import type { Loaded } from "./tile-cache.ts";

export type TileData =
  | {
      readonly kind: "intervals";
      readonly imported: readonly Interval[];
      readonly exported: readonly Interval[];
      /** Beginnings of quarters that were not read, but are known from the meter's memory. */
      readonly recovered: ReadonlySet<number>;
    }
  | {
      readonly kind: "sums";
      readonly imported: readonly Sum[];
      readonly exported: readonly Sum[];
      /** Beginnings of days of which a part was recovered. */
      readonly recovered: ReadonlySet<number>;
    }
  | { readonly kind: "power"; readonly points: readonly PowerPoint[] }
  | {
      readonly kind: "costs";
      /** Null if the point has no prices. */
      readonly currency: string | null;
      readonly problem: string | null;
      readonly costs: readonly Cost[];
    };

export interface Failure {
  readonly status: number;
  readonly code: string;
  /** The gateway's own sentence, in English. */
  readonly message: string | null;
}

export interface TileSource {
  readonly requests: Pick<Requests, "get">;
  readonly point: string;
  readonly calendar: ZoneCalendar;
  /** Channels of which something is stored. */
  readonly channels: readonly string[];
}

/** A request for a decade, or for costs, reads many intervals. */
const PATIENCE = 30_000;
/** Pages of one tile at most. */
const MOST_PAGES = 12;
const QUARTER = 900;

class Failed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.code);
    this.failure = failure;
  }
}

function given<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  const { status, code, message } = answer;
  throw new Failed({ status, code, message });
}

class Loading {
  readonly #source: TileSource;
  readonly #signal: AbortSignal;
  readonly #range: Record<"from" | "to" | "zone", string>;

  constructor(source: TileSource, key: TileKey, signal: AbortSignal) {
    const { from, to } = tileSpan(source.calendar, key);
    this.#source = source;
    this.#signal = signal;
    this.#range = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), zone: source.calendar.zone };
  }

  async tile(kind: TileKind): Promise<{ readonly data: TileData; readonly weight: number }> {
    if (kind === "intervals") return this.#intervals();
    if (kind === "days" || kind === "months" || kind === "years") return this.#sums(kind);
    return kind.startsWith("costs-") ? this.#costs(kind) : this.#power(kind.slice(6));
  }

  async #intervals() {
    const { from, to } = this.#range;
    const [imported, exported, points] = await Promise.all([
      this.#channel("energy_import_wh"),
      this.#channel("energy_export_wh"),
      this.#get("history", { from, to, step: String(QUARTER) }, powerOf),
    ]);
    const recovered = new Set(points.filter((point) => point.recovered).map(({ time }) => time));
    return {
      data: { kind: "intervals", imported, exported, recovered } as const,
      weight: imported.length + exported.length,
    };
  }

  async #channel(channel: string): Promise<Interval[]> {
    const { from, to } = this.#range;
    const all: Interval[] = [];
    let cursor: string | null = null;
    if (!this.#source.channels.includes(channel)) return all;
    for (let page = 0; page < MOST_PAGES; page++) {
      const asked: Record<string, string> = {
        channel,
        from,
        to,
        limit: "10000",
        ...(cursor === null ? {} : { cursor }),
      };
      const answer = await this.#get("intervals", asked, intervalsOf);
      all.push(...answer.intervals);
      cursor = answer.next;
      if (cursor === null) break;
    }
    return all;
  }

  async #sums(kind: "days" | "months" | "years") {
    const sum = { days: "day", months: "month", years: "year" }[kind];
    const ofChannel = async (channel: string): Promise<Sum[]> =>
      this.#source.channels.includes(channel) ? this.#get("intervals", { channel, ...this.#range, sum }, sumsOf) : [];
    const [imported, exported, points] = await Promise.all([
      ofChannel("energy_import_wh"),
      ofChannel("energy_export_wh"),
      kind === "days" ? this.#get("history", { ...this.#range, resolution: "day" }, powerOf) : [],
    ]);
    const recovered = new Set(points.filter((point) => point.recovered).map(({ time }) => time));
    return {
      data: { kind: "sums", imported, exported, recovered } as const,
      weight: imported.length + exported.length,
    };
  }

  async #power(step: string) {
    const { from, to } = this.#range;
    const points = await this.#get("history", { from, to, step }, powerOf);
    return { data: { kind: "power", points } as const, weight: points.length };
  }

  async #costs(kind: TileKind) {
    const sum = kind === "costs-intervals" ? "interval" : "day";
    try {
      const { currency, problem, costs } = await this.#get("costs", { ...this.#range, sum }, costsOf);
      return { data: { kind: "costs", currency, problem, costs } as const, weight: costs.length };
    } catch (error) {
      // An older gateway knows no costs at all; that is no failure either.
      if (!(error instanceof Failed) || error.failure.status !== 404) throw error;
      return { data: { kind: "costs", currency: null, problem: null, costs: [] } as const, weight: 1 };
    }
  }

  async #get<T>(what: string, query: Readonly<Record<string, string>>, parse: (data: unknown) => T | null): Promise<T> {
    const { requests, point } = this.#source;
    const path = `points/${encodeURIComponent(point)}/${what}?${new URLSearchParams(query)}`;
    return given(await requests.get(path, parse, { signal: this.#signal, timeout: PATIENCE }));
  }
}

/** Loads one tile; for the cache of tiles. */
export async function loadTile(
  source: TileSource,
  key: TileKey,
  signal: AbortSignal,
): Promise<Loaded<TileData, Failure>> {
  try {
    return { ok: true, ...(await new Loading(source, key, signal).tile(partsOf(key).kind)) };
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}
