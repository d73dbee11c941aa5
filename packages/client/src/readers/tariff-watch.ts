/** Follows a meter's tariff and its outputs: two states that differ become events. Pure. */
import { type TariffCalendar, tariffOn, tierAt } from "@meterport/protocol/meaning/tariff-calendar";
import type { ControlState, OutputName, OutputState, TariffOverride } from "./control-state.ts";
import type { PresentTariff } from "./present-tariff.ts";

export type TariffEvent =
  /** Another tier is in effect, counted from 0; `by` is what decided it, and `expected` whether the calendar says so too. */
  | {
      readonly type: "tier";
      readonly from: number;
      readonly to: number;
      readonly by: PresentTariff["by"];
      /** null without a calendar, or where it does not tell. */
      readonly expected: boolean | null;
    }
  | { readonly type: "decided-by"; readonly from: PresentTariff["by"]; readonly to: PresentTariff["by"] }
  | { readonly type: "season"; readonly from: number; readonly to: number }
  /** Another calendar is in force. */
  | { readonly type: "calendar"; readonly from: number; readonly to: number }
  /** Another override was asked for; null is none. */
  | { readonly type: "override"; readonly from: TariffOverride | null; readonly to: TariffOverride | null }
  | { readonly type: "output"; readonly output: OutputName; readonly from: OutputState; readonly to: OutputState };

/** When a calendar changes the tier. */
export interface NextSwitch {
  /** Local time, "2026-01-31T06:00". */
  readonly at: string;
  /** Counted from 0. */
  readonly tier: number;
}

const day = 86_400_000;
/** Seasons come each year. */
const farthest = 367;

/**
 * The next change of tier after a local time, as in "2026-01-31T05:59"; null if the calendar makes none within a year, or a
 * day comes before it whose tiers are unknown.
 *
 * @throws UsageError (`time`)
 */
export const nextSwitch = (calendar: TariffCalendar, local: string): NextSwitch | null => {
  const first = local.slice(0, 10);
  const from = local.slice(11, 16) || "00:00";
  let tier: number | undefined;
  for (let i = 0; i < farthest; i++) {
    const date = i === 0 ? first : new Date(Date.parse(`${first}T00:00:00Z`) + i * day).toISOString().slice(0, 10);
    const { switches } = tariffOn(calendar, date);
    if (switches === null) return null;
    for (const begin of switches) {
      const time = new Date(begin.minute * 60_000).toISOString().slice(11, 16);
      const isPast = i === 0 && time <= from;
      if (!isPast && tier !== undefined && begin.tier !== tier) return { at: `${date}T${time}`, tier: begin.tier };
      tier = begin.tier;
    }
  }
  return null;
};

const expectedTier = (calendar: TariffCalendar | undefined, { time }: PresentTariff): number | null =>
  calendar === undefined || time === null ? null : tierAt(calendar, time);

const same = (a: TariffOverride | null, b: TariffOverride | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Compares each state with the last one that was known: what a meter refuses for a while neither ends nor begins anything.
 *
 * @example
 * ```ts
 * const watch = new TariffWatch(calendar);
 * const events = watch.handle(await readControlState(meter));
 * ```
 */
export class TariffWatch {
  readonly #calendar: TariffCalendar | undefined;
  #tariff: PresentTariff | undefined;
  #calendarId: number | undefined;
  #override: TariffOverride | null | undefined;
  readonly #outputs = new Map<OutputName, OutputState>();

  /** With the calendar in force it tells whether a switch was expected. */
  constructor(calendar?: TariffCalendar) {
    this.#calendar = calendar;
  }

  /** What changed since the last state; nothing for the first one. */
  handle(state: ControlState): readonly TariffEvent[] {
    return [...this.#tariffEvents(state), ...this.#calendarEvents(state), ...this.#outputEvents(state)];
  }

  #tariffEvents({ tariff }: ControlState): TariffEvent[] {
    const before = this.#tariff;
    if (tariff === null) return [];
    this.#tariff = tariff;
    if (before === undefined) return [];
    const events: TariffEvent[] = [];
    const { tier, season, by } = tariff;
    if (tier !== before.tier) {
      const told = expectedTier(this.#calendar, tariff);
      events.push({ type: "tier", from: before.tier, to: tier, by, expected: told === null ? null : told === tier });
    }
    if (by !== before.by) events.push({ type: "decided-by", from: before.by, to: by });
    if (season !== before.season) events.push({ type: "season", from: before.season, to: season });
    return events;
  }

  #calendarEvents({ calendarId, override, overrideKnown }: ControlState): TariffEvent[] {
    const events: TariffEvent[] = [];
    const from = this.#calendarId;
    if (calendarId !== null) {
      if (from !== undefined && from !== calendarId) events.push({ type: "calendar", from, to: calendarId });
      this.#calendarId = calendarId;
    }
    if (!overrideKnown) return events;
    const before = this.#override;
    if (before !== undefined && !same(before, override)) events.push({ type: "override", from: before, to: override });
    this.#override = override;
    return events;
  }

  #outputEvents({ outputs }: ControlState): TariffEvent[] {
    return outputs.flatMap(({ output, state }) => {
      if (state === "unknown") return [];
      const from = this.#outputs.get(output);
      this.#outputs.set(output, state);
      return from === undefined || from === state ? [] : [{ type: "output", output, from, to: state }];
    });
  }
}
