/** What was said of one point, so that changes are said at once and the rest again at an interval. */

import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { PointView } from "@meterport/engine/ports/output";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import { liveKeys } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { diagnosticsPayload, energyPayload, livePayload, pricePayload, statusPayload } from "./payloads.ts";

/** A message of a point. */
export interface Saying {
  readonly source: "live" | "energy" | "status" | "price" | "diagnostics";
  readonly body: object;
}

interface Said {
  /** What counts as a change: the message without its time. */
  readonly text: string;
  readonly at: Millis;
}

/** Of a meter that never gives a good reading, this many others must do. */
const enoughReadings = 10;
/** Counters of the link change with each reading, and few want them. */
const diagnosticsEvery: Millis = 60_000;

export class PointSayer {
  readonly point: PointView;
  /** Values that its meter has shown. */
  readonly seen = new Set<LiveKey>();
  #readings = 0;
  /** What the announcement was made of. */
  #shown = "";
  readonly #said = new Map<Saying["source"], Said>();
  #available: boolean | undefined;

  /** @param before of the same point under another name: its meter still has what it has shown */
  constructor(point: PointView, before?: PointSayer) {
    this.point = point;
    if (before === undefined) return;
    for (const key of before.seen) this.seen.add(key);
    this.#readings = before.#readings;
  }

  /** Whether it is known what its meter has. */
  get isKnown(): boolean {
    return this.#readings >= enoughReadings;
  }

  /** Whether its meter has shown or said something new about itself since the last call. */
  isNews(): boolean {
    const { identity, link } = this.point.detail();
    const now = JSON.stringify([this.seen.size, identity, link.stale_after_ms, this.point.price()?.currency]);
    if (now === this.#shown) return false;
    this.#shown = now;
    return true;
  }

  /** Everything is said again. */
  forget(): void {
    this.#said.clear();
    this.#available = undefined;
  }

  /** Notes a reading. */
  saw(live: LiveAnswer): void {
    if (live.quality === "stale") return;
    this.#readings = live.quality === "good" ? enoughReadings : this.#readings + 1;
    for (const key of liveKeys) if (live[key] !== null) this.seen.add(key);
  }

  /** Whether its values can be used, if that is news. */
  availability(live: LiveAnswer): boolean | undefined {
    const now = live.quality !== "stale";
    if (now === this.#available) return undefined;
    this.#available = now;
    return now;
  }

  /**
   * What is to be said.
   *
   * @param repeat milliseconds after which the same is said again
   */
  sayings(live: LiveAnswer, now: Millis, repeat: Millis, lasting: ReadonlySet<string> | undefined): readonly Saying[] {
    const detail = this.point.detail();
    const isStale = live.quality === "stale";
    const found: Saying[] = [];
    const say = (source: Saying["source"], body: object, every: Millis): void => {
      // Each reading has its own time; alone it is no news of a register or a link.
      const text = JSON.stringify(source === "live" ? body : { ...body, time: null, last_reading: null });
      const said = this.#said.get(source);
      if (said !== undefined && said.text === text && now - said.at < every) return;
      this.#said.set(source, { text, at: now });
      found.push({ source, body });
    };
    // Once that there are no values; then silence, so that each consumer notices by its own rule.
    say("live", livePayload(live), isStale ? Number.POSITIVE_INFINITY : repeat);
    // A register stays true; the availability says that nobody reads it now.
    if (!isStale) say("energy", energyPayload(this.point, live), repeat);
    say("status", statusPayload(detail, live, lasting), repeat);
    const price = this.point.price();
    // The broker keeps it: one that is no longer known is taken back once.
    if (price !== null || this.#said.has("price"))
      say("price", pricePayload(price), price === null ? Number.POSITIVE_INFINITY : repeat);
    const diagnostics = this.#said.get("diagnostics");
    if (diagnostics === undefined || now - diagnostics.at >= diagnosticsEvery)
      say("diagnostics", diagnosticsPayload(detail), 0);
    return found;
  }
}
