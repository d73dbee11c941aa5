/** A household as a function of time: what its three phases do in any second, and what energy flows between two moments. */

import { UsageError } from "@meterport/protocol/errors";
import { localSeconds } from "./calendar.ts";
import { type EnergyDelta, EnergySum } from "./energy.ts";
import { FUSE_VA, frequencyAt, loadedVoltage, openVoltage } from "./grid.ts";
import { type Appliance, BLOCK_SECONDS, LoadBlock } from "./load.ts";
import { Noise } from "./noise.ts";
import { isScenarioName, type Scenario, type ScenarioName, scenarios } from "./scenarios.ts";
import type { HouseholdState, PhaseState, PhaseTriple } from "./state.ts";
import { openSky } from "./weather.ts";

/** Span of a meter's average values, s: ET55's default of 600. */
const MEAN_SECONDS = 600;
const MEAN_STEP = 10;
/** Year 2200: far beyond any meter, near enough for exact arithmetic. */
const LAST_MILLIS = 7_258_118_400_000;

/** Which household. */
export interface HouseholdOptions {
  readonly scenario: ScenarioName;
  /** A whole number; each gives another household of the same kind. */
  readonly seed: number;
  /** Degrees north, -66..66; 55.4 if omitted. */
  readonly latitude?: number | undefined;
}

/** A household that can be asked about any time, in any order. Answers depend on its options and the time only. */
export interface Household {
  readonly scenario: ScenarioName;
  readonly seed: number;
  /**
   * The phases in the second that contains `unixMs` (Unix milliseconds, 1970 to 2200); constant within a second.
   *
   * @throws UsageError if the time is invalid.
   */
  readonly state: (unixMs: number) => HouseholdState;
  /**
   * Voltages, currents and powers averaged over the last whole ten minutes before `unixMs`, for a meter's average values.
   *
   * @throws UsageError if the time is invalid.
   */
  readonly mean: (unixMs: number) => HouseholdState;
  /**
   * What flows from one moment until before another, in Unix milliseconds.
   *
   * Exact: integrate(a, b) + integrate(b, c) equals integrate(a, c) to the last unit. Costs some microseconds per minute.
   *
   * @throws UsageError if a time is invalid or `toMs` is before `fromMs`.
   */
  readonly integrate: (fromMs: number, toMs: number) => EnergyDelta;
}

/**
 * Opens a household by scenario and seed.
 *
 * @throws UsageError for an unknown scenario, an invalid seed or latitude.
 *
 * @example
 * openHousehold({ scenario: "quiet", seed: 1 }).state(0).phases[0].activePower // 320
 * openHousehold({ scenario: "quiet", seed: 1 }).integrate(0, 3_600_000).forwardActive / 3_600_000 // 432
 */
export function openHousehold(options: HouseholdOptions): Household {
  const { scenario, seed, latitude = 55.4 } = options;
  if (!isScenarioName(scenario)) {
    throw new UsageError("scenario", `unknown scenario "${scenario}"; known: ${Object.keys(scenarios).join(", ")}`);
  }
  if (!Number.isSafeInteger(seed)) throw new UsageError("seed", `a seed is a whole number, not ${seed}`);
  if (!(Math.abs(latitude) <= 66)) throw new UsageError("latitude", `a latitude is -66 to 66 degrees, not ${latitude}`);
  return new TimedHousehold(scenario, seed, latitude);
}

class TimedHousehold implements Household {
  readonly scenario: ScenarioName;
  readonly seed: number;
  readonly #appliances: readonly Appliance[];
  readonly #steadyGrid: boolean;
  readonly #steadyLoad: boolean;
  readonly #voltage: Noise;
  readonly #frequency: Noise;
  // All three only save time: what they keep can be computed again at any moment. A mean looks back, so it has a block of its own.
  readonly #block = new LoadBlock(Number.NaN, 0);
  readonly #blockOfMean = new LoadBlock(Number.NaN, 0);
  #mean: HouseholdState | undefined;

  constructor(name: ScenarioName, seed: number, latitude: number) {
    const scenario: Scenario = scenarios[name];
    this.scenario = name;
    this.seed = seed;
    this.#steadyGrid = scenario.steadyGrid;
    this.#steadyLoad = scenario.steadyLoad;
    const noise = (stream: string): Noise => new Noise(seed, stream);
    this.#voltage = noise("voltage");
    this.#frequency = noise("frequency");
    this.#appliances = scenario.appliances({ noise, sky: openSky(latitude, noise("sky")) });
  }

