import { type History, historyOf, type Reading } from "../../state/api-answers.ts";
import type { Dashboard } from "../../state/dashboard.svelte.ts";
import type { Answer, Requests } from "../../state/requests.ts";
import { emptySeries, type Series, stepFor, withHistory, withReading } from "../../state/series.ts";

const HOUR = 3600;
const DAY = 86_400;

function noHour(): Series {
  // A little more, because the energy of an hour starts from the register value just before it.
  return emptySeries(10, HOUR + 120);
}

/** An hour more than a day, because "today" has 25 hours once a year. */
function noDay(): Series {
  return emptySeries(300, DAY + HOUR);
}

/** The power and the registers of the last hour and the last day of one meter: loaded once, then kept up to date by readings. */
export class NowHistory {
  hour: Series = $state.raw(noHour());
  day: Series = $state.raw(noDay());

  readonly #requests: Requests;
  #last = 0;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  clear(): void {
    this.hour = noHour();
    this.day = noDay();
    this.#last = 0;
  }

  /** Adds a live reading; the same one again changes nothing. */
  add(reading: Reading): void {
    if (reading.time === this.#last) return;
    this.#last = reading.time;
    this.hour = withReading(this.hour, reading);
    this.day = withReading(this.day, reading);
  }

  /** True if both could be loaded. @param poll milliseconds between two readings */
  async load(id: string, poll: number, signal: AbortSignal): Promise<boolean> {
    const now = this.#requests.time() / 1000;
    const ask = (from: number, step: number): Promise<Answer<History>> => {
      const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
      const [start, end] = [Math.floor(from / step) * step, Math.ceil(now / step) * step];
      const query = new URLSearchParams({ from: iso(start), to: iso(end), step: String(step) });
      return this.#requests.get(`meters/${encodeURIComponent(id)}/history?${query}`, historyOf, { signal });
    };
    const dayStep = stepFor(poll, 300);
    const dayFrom = now - DAY - HOUR - 2 * dayStep;
    const hourStep = stepFor(poll, 10);
    const [hour, day] = await Promise.all([ask(now - HOUR - 3 * hourStep, hourStep), ask(dayFrom, dayStep)]);
    if (signal.aborted) return false;
    if (hour.ok) this.hour = withHistory(this.hour, hour.value, now, poll / 1000);
    if (day.ok) this.day = withHistory(this.day, day.value, now, poll / 1000);
    return hour.ok && day.ok;
  }
}

/** What charts and sums of this view need to know of the page. */
export type Shown = Pick<Dashboard, "reading" | "state" | "cause" | "time" | "readingAge" | "link">;
