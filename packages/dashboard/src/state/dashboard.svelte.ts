import type { ApiCapture, LinkHealth } from "@meterport/gateway/http/api";
import { linkOf, type Meter, type Reading, readingOf } from "./api-answers.ts";
import { freshness } from "./freshness.ts";
import type { GatewayApi } from "./gateway-api.ts";
import type { PointRow } from "./point-rows.ts";
import { type After, type EventSourceLike, openStream, type Stream, type StreamEventType } from "./stream.ts";

/** What the page's state needs from its environment. */
export interface Surroundings {
  readonly api: GatewayApi;
  /** Elapsed milliseconds, see `steadyClock`. */
  readonly clock: () => number;
  readonly after: After;
  readonly openEvents: (url: string) => EventSourceLike;
}

/** Ages are shown in seconds and a dead value must go within 5 s, so four checks a second are plenty. */
const TICK_MS = 250;
const RETRY_MS = 3000;
const METERS_EACH_MS = 60_000;
const DETAIL_EACH_MS = 15_000;
const CAPTURES_EACH_MS = 60_000;
/** A stream that ends again and again must not make every view load again each time. */
const RENEWALS_EACH_MS = 5000;
/** A reading this much older than its arrival still counts as fresh, because the clocks of two machines differ. */
const AGE_TOLERANCE_MS = 2000;

function givesValues(link: LinkHealth | null): boolean {
  return link?.state === "up" || link?.state === "degraded";
}

/** When each request is due, milliseconds of the clock: at once. */
function allDue(): Record<"meters" | "detail" | "captures", number> {
  return { meters: 0, detail: 0, captures: 0 };
}

/** The state of the page, kept up to date while it is open. */
export class Dashboard {
  /** The first of the points; null before the first answer. */
  meters: readonly PointRow[] | null = $state.raw(null);
  /** How many points there are; null before the first answer. */
  total: number | null = $state(null);
  /** The point that the address names, if the gateway has no such point. */
  unknown: string | null = $state(null);
  /** Whether the last request was answered; null before the first. */
  reachable: boolean | null = $state(null);
  selected: string | null = $state(null);
  detail: Meter | null = $state.raw(null);
  link: LinkHealth | null = $state.raw(null);
  /** The last true reading, however old: look at `state` before showing it as present. */
  reading: Reading | null = $state.raw(null);
  /** Captures of the link before it failed, newest first. */
  captures: readonly ApiCapture[] = $state.raw([]);
  /**
   * Grows whenever what a view has loaded may be out of date: the page slept, or the gateway or the meter came back. A view
   * that reads it in an effect loads again.
   */
  renewals = $state(0);
  /** Milliseconds of the clock, and the gateway's milliseconds since 1970. */
  now = $state(0);
  time = $state(0);

