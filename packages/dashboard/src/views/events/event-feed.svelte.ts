import type { Answer, Requests } from "../../state/requests.ts";
import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import { logLinesOf } from "../../widgets/log-book.ts";
import { type EventsPage, eventsOf, LASTING_KINDS, lasting, type StoredEvent } from "./event-answer.ts";
import { merged } from "./event-blocks.ts";
import { apiQuery, type Filter, looksItself, spanOf, wants, wantsLines, wantsOnlyLines } from "./filter.ts";
import { LINES_PATH, lineEvents, withLines } from "./log-events.ts";

const PAGE = 200;
/** When the page looks at each event itself, it asks for as many as the gateway gives. */
const SEARCH_PAGE = 1000;
/** Matches that fill a screen, and pages after which the reader is asked whether to go on. */
const ENOUGH = 40;
const MOST_PAGES = 10;
const NEWEST = 50;

export interface FeedOptions {
  readonly requests: Requests;
  readonly point: string;
  readonly filter: Filter;
  readonly calendar: ZoneCalendar;
  /** Whether the reader may see the gateway's log. */
  readonly mayReadLog: boolean;
  /** All that the page says of an event, for the search. */
  readonly words: (event: StoredEvent) => string;
}

/** The stored events of a point, as far back as the reader has scrolled. */
export class EventFeed {
  events: readonly StoredEvent[] = $state.raw([]);
  active: readonly StoredEvent[] = $state.raw([]);
  loading = $state(false);
  /** Undefined if nothing failed; the gateway's sentence if it gave one. */
  failure: string | null | undefined = $state(undefined);
  /** Whether there are older ones. */
  more = $state(true);
  /** How far back was looked, milliseconds since 1970. */
  reached: number | null = $state(null);
  /** Whether it stopped before it had found enough. */
  paused = $state(false);

  readonly #requests: Requests;
  readonly #path: string;
  readonly #filter: Filter;
  readonly #calendar: ZoneCalendar;
  readonly #point: string;
  readonly #asksLines: boolean;
  readonly #words: (event: StoredEvent) => string;
  readonly #stop = new AbortController();
  #next: string | null = null;
  #all: readonly StoredEvent[] = [];
  #lines: readonly StoredEvent[] = [];

  constructor({ requests, point, filter, calendar, mayReadLog, words }: FeedOptions) {
    this.#requests = requests;
    this.#point = point;
    this.#asksLines = mayReadLog && wantsLines(filter);
    this.more = !wantsOnlyLines(filter);
    this.loading = this.#asksLines && !this.more;
    this.#path = `points/${encodeURIComponent(point)}/events`;
    this.#filter = filter;
    this.#calendar = calendar;
    this.#words = words;
  }

  close(): void {
    this.#stop.abort();
  }

  /** Reads further back, until there is enough for a screen. */
  async further(): Promise<void> {
    if (this.loading || !this.more) return;
    this.loading = true;
    this.paused = false;
    this.failure = undefined;
    const had = this.events.length;
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = await this.#ask(this.#next, looksItself(this.#filter) ? SEARCH_PAGE : PAGE);
      if (this.#stop.signal.aborted) return;
      if (!answer.ok) {
        this.failure = answer.message;
        break;
      }
      this.#next = answer.value.next;
      this.more = this.#next !== null;
      this.reached = answer.value.events.at(-1)?.time ?? this.reached;
      this.#show([...this.#all, ...answer.value.events]);
      if (!this.more || this.events.length >= had + ENOUGH) break;
      this.paused = page === MOST_PAGES - 1;
    }
    this.loading = false;
  }

  /** Looks for what is new, and for what lasts now. */
  async refresh(): Promise<void> {
    void this.#lookActive();
    if (this.#asksLines) void this.#lookLines();
    if (this.loading || this.#all.length === 0) return;
    const answer = await this.#ask(null, NEWEST);
    if (this.#stop.signal.aborted || this.loading || !answer.ok) return;
    const now = merged(this.#all, answer.value.events);
    if (now !== null) return this.#show(now);
    // There is more news than a page: it begins again from there.
    this.#next = answer.value.next;
    this.more = this.#next !== null;
    this.#show(answer.value.events);
  }

  #show(all: readonly StoredEvent[]): void {
    this.#all = all;
    const fitting = looksItself(this.#filter) ? all.filter((event) => this.#wants(event)) : all;
    const loadedTo = all.at(-1)?.time ?? Number.POSITIVE_INFINITY;
    this.events = withLines(fitting, this.#lines, this.more ? loadedTo : null);
  }

  #wants(event: StoredEvent): boolean {
    return wants(this.#filter, event, () => this.#words(event));
  }

  #ask(cursor: string | null, limit: number): Promise<Answer<EventsPage>> {
    const query = apiQuery(this.#filter, this.#requests.time(), this.#calendar);
    query.set("limit", String(limit));
    if (cursor !== null) query.set("cursor", cursor);
    return this.#requests.get(`${this.#path}?${query}`, eventsOf, { signal: this.#stop.signal });
  }

  /** What the gateway remembers of its log since its start; a gateway that does not answer leaves what is known. */
  async #lookLines(): Promise<void> {
    const answer = await this.#requests.get(LINES_PATH, logLinesOf, { signal: this.#stop.signal });
    if (this.#stop.signal.aborted) return;
    if (wantsOnlyLines(this.#filter)) {
      this.loading = false;
      this.failure = answer.ok ? undefined : answer.message;
    }
    if (!answer.ok) return;
    const [from, to] = spanOf(this.#filter, this.#requests.time(), this.#calendar);
    this.#lines = lineEvents(answer.value, this.#point).filter(
      (event) => event.time >= from && event.time < to && this.#wants(event),
    );
    this.#show(this.#all);
  }

  async #lookActive(): Promise<void> {
    const query = new URLSearchParams({ kind: LASTING_KINDS.join(","), limit: "1000" });
    const answer = await this.#requests.get(`${this.#path}?${query}`, eventsOf, { signal: this.#stop.signal });
    if (answer.ok) this.active = lasting(answer.value.events);
  }
}