  state(unixMs: number): HouseholdState {
    const second = Math.floor(checkedTime(unixMs) / 1000);
    return this.#stateOf(this.#blockAt(second), second);
  }

  mean(unixMs: number): HouseholdState {
    const end = Math.floor(checkedTime(unixMs) / 1000 / MEAN_SECONDS) * MEAN_SECONDS;
    if (this.#mean?.time !== end * 1000) this.#mean = this.#meanBefore(end);
    return this.#mean;
  }

  integrate(fromMs: number, toMs: number): EnergyDelta {
    const from = Math.floor(checkedTime(fromMs));
    const to = Math.floor(checkedTime(toMs));
    if (to < from) throw new UsageError("time", `energy from ${from} ms to ${to} ms would run backwards`);
    const sum = new EnergySum();
    if (this.#steadyLoad) {
      addSecond(sum, this.#blockAt(Math.floor(from / 1000)), 0, to - from);
      return sum.total();
    }
    for (let second = Math.floor(from / 1000); second * 1000 < to; ) {
      const block = this.#blockAt(second);
      const end = block.start + BLOCK_SECONDS;
      for (; second < end && second * 1000 < to; second++) {
        const millis = Math.min(to, second * 1000 + 1000) - Math.max(from, second * 1000);
        addSecond(sum, block, second - block.start, millis);
      }
    }
    return sum.total();
  }

  #blockAt(second: number, block = this.#block): LoadBlock {
    const start = Math.floor(second / BLOCK_SECONDS) * BLOCK_SECONDS;
    if (block.start !== start) {
      block.begin(start, localSeconds(start));
      for (const draw of this.#appliances) draw(block);
      block.settle(FUSE_VA);
    }
    return block;
  }

  #stateOf(block: LoadBlock, second: number): HouseholdState {
    const at = second - block.start;
    const phase = (k: number): PhaseState => {
      const activePower = block.wattsAt(k, at);
      const reactivePower = block.varsAt(k, at);
      const open = this.#steadyGrid ? 230 : openVoltage(second, block.local + at, k, this.#voltage);
      const voltage = this.#steadyGrid ? open : loadedVoltage(open, activePower, reactivePower);
      return { voltage, current: block.voltAmperesAt(k, at) / voltage, activePower, reactivePower };
    };
    return {
      time: second * 1000,
      phases: [phase(0), phase(1), phase(2)],
      frequency: this.#steadyGrid ? 50 : frequencyAt(second, this.#frequency),
    };
  }

  #meanBefore(end: number): HouseholdState {
    const states: HouseholdState[] = [];
    for (let second = Math.max(0, end - MEAN_SECONDS); second < end; second += MEAN_STEP) {
      states.push(this.#stateOf(this.#blockAt(second, this.#blockOfMean), second));
    }
    if (states.length === 0) states.push(this.state(end * 1000));
    const mean = (value: (state: HouseholdState) => number): number =>
      states.reduce((sum, state) => sum + value(state), 0) / states.length;
    const phase = (k: 0 | 1 | 2): PhaseState => ({
      voltage: mean((state) => state.phases[k].voltage),
      current: mean((state) => state.phases[k].current),
      activePower: mean((state) => state.phases[k].activePower),
      reactivePower: mean((state) => state.phases[k].reactivePower),
    });
    const phases: PhaseTriple<PhaseState> = [phase(0), phase(1), phase(2)];
    return { time: end * 1000, phases, frequency: mean((state) => state.frequency) };
  }
}

/** Adds some milliseconds of one second's load: totals are netted across the phases, apparent power is not, since S is the sum of U·I. */
function addSecond(sum: EnergySum, block: LoadBlock, at: number, millis: number): void {
  let watts = 0;
  let vars = 0;
  let voltAmperes = 0;
  for (let phase = 0; phase < 3; phase++) {
    watts += block.wattsAt(phase, at);
    vars += block.varsAt(phase, at);
    voltAmperes += block.voltAmperesAt(phase, at);
  }
  sum.add(watts, vars, Math.round(voltAmperes), millis);
}

function checkedTime(unixMs: number): number {
  if (unixMs >= 0 && unixMs <= LAST_MILLIS) return unixMs;
  throw new UsageError("time", `a household lives from 1970 to 2200 in Unix milliseconds, not at ${unixMs}`);
}
