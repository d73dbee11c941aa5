import type { Refused } from "../../state/asked.svelte.ts";
import type { Requests } from "../../state/requests.ts";
import type { ListPage } from "./answers.ts";

/** More rows of one list are not kept: then it is to be narrowed. */
const MOST_ROWS = 100_000;

/** A list that is read page by page, as far as somebody looks at it. */
export class PagedList<T> {
  rows: readonly T[] = $state.raw([]);
  /** Rows of the whole list, if the gateway says so. */
  total: number | null = $state(null);
  /** Why the last page did not come; null if it did. */
  refused: Refused | null = $state.raw(null);
  /** False before the first answer. */
  known = $state(false);
  busy = $state(false);
  /** Whether there are more rows. */
  more = $state(false);

  readonly #requests: Pick<Requests, "get">;
  readonly #parse: (data: unknown) => ListPage<T> | null;
  readonly #keyOf: (row: T) => unknown;
  #path = "";
  #next: string | null = null;
  #giveUp = new AbortController();

  constructor(
    requests: Pick<Requests, "get">,
    parse: (data: unknown) => ListPage<T> | null,
    keyOf: (row: T) => unknown,
  ) {
    this.#requests = requests;
    this.#parse = parse;
    this.#keyOf = keyOf;
  }

  /** Begins a list; `path` has a query already. The rows of the same list stay until the new ones have come. */
  async begin(path: string): Promise<void> {
    this.#giveUp.abort();
    this.#giveUp = new AbortController();
    if (path !== this.#path) {
      this.rows = [];
      this.known = false;
      this.total = null;
    }
    this.#path = path;
    await this.#load(null);
  }

  /** The first page again. */
  again(): Promise<void> {
    return this.begin(this.#path);
  }

  /** The next page, unless one is on its way or there is none. */
  async next(): Promise<void> {
    if (!this.busy && this.more && this.refused === null) await this.#load(this.#next);
  }

  /** Changes one row in place, as after a change that the gateway has confirmed. */
  put(row: T): void {
    const key = this.#keyOf(row);
    this.rows = this.rows.map((old) => (this.#keyOf(old) === key ? row : old));
  }

  close(): void {
    this.#giveUp.abort();
  }

  async #load(cursor: string | null): Promise<void> {
    const { signal } = this.#giveUp;
    this.busy = true;
    const path = cursor === null ? this.#path : `${this.#path}&cursor=${encodeURIComponent(cursor)}`;
    const answer = await this.#requests.get(path, this.#parse, { signal });
    if (signal.aborted) return;
    this.busy = false;
    this.refused = answer.ok ? null : { code: answer.code, message: answer.message };
    if (!answer.ok) return;
    const known = new Set(cursor === null ? [] : this.rows.map(this.#keyOf));
    const fresh = answer.value.rows.filter((row) => !known.has(this.#keyOf(row)));
    this.rows = cursor === null ? fresh : [...this.rows, ...fresh];
    this.total = answer.value.total;
    this.known = true;
    // A page that holds nothing new is the last one, or the gateway would be asked for ever.
    this.#next = fresh.length === 0 || this.rows.length >= MOST_ROWS ? null : answer.value.next;
    this.more = this.#next !== null;
  }
}
