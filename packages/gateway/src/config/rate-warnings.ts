/** Says which meters are to be read more often than their line, or a meter, can answer. */
import { defaultRates, rateProblem } from "@meterport/engine/plan/sets";
import type { Millis } from "@meterport/protocol/ports";
import type { MeterConfig, Rate } from "./meter-configs.ts";

/** More names tell nothing more. */
const mostNamed = 5;

const orUsual = (rate: Rate, usual: Millis | undefined): Millis | undefined =>
  rate === "off" ? undefined : (rate ?? usual);

/** @param baud of its line; undefined if nobody knows */
const problemOf = ({ interval, rates = {}, backFill }: MeterConfig, baud: number | undefined): string | undefined => {
  const { events, state, profile, clock, children } = defaultRates;
  const memory = backFill === false ? "off" : undefined;
  const wanted = {
    live: interval,
    power: orUsual(rates.power, undefined),
    quality: orUsual(rates.quality, undefined),
    events: orUsual(memory ?? rates.events, events),
    state: orUsual(rates.state, state),
    profile: orUsual(memory ?? rates.profile, profile),
    clock: orUsual(rates.clock, clock),
    children: orUsual(rates.children, children),
  };
  return rateProblem(wanted, baud ?? Number.POSITIVE_INFINITY);
};

const namesOf = (ids: readonly string[]): string => {
  const more = ids.length - mostNamed;
  return `${ids.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

/**
 * A sentence for all meters with the same problem: they are read as often as they answer.
 *
 * @param baudOf bits per second of a link; undefined if nobody knows
 */
export const rateWarnings = (
  meters: readonly MeterConfig[],
  baudOf: (pipe: string) => number | undefined,
): readonly string[] => {
  const found = new Map<string, string[]>();
  for (const meter of meters) {
    // An optical port has a pace of its own.
    if (meter.optical) continue;
    const problem = problemOf(meter, baudOf(meter.pipe));
    if (problem === undefined) continue;
    const ids = found.get(problem) ?? [];
    ids.push(meter.id);
    found.set(problem, ids);
  }
  return [...found].map(([problem, ids]) => `the rates of ${namesOf(ids)} are more than can be read: ${problem}`);
};
