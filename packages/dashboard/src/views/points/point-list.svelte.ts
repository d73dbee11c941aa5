import type { LinkState } from "@meterport/gateway/http/api";
import { listOf, number, record, text } from "../../state/loose.ts";
import { type PointQuery, type PointRow, type PointsPage, pointsPageOf, pointsPath } from "../../state/point-rows.ts";
import type { Requests } from "../../state/requests.ts";
import { type After, type EventSourceLike, openStream, type Stream } from "../../state/stream.ts";
import { isPresent, type Told, toldBy, withTold } from "./live-rows.ts";

export interface PointListWith {
  readonly requests: Requests;
  /** Elapsed milliseconds. */
  readonly clock: () => number;
  readonly after: After;
  readonly openEvents: (url: string) => EventSourceLike;
}

export type Choice = Pick<PointQuery, "q" | "states" | "group" | "sort">;

export interface Group {
  /** Null for the points without a group. */
  readonly name: string | null;
  readonly points: number;
}

/** How complete the present month of all points is. */
export interface Totals {
  readonly complete: number;
  readonly incomplete: number;
  readonly empty: number;
}

/** A row as it may be shown now. */
export interface ShownRow extends PointRow {
  /** Whether state and power are those of the present. */
  readonly present: boolean;
  /** Percent of the present month; null if unknown. */
  readonly complete: number | null;
}

const FIRST_ROWS = 100;
const MORE_ROWS = 500;
const MOST_ROWS_OF_A_PAGE = 1000;
/** Rows that are loaded before they come into sight. */
const AHEAD = 150;
const COUNTS_EACH_MS = 5000;
/** After the state of a link changed: the gateway counts once a second. */
const COUNTS_SOON_MS = 1200;
const BEAT_MS = 250;
/** A hand that scrolls does not change what is followed. */
const SETTLE_MS = 300;
/** The gateway takes no more names at once. */
const MOST_FOLLOWED = 64;
const COMPLETENESS_VALID_MS = 300_000;
const MOST_GROUPS = 1000;

function groupsOf(data: unknown): Group[] | null {
  return listOf(record(data)?.groups, MOST_GROUPS, (entry) => {
    const loose = record(entry);
    return loose === null ? null : { name: text(loose.name), points: number(loose.points) ?? 0 };
  });
}

interface CompletenessPage {
  readonly totals: Totals;
  readonly percents: ReadonlyMap<string, number | null>;
}

function completenessOf(data: unknown): CompletenessPage | null {
  const loose = record(data);
  const points = listOf(loose?.points, MOST_FOLLOWED, (entry) => {
    const id = text(record(entry)?.id);
    return id === null ? null : ([id, number(record(entry)?.percent)] as const);
  });
  const [complete, incomplete, empty] = [number(loose?.complete), number(loose?.incomplete), number(loose?.empty)];
  if (points === null || complete === null || incomplete === null || empty === null) return null;
  return { totals: { complete, incomplete, empty }, percents: new Map(points) };
}

/** The list of all points: as much of it as was looked at, and live what is on the screen. */
export class PointList {
  /** The first rows of the list, as far as they are loaded. */
  rows: readonly PointRow[] = $state.raw([]);
  /** Rows of the whole list; null before the first answer. */
  count: number | null = $state(null);
  total = $state(0);
  states: Readonly<Record<LinkState, number>> | null = $state.raw(null);
  groups: readonly Group[] = $state.raw([]);
  totals: Totals | null = $state.raw(null);
  /** The gateway's sentence on why there is no list, or the empty text; null if nothing failed. */
  failure: string | null = $state(null);
  /** Grows when what is shown of a row may have changed. */
  beat = $state(0);

  readonly #with: PointListWith;
  #choice: Choice = {};
  #next: string | null = null;
  #loading = false;
  #wantedEnd = 0;
  #giveUp = new AbortController();
  #closed = false;

