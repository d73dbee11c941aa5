/** Nightly campaigns of a model: all meters are asked for their registers between one and five o'clock. */
import { parseQuiet } from "@meterport/engine/plan/quiet";
import type { Millis } from "@meterport/protocol/ports";
import { type Campaign, usualRetry } from "../campaigns/campaign.ts";
import { isOpen, stateOf, type TargetState, targetStates } from "../campaigns/target-state.ts";
import { afterAttempt, afterEnd, mayTakeAlong, priorityAfter, type Target, targetsOf } from "../campaigns/targets.ts";
import type { ReadWindow } from "../campaigns/windows.ts";
import { day, hour } from "./model-times.ts";
import { localOffset, type ModelWorld } from "./model-world.ts";
import type { Seeded } from "./seeded.ts";

const unpaused: ReadonlyMap<number, Millis> = new Map();

/** Of the local day. */
export const nightWindows: readonly ReadWindow[] = parseQuiet("01:00-05:00");

/** The campaign of a night, 0 being the first; it opens at local midnight and closes at eight. */
export const nightly = (night: number): Campaign => ({
  ...{ id: night, reads: ["registers"], priority: 5, spread: 3 * hour, retry: usualRetry },
  opens: night * day - localOffset(0),
  closes: night * day - localOffset(0) + 8 * hour,
  windows: nightWindows,
});

export type CampaignReport = Readonly<Partial<Record<TargetState, number>>>;

const codes = Object.fromEntries(
  Object.entries(targetStates).map(([name, letter]) => [name, letter.charCodeAt(0)]),
) as Record<TargetState, number>;

export class NightCampaigns {
  readonly #world: ModelWorld;
  readonly #chance: Seeded;
  readonly #state: Uint8Array;
  readonly #attempts: Uint8Array;
  readonly #nextAt: Float64Array;
  #campaign: Campaign | undefined;

  constructor(world: ModelWorld, chance: Seeded) {
    const meters = world.siteOf.length;
    this.#world = world;
    this.#chance = chance;
    this.#state = new Uint8Array(meters);
    this.#attempts = new Uint8Array(meters);
    this.#nextAt = new Float64Array(meters);
  }

  /** Expands the campaign of a night, one shard after the other. */
  open(night: number): void {
    this.#campaign = nightly(night);
    for (const sites of this.#world.sitesOfShard)
      for (const target of targetsOf(this.#campaign, this.#metersOf(sites))) this.#keep(target);
  }

  *#metersOf(sites: readonly number[]) {
    const { firstMeter, shardOfSite } = this.#world;
    for (const site of sites)
      for (let meter = firstMeter[site] as number; meter < (firstMeter[site + 1] as number); meter++)
        yield { meter, site, shard: shardOfSite[site] as number, offset: localOffset };
  }

  #keep({ meter, state, attempts, nextAt }: Target): void {
    this.#state[meter] = codes[state];
    this.#attempts[meter] = attempts;
    this.#nextAt[meter] = nextAt;
  }

  #target(meter: number): Target {
    const site = this.#world.siteOf[meter] as number;
    return {
      ...{ campaign: this.#campaign?.id ?? 0, meter, site, shard: this.#world.shardOfSite[site] as number },
      ...{ state: this.#stateOf(meter), attempts: this.#attempts[meter] as number },
      ...{ nextAt: this.#nextAt[meter] as number, reason: null },
    };
  }

  #stateOf(meter: number): TargetState {
    return stateOf(String.fromCharCode(this.#state[meter] as number)) ?? "done";
  }

  /** When a meter's target wants to be tried next; undefined if it is not open. */
  nextAt(meter: number): Millis | undefined {
    const code = this.#state[meter];
    return code === codes.waiting || code === codes.failed ? this.#nextAt[meter] : undefined;
  }

  /** Whether a visit that is made now reads for the campaign too. */
  mayTakeAlong(meter: number, now: Millis): boolean {
    const campaign = this.#campaign;
    if (campaign === undefined || this.nextAt(meter) === undefined) return false;
    const target = { state: this.#stateOf(meter), site: this.#world.siteOf[meter] as number };
    return mayTakeAlong(target, campaign, { now, offset: localOffset, paused: unpaused });
  }

  priority(meter: number): number {
    return priorityAfter(this.#campaign?.priority ?? 0, this.#attempts[meter] as number);
  }

  isRetry(meter: number): boolean {
    return (this.#attempts[meter] as number) > 0;
  }

  /** Notes how an attempt ended. */
  tried(meter: number, isRead: boolean, now: Millis): void {
    const campaign = this.#campaign;
    if (campaign === undefined) return;
    const attempt = isRead
      ? ({ event: "read", reason: null } as const)
      : ({ event: "failed", reason: "no answer" } as const);
    const context = { now, offset: localOffset, entropy: this.#chance.entropy };
    this.#keep(afterAttempt(this.#target(meter), campaign, attempt, context));
  }

  /** Ends the campaign: how many targets are in which state. */
  close(): CampaignReport {
    const report: Partial<Record<TargetState, number>> = {};
    for (let meter = 0; meter < this.#state.length; meter++) {
      const state = this.#stateOf(meter);
      const ended = isOpen(state) ? afterEnd(this.#target(meter)).state : state;
      this.#state[meter] = codes[ended];
      report[ended] = (report[ended] ?? 0) + 1;
    }
    this.#campaign = undefined;
    return report;
  }
}
