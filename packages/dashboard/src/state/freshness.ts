import type { LinkHealth } from "@meterport/gateway/http/api";

/** "fresh": shown as live; "stale": shown, but marked as late; "dead": must not be shown as a present value. */
export type Freshness = "fresh" | "stale" | "dead";

/** Why a value is not fresh; an earlier cause hides later ones. */
export type FreshnessCause =
  | "none"
  | "connecting"
  | "gateway-silent"
  | "meter-connecting"
  | "meter-silent"
  | "meter-paused"
  | "meter-refused"
  | "late";

export interface Contact {
  /** When the page began to listen, milliseconds of the same clock as `now`. */
  readonly startedAt: number;
  /** The last sign of life from the gateway, of any kind. */
  readonly lastEventAt: number | null;
  /** The last new reading, by when it was measured. */
  readonly lastReadingAt: number | null;
  readonly link: Pick<LinkHealth, "state" | "late_after_ms" | "stale_after_ms"> | null;
}

/** The gateway sends something every 2 s; two of these may be lost, and users are promised 5 s. */
export const SILENCE_LIMIT_MS = 4500;

/** A bit more than the time between signs of life: if these stop too, the gateway is silent and not the meter. */
const MISSED_SIGN_MS = 3000;

/**
 * Whether the latest values may be shown as present at `now` (milliseconds).
 *
 * @example freshness(100, { startedAt: 0, lastEventAt: null, lastReadingAt: null, link: null }) // { state: "stale", cause: "connecting" }
 */
export function freshness(now: number, contact: Contact): { state: Freshness; cause: FreshnessCause } {
  const { startedAt, lastEventAt, lastReadingAt, link } = contact;
  const silence = now - (lastEventAt ?? startedAt);
  if (silence > SILENCE_LIMIT_MS) return { state: "dead", cause: "gateway-silent" };
  if (lastEventAt === null || link === null) return { state: "stale", cause: "connecting" };
  if (link.state === "silent") return { state: "dead", cause: "meter-silent" };
  if (link.state === "paused") return { state: "dead", cause: "meter-paused" };
  if (link.state === "refused") return { state: "dead", cause: "meter-refused" };
  if (link.state !== "up" && link.state !== "degraded") return { state: "dead", cause: "meter-connecting" };
  if (lastReadingAt === null) {
    return now - startedAt > link.stale_after_ms
      ? { state: "dead", cause: "late" }
      : { state: "stale", cause: "connecting" };
  }
  const age = now - lastReadingAt;
  if (age > link.stale_after_ms) return { state: "dead", cause: silence > MISSED_SIGN_MS ? "gateway-silent" : "late" };
  return age > link.late_after_ms ? { state: "stale", cause: "late" } : { state: "fresh", cause: "none" };
}

/** How the page names the freshness of what it shows: a pause or a bad line is no fault of the values. */
export type FreshnessName = Freshness | "degraded" | "paused" | "connecting";

/**
 * The name of a freshness.
 *
 * @example freshnessName({ state: "dead", cause: "meter-paused" }, "paused") // "paused"
 */
export function freshnessName(
  { state, cause }: { readonly state: Freshness; readonly cause: FreshnessCause },
  link: LinkHealth["state"] | null,
): FreshnessName {
  if (cause === "connecting" || cause === "meter-connecting") return "connecting";
  if (cause === "meter-paused") return "paused";
  return state === "fresh" && link === "degraded" ? "degraded" : state;
}