  #answeredAt = new WeakMap<PointRow, number>();
  readonly #told = new Map<string, Told>();
  /** The states that were heard of last. */
  readonly #known = new Map<string, LinkState>();
  /** How often the counts are asked for again without the usual pause. */
  #soon = 0;
  #inStream = new Set<string>();
  #aliveAt: number | null = null;
  #stream: Stream | null = null;
  #followed = "";
  readonly #percents = new Map<string, { readonly percent: number | null; readonly at: number }>();
  readonly #cancels: Record<"settle" | "counts" | "beat", () => void> = {
    settle: () => undefined,
    counts: () => undefined,
    beat: () => undefined,
  };

  constructor(surroundings: PointListWith) {
    this.#with = surroundings;
    void this.#loadGroups();
    void this.#loadTotals();
    this.#countLater();
    this.#beatLater();
  }

  /** Begins the list that is chosen now. */
  choose(choice: Choice): void {
    this.#choice = choice;
    this.#begin();
  }

  again(): void {
    this.#begin();
  }

  /** What is on the screen: these rows are loaded, followed and counted. */
  look(first: number, end: number): void {
    this.#wantedEnd = end;
    void this.#loadMore();
    this.#cancels.settle();
    this.#cancels.settle = this.#with.after(SETTLE_MS, () => {
      const ids = this.rows.slice(first, Math.min(end, first + MOST_FOLLOWED)).map(({ id }) => id);
      this.#follow(ids);
      void this.#loadCompleteness(ids);
    });
  }

  shown(row: PointRow): ShownRow {
    const present =
      this.failure === null &&
      isPresent({
        now: this.#with.clock(),
        answeredAt: this.#answeredAt.get(row) ?? Number.NEGATIVE_INFINITY,
        aliveAt: this.#aliveAt,
        told: this.#inStream.has(row.id),
      });
    const complete = this.#percents.get(row.id)?.percent ?? null;
    return { ...withTold(row, this.#told.get(row.id)), present, complete };
  }

  /** Loads every row of the list, such as to select all; false if that failed. */
  async all(): Promise<boolean> {
    const { signal } = this.#giveUp;
    while (this.#next !== null && !signal.aborted) {
      const before = this.rows.length;
      if (this.#loading) await new Promise<void>((resolve) => this.#with.after(50, resolve));
      else if (!(await this.#load(this.#next, MOST_ROWS_OF_A_PAGE)) || this.rows.length === before) return false;
    }
    return !signal.aborted;
  }

  /** While nobody sees the page, nothing is asked. */
  pause(): void {
    this.#closeStream();
    for (const cancel of Object.values(this.#cancels)) cancel();
  }

  resume(): void {
    if (this.#closed) return;
    void this.#loadCounts();
    this.#countLater();
    this.#beatLater();
    this.look(Math.max(0, this.#wantedEnd - MOST_FOLLOWED), this.#wantedEnd);
  }

  close(): void {
    this.#closed = true;
    this.pause();
    this.#giveUp.abort();
  }

  #begin(): void {
    this.#giveUp.abort();
    this.#giveUp = new AbortController();
    this.#loading = false;
    this.#next = null;
    void this.#load(null, FIRST_ROWS);
  }

  async #loadMore(): Promise<void> {
    while (this.#next !== null && !this.#loading && this.rows.length < this.#wantedEnd + AHEAD)
      if (!(await this.#load(this.#next, MORE_ROWS))) return;
  }

  async #load(cursor: string | null, limit: number): Promise<boolean> {
    const { signal } = this.#giveUp;
    this.#loading = true;
    const path = pointsPath({ ...this.#choice, cursor, limit });
    const answer = await this.#with.requests.get(path, pointsPageOf, { signal });
    if (signal.aborted) return false;
    this.#loading = false;
    this.failure = answer.ok ? null : (answer.message ?? "");
    if (!answer.ok) return false;
    this.#take(answer.value, cursor === null);
    if (cursor === null) void this.#loadMore();
    return true;
  }

  #take(page: PointsPage, isFirst: boolean): void {
    const now = this.#with.clock();
    for (const row of page.rows) {
      this.#answeredAt.set(row, now);
      this.#known.set(row.id, row.state);
      // What the stream told before is older.
      if (!this.#inStream.has(row.id)) this.#told.delete(row.id);
    }
    // An order by power changes while it is read: a point that moved down is met twice.
    const known = new Set(isFirst ? [] : this.rows.map(({ id }) => id));
    const fresh = page.rows.filter(({ id }) => !known.has(id));
    this.rows = isFirst ? fresh : [...this.rows, ...fresh];
    // A page that holds nothing new is the last one, or the gateway would be asked for ever.
    this.#next = fresh.length === 0 ? null : page.next;
    this.#count(page);
    if (this.#next === null) this.count = this.rows.length;
  }

  #count(page: PointsPage): void {
    this.count = page.found ?? this.rows.length;
    this.total = page.total;
    this.states = page.states;
  }

  #countLater(ms = COUNTS_EACH_MS): void {
    this.#cancels.counts();
    this.#cancels.counts = this.#with.after(ms, () => {
      void this.#loadCounts();
      // The first answer gives what was counted before, and has the gateway count again.
      this.#soon = Math.max(0, this.#soon - 1);
      this.#countLater(this.#soon > 0 ? COUNTS_SOON_MS : COUNTS_EACH_MS);
    });
  }

  #countSoon(id: string, state: LinkState): void {
    this.#known.set(id, state);
    this.#soon = 2;
    this.#countLater(COUNTS_SOON_MS);
  }

  async #loadCounts(): Promise<void> {
    const { signal } = this.#giveUp;
    const path = pointsPath({ ...this.#choice, limit: 1 });
    const answer = await this.#with.requests.get(path, pointsPageOf, { signal });
    if (signal.aborted) return;
    const before = this.count;
    this.failure = answer.ok ? null : (answer.message ?? "");
    if (!answer.ok) return;
    const { found, total, states } = answer.value;
    this.total = total;
    this.states = states;
    // Other points fit now, or the gateway is back.
    if (!this.#loading && (before === null || (found !== null && found !== before))) await this.#reload();
  }

  async #reload(): Promise<void> {
    const limit = Math.min(MOST_ROWS_OF_A_PAGE, Math.max(FIRST_ROWS, this.rows.length));
    await this.#load(null, limit);
  }

  async #loadGroups(): Promise<void> {
    const answer = await this.#with.requests.get("groups", groupsOf);
    if (answer.ok) this.groups = answer.value;
  }

  async #loadTotals(): Promise<void> {
    // It takes a look at every point of the store, which may be many.
    const answer = await this.#with.requests.get("completeness?limit=1&sort=id", completenessOf, { timeout: 60_000 });
    if (answer.ok) this.totals = answer.value.totals;
  }

  async #loadCompleteness(ids: readonly string[]): Promise<void> {
    const now = this.#with.clock();
    const old = ids.filter(
      (id) => now - (this.#percents.get(id)?.at ?? Number.NEGATIVE_INFINITY) > COMPLETENESS_VALID_MS,
    );
    if (old.length === 0 || this.#closed) return;
    for (const id of old) this.#percents.set(id, { percent: this.#percents.get(id)?.percent ?? null, at: now });
    const path = `completeness?sort=id&limit=${MOST_FOLLOWED}&point=${old.map(encodeURIComponent).join(",")}`;
    const answer = await this.#with.requests.get(path, completenessOf, { timeout: 30_000 });
    for (const id of old) {
      if (answer.ok) this.#percents.set(id, { percent: answer.value.percents.get(id) ?? null, at: now });
      else this.#percents.delete(id);
    }
    this.beat++;
  }

  #follow(ids: readonly string[]): void {
    const wanted = ids.toSorted().map(encodeURIComponent).join(",");
    if (this.#closed || (wanted === this.#followed && this.#stream !== null)) return;
    this.#closeStream();
    if (wanted === "") return;
    this.#followed = wanted;
    const url = this.#with.requests.address(`stream?events=live,link&every=2s&point=${wanted}`);
    this.#stream = openStream(() => this.#with.openEvents(url), this.#with.after, {
      event: (type, data) => {
        this.#aliveAt = this.#with.clock();
        const event = toldBy(type, data);
        if (event === null) return;
        const { state } = event.told;
        if (state !== undefined && state !== this.#known.get(event.id)) this.#countSoon(event.id, state);
        this.#told.set(event.id, { ...this.#told.get(event.id), ...event.told });
        this.#inStream.add(event.id);
      },
      contact: () => this.#inStream.clear(),
    });
  }

  #closeStream(): void {
    this.#stream?.close();
    this.#stream = null;
    this.#followed = "";
    this.#inStream = new Set();
    this.#aliveAt = null;
  }

  /** Events come by the dozen; the rows are drawn together. */
  #beatLater(): void {
    this.#cancels.beat();
    this.#cancels.beat = this.#with.after(BEAT_MS, () => {
      this.beat++;
      this.#beatLater();
    });
  }
}