  readonly #with: Surroundings;
  #startedAt = $state(0);
  #lastEventAt: number | null = $state(null);
  #readingAt: number | null = $state(null);
  readonly #freshness = $derived(
    this.selected === null && this.reachable === false
      ? ({ state: "dead", cause: "gateway-silent" } as const)
      : freshness(this.now, {
          startedAt: this.#startedAt,
          lastEventAt: this.#lastEventAt,
          lastReadingAt: this.#readingAt,
          link: this.link,
        }),
  );
  readonly state = $derived(this.#freshness.state);
  readonly cause = $derived(this.#freshness.cause);
  /** Milliseconds since the last reading was measured; null before the first. */
  readonly readingAge = $derived(this.#readingAt === null ? null : Math.max(0, this.now - this.#readingAt));

  #stream: Stream | null = null;
  #wanted: string | null = null;
  #due = allDue();
  #busy = { meters: false, detail: false, captures: false };
  #linkEvents = 0;
  #isRenewalDue = false;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #cancelTick: () => void = () => undefined;

  constructor(surroundings: Surroundings, wanted: string | null) {
    this.#with = surroundings;
    this.#wanted = wanted;
    this.#startedAt = surroundings.clock();
    this.tick();
  }

  /** Checks the clock and sends the requests that are due. */
  tick(): void {
    this.#cancelTick();
    this.now = this.#with.clock();
    this.time = this.#with.api.time();
    if (this.#isRenewalDue && this.now - this.#renewedAt >= RENEWALS_EACH_MS) {
      this.#isRenewalDue = false;
      this.#renewedAt = this.now;
      this.renewals++;
    }
    void this.#ask("meters", METERS_EACH_MS, () => this.#loadMeters());
    if (this.selected !== null) {
      void this.#ask("detail", DETAIL_EACH_MS, () => this.#loadDetail());
      void this.#ask("captures", CAPTURES_EACH_MS, () => this.#loadCaptures());
    }
    this.#cancelTick = this.#with.after(TICK_MS, () => this.tick());
  }

  /** After a time in which the page may have slept. */
  wake(): void {
    this.#renew();
    this.#stream?.hurry();
    this.tick();
  }

  /** Shows a meter; one that the gateway does not know yet is remembered until it does. */
  select(id: string): void {
    this.#wanted = id;
    if (id === this.selected) return;
    if (this.meters?.some((meter) => meter.id === id)) this.#show(id);
    else this.#due.meters = 0;
  }

  /** After a request of any part of the page. */
  heard(answered: boolean): void {
    this.reachable = answered;
  }

  /** Elapsed milliseconds, also while the computer sleeps. */
  clock(): number {
    return this.#with.clock();
  }

  /** The address of an original capture of the shown meter. */
  captureUrl(name: string): string {
    return this.#with.api.captureUrl(this.selected ?? "", name);
  }

  /** A redacted capture of the shown meter, for sharing. */
  redactedCapture(name: string): ReturnType<GatewayApi["redactedCapture"]> {
    return this.#with.api.redactedCapture(this.selected ?? "", name);
  }

  /** Asks for the captures soon, as after a recording. */
  renewCaptures(): void {
    this.#due.captures = 0;
  }

  /** The newest log entries of the shown meter. */
  log(limit: number): ReturnType<GatewayApi["log"]> {
    return this.#with.api.log(this.selected ?? "", limit);
  }

  close(): void {
    this.#cancelTick();
    this.#stream?.close();
  }

  #renew(): void {
    this.#due = allDue();
    this.#isRenewalDue = true;
  }

  #show(id: string): void {
    this.#stream?.close();
    this.selected = id;
    this.unknown = null;
    this.detail = null;
    this.link = null;
    this.reading = null;
    this.captures = [];
    this.#startedAt = this.#with.clock();
    this.#lastEventAt = null;
    this.#readingAt = null;
    this.#due.detail = 0;
    this.#due.captures = 0;
    const url = this.#with.api.eventsUrl(id);
    this.#stream = openStream(() => this.#with.openEvents(url), this.#with.after, {
      event: (type, data) => this.#event(type, data),
      contact: (again) => {
        if (again) this.#renew();
      },
    });
  }

  #event(type: StreamEventType, data: unknown): void {
    this.#lastEventAt = this.#with.clock();
    this.now = this.#lastEventAt;
    if (type === "link") {
      const link = linkOf(data);
      if (link === null) return;
      // The meter's identity and the gateway's history may be new now.
      if (givesValues(link) && !givesValues(this.link)) {
        this.#due.detail = 0;
        this.#isRenewalDue = true;
      }
      // A capture is made at the moment when the link fails.
      if (link.state !== this.link?.state) this.#due.captures = 0;
      this.#linkEvents++;
      this.link = link;
    }
    if (type === "live") {
      const reading = readingOf(data);
      // The same reading sent again does not become younger.
      if (reading === null || reading.time === this.reading?.time) return;
      const age = this.#with.api.time() - reading.time;
      this.#readingAt = this.#lastEventAt - (age > AGE_TOLERANCE_MS ? age : 0);
      this.reading = reading;
    }
  }

  async #ask(what: keyof ReturnType<typeof allDue>, each: number, load: () => Promise<boolean>): Promise<void> {
    if (this.#busy[what] || this.now < this.#due[what]) return;
    this.#busy[what] = true;
    this.#due[what] = Number.POSITIVE_INFINITY;
    const done = await load();
    this.#busy[what] = false;
    // Another request for it may have come in the meantime.
    this.#due[what] = Math.min(this.#due[what], this.#with.clock() + (done ? each : RETRY_MS));
  }

  async #loadMeters(): Promise<boolean> {
    const page = await this.#with.api.points();
    if (page === null) return false;
    this.meters = page.rows;
    this.total = page.total;
    const first = page.rows[0]?.id;
    const wanted = this.#wanted ?? this.selected ?? (page.total === 1 ? first : undefined);
    if (wanted === undefined || first === undefined) return page.total > 0;
    const isListed = page.rows.some(({ id }) => id === wanted);
    const isKnown = isListed || (page.total > page.rows.length ? await this.#with.api.knows(wanted) : false);
    // Another one may have been chosen in the meantime.
    if (isKnown === null || wanted !== (this.#wanted ?? this.selected ?? first)) return false;
    if (isKnown) this.#showUnlessShown(wanted);
    else if (page.total === 1) this.#showUnlessShown(first);
    else this.#showNone(wanted);
    return true;
  }

  #showUnlessShown(id: string): void {
    if (id === this.selected) this.unknown = null;
    else this.#show(id);
  }

  #showNone(unknown: string): void {
    this.#stream?.close();
    this.#stream = null;
    this.selected = null;
    this.detail = null;
    this.link = null;
    this.reading = null;
    this.unknown = unknown;
  }

  async #loadDetail(): Promise<boolean> {
    const id = this.selected;
    const linkEvents = this.#linkEvents;
    if (id === null) return false;
    const detail = await this.#with.api.meter(id);
    if (detail === null || id !== this.selected) return false;
    this.detail = detail;
    // An event that came while we waited is newer than the answer.
    if (linkEvents === this.#linkEvents) this.link = detail.link;
    return true;
  }

  async #loadCaptures(): Promise<boolean> {
    const id = this.selected;
    if (id === null) return false;
    const captures = await this.#with.api.captures(id);
    if (captures === null || id !== this.selected) return false;
    this.captures = captures;
    return true;
  }
}
