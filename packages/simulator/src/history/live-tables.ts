/** BT23, BT28, BT52 and BT55, computed from the household when they are read. */
import { LayoutError } from "@meterport/protocol/errors";
import {
  type AnyTable,
  decode,
  encode,
  locate,
  type StimeDate,
  tableExists,
  utcFields,
} from "@meterport/protocol/layout/index";
import { energyUnitOf } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import {
  BT20,
  BT21,
  BT22,
  BT23,
  BT27,
  BT28,
  BT52,
  BT53,
  BT55,
  type Dimensions,
  ET55,
} from "@meterport/protocol/tables/index";
import type { LiveTable, Memory } from "../contents/memory.ts";
import type { Household } from "../household/household.ts";
import { measure } from "../household/quantities.ts";
import type { Counters, Counts } from "./counters.ts";
import type { DemandRegisters, Peak } from "./demand-registers.ts";
import { localClock, localMillis, utcClock } from "./local-time.ts";
import { seasonAt, tierAt } from "./tariff.ts";
import type { TierCounts } from "./tier-counts.ts";

/** Sources whose register counts in units of ET55. */
const energies: ReadonlySet<number> = new Set([0, 1, 2, 3, 6, 7, 108, 109, 110, 111]);
/** Stands in BT22 for the apparent energies, which have no id. */
const noSource = 85;
const firstPresentDemand = 88;

/** What the meter's own tables say of its registers, until they are written to. */
interface Selection {
  readonly dimensions: Dimensions;
  readonly bt22: BT22;
  readonly bt27: BT27;
  readonly zone: BT53;
  /** Wh per count. */
  readonly unit: number;
}

export interface LiveOptions {
  readonly memory: Memory;
  readonly household: Household;
  readonly counters: Counters;
  readonly tiers: TierCounts;
  /** Demand resets until a moment. */
  readonly demandResets: (time: Millis) => number;
  readonly demands: DemandRegisters;
  /** What the meter left the factory with; BT21 in memory counts where it differs. */
  readonly dimensions: Dimensions;
}

/** Computed tables and the numbers behind them. */
export class LiveTables {
  readonly #options: LiveOptions;
  #selection: Selection | undefined;
  #selectionOf = -1;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** All computed tables with their numbers. */
  tables(): readonly (readonly [number, LiveTable])[] {
    return [
      [BT23.number, this.#kept(500, (time) => encode(BT23, this.registersAt(time), this.#now().dimensions))],
      [BT28.number, this.#kept(1000, (time) => this.#present(time))],
      [BT52.number, (time) => encode(BT52, utcClock(time, this.#now().zone), {})],
      [BT55.number, (time) => this.#localClock(time)],
    ];
  }

  /** What the meter's memory says of its registers now. */
  get dimensions(): Dimensions {
    return this.#now().dimensions;
  }

  /** Wh per count, by ET55. */
  get energyUnit(): number {
    return this.#now().unit;
  }

  /** A table that is computed once for each `step` of time, and again when the meter's memory changed. */
  kept(step: Millis, make: LiveTable): LiveTable {
    return this.#kept(step, make);
  }

  /** Every present value and register by source id, registers in Wh, whatever the tables select. */
  valuesAt(time: Millis): ReadonlyMap<number, number> {
    return new Map([...this.#measured(time), ...this.#options.counters.at(time).bySource]);
  }

  /** The same as integers of the meter's tables: energies in its unit, which ET55 has; by source id. */
  countsAt(time: Millis): ReadonlyMap<number, number> {
    const { unit } = this.#now();
    const counts = [...this.valuesAt(time)].map(([id, value]) => {
      return [id, energies.has(id) ? Math.floor(value / unit) : Math.trunc(value)] as const;
    });
    return new Map(counts);
  }

  /** A table that only changes with each `step` of time or with what the meter's memory says. */
  #kept(step: Millis, make: LiveTable): LiveTable {
    let key = Number.NaN;
    let version = -1;
    let bytes: Uint8Array = new Uint8Array(0);
    return (time) => {
      const slot = Math.floor(time / step);
      const now = this.#options.memory.version;
      if (slot !== key || now !== version) {
        bytes = make(time);
        key = slot;
        version = now;
      }
      return bytes;
    };
  }

  #localClock(time: Millis): Uint8Array {
    return encode(BT55, localClock(time, this.#now().zone, { tier: tierAt(time), season: seasonAt(time) }), {});
  }

  #measured(time: Millis): ReadonlyMap<number, number> {
    const { household } = this.#options;
    return measure(household.state(time), household.mean(time));
  }

  #now(): Selection {
    const { memory } = this.#options;
    if (this.#selection === undefined || this.#selectionOf !== memory.version) {
      this.#selection = this.#read();
      this.#selectionOf = memory.version;
    }
    return this.#selection;
  }

  #read(): Selection {
    const { memory, dimensions: factory } = this.#options;
    const bytesOf = (table: AnyTable): Uint8Array => memory.get(table.number) ?? new Uint8Array(0);
    // Before 2.12 there is no BT21: there BT20 holds, which has the same form.
    const actual = tableExists(BT21, factory.profile) ? BT21 : BT20;
    const dimensions = { ...factory, BT21: decode(BT21, bytesOf(actual), factory, { trailing: "keep" }) };
    const options = { trailing: "keep" } as const;
    return {
      dimensions,
      bt22: decode(BT22, bytesOf(BT22), dimensions, options),
      bt27: decode(BT27, bytesOf(BT27), dimensions, options),
      zone: decode(BT53, bytesOf(BT53), dimensions, options),
      unit: unitIn(bytesOf(ET55), dimensions),
    };
  }

  #present(time: Millis): Uint8Array {
    const { dimensions, bt22, bt27 } = this.#now();
    const values = this.#measured(time);
    const mean = measure(this.#options.household.mean(time));
    const remaining = { hour: 0, minute: 0, second: 0 };
    return encode(
      BT28,
      {
        presentDemands: bt27.presentDemandSources.map((id) => ({
          ...(dimensions.BT21.timeRemaining ? { timeRemaining: remaining } : {}),
          value: mean.get(bt22.demandSelect[id - firstPresentDemand] ?? -1) ?? 0,
        })),
        presentValues: bt27.presentValueSources.map((id) => values.get(id) ?? 0),
      },
      dimensions,
    );
  }

  /** The registers at a time of the meter's clock, at most 60 days before its start. */
  registersAt(time: Millis): BT23 {
    const { dimensions, bt22, unit } = this.#now();
    const { total, tiers: counted } = this.#options.tiers.at(time);
    const { coincidents, occurrences, tiers } = dimensions.BT21;
    const peaks = bt22.demandSelect.length > 0 ? this.#options.demands.at(time) : undefined;
    const block = (counts: Counts | undefined, maxima: ReadonlyMap<number, Peak> | undefined) => {
      let quadrant = 0;
      const summations = bt22.summationSources.map((id) => {
        if (id === noSource) return Math.floor((counts?.apparent[quadrant++] ?? 0) / unit);
        const count = counts?.bySource.get(id) ?? 0;
        return energies.has(id) ? Math.floor(count / unit) : count;
      });
      return {
        summations,
        demands: bt22.demandSelect.map((id) => this.#demand(maxima?.get(id))),
        coincidents: Array.from({ length: coincidents }, () => ({ values: Array<number>(occurrences).fill(0) })),
      };
    };
    return {
      ...(dimensions.BT21.demandResetCounter ? { demandResets: this.#options.demandResets(time) % 256 } : {}),
      total: block(total, peaks?.total),
      tiers: Array.from({ length: tiers }, (_, tier) => block(counted[tier], peaks?.tiers[tier])),
    };
  }

  /** A demand register, with the local time at which its maximum was complete. */
  #demand({ value, at, cumulative }: Peak = { value: 0, at: undefined, cumulative: 0 }) {
    const { dimensions, zone } = this.#now();
    const { BT21: dims } = dimensions;
    const reached = at === undefined ? unknown : stimeOf(localMillis(at, zone));
    return {
      ...(dims.dateTime ? { eventTimes: Array.from({ length: dims.occurrences }, () => ({ ...reached })) } : {}),
      ...(dims.cumulativeDemand ? { cumulativeDemand: cumulative } : {}),
      ...(dims.continuousCumulativeDemand ? { continuousCumulativeDemand: cumulative + value } : {}),
      demands: Array<number>(dims.occurrences).fill(value),
    };
  }
}

const stimeOf = (local: Millis): StimeDate => {
  const { year, month, day, hour, minute } = utcFields(local);
  return { year, month, day, hour, minute };
};

const unknown: StimeDate = { year: 0, month: 0, day: 0, hour: 0, minute: 0 };

/** The energy register unit of ET55; 1 where the firmware has none, or something else was written there. */
const unitIn = (et55: Uint8Array, dimensions: Dimensions): number => {
  if (!tableExists(ET55, dimensions.profile)) return 1;
  try {
    const { offset } = locate(ET55, ["energyRegisterUnit"], dimensions);
    return energyUnitOf(et55[offset] ?? 1) ?? 1;
  } catch (error) {
    if (error instanceof LayoutError) return 1;
    throw error;
  }
};
