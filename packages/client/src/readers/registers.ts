/** The present registers, tier by tier (BT23), and the averages in progress (BT28). */
import { tableExists } from "@meterport/protocol/layout/index";
import { hasValue } from "@meterport/protocol/meaning/source-ids";
import { BT22 } from "@meterport/protocol/tables/basic/bt22-data-selection";
import { BT23 } from "@meterport/protocol/tables/basic/bt23-current-register-data";
import { BT27 } from "@meterport/protocol/tables/basic/bt27-present-register-selection";
import { BT28 } from "@meterport/protocol/tables/basic/bt28-present-register-data";
import { BT55 } from "@meterport/protocol/tables/basic/bt55-local-clock-state";
import { ET42 } from "@meterport/protocol/tables/extended/et42-interface-definition";
import { askEnergyUnit } from "../live/energy-unit.ts";
import { mayHave } from "../meter/capabilities.ts";
import type { CallOptions, Meter } from "../meter/meter.ts";
import { orThrow, unlessRefused } from "../meter/outcome.ts";
import { type PresentTariff, presentTariff } from "./present-tariff.ts";
import { averaged, type Registers, type RegisterValue, registersOf } from "./snapshot.ts";

/** The registers of a moment. */
export interface PresentRegisters extends Registers {
  /** The tariff in effect; null if the meter refuses BT55. */
  readonly present: PresentTariff | null;
  /** null if the meter does not count them. */
  readonly demandResets: number | null;
}

/** An average in progress. */
export interface PresentDemand extends RegisterValue {
  /** Place of its demand in the meter's list, from 0; null for a source that is not a demand of this meter. */
  readonly demand: number | null;
  /** Time to the end of its interval; null if the meter does not say. */
  readonly remaining_s: number | null;
}

/** The demands of a meter. */
export interface Demands extends PresentRegisters {
  /** Minutes over which an average is taken, and after which it moves on; null if the meter does not say. */
  readonly interval_min: number | null;
  readonly subInterval_min: number | null;
  /** Empty if no demand is configured. */
  readonly underWay: readonly PresentDemand[];
}

/** "Present Dmd 1" of the source ids, and those after it (MEP guide 1.1, p. 211). */
const firstPresentDemand = 88;

const reading = async (meter: Meter, call: CallOptions) => {
  const [sources] = await meter.batch((want) => [want.read(BT22)], call);
  const energyUnit = await askEnergyUnit(meter, call);
  const data = await meter.read(BT23, call);
  const [clock] = await meter.batch((want) => [want.read(BT55)], call);
  const bt22 = orThrow(sources);
  const bt55 = unlessRefused(clock);
  const registers: PresentRegisters = {
    ...registersOf(data, { sources: bt22, energyUnit }),
    present: bt55 === null ? null : presentTariff(bt55),
    demandResets: data.demandResets ?? null,
  };
  return { bt22, registers };
};

/**
 * The present registers: the totals and the count of each tier. Energies are in Wh, varh and VAh whatever the meter's
 * register unit. MEP guide 1.1, pp. 213-217.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const readRegisters = async (meter: Meter, call: CallOptions = {}): Promise<PresentRegisters> =>
  (await reading(meter, call)).registers;

/** From ET42, which repeats BT13. */
const intervalOf = async (
  meter: Meter,
  call: CallOptions,
): Promise<Pick<Demands, "interval_min" | "subInterval_min">> => {
  const unknown = { interval_min: null, subInterval_min: null };
  if (!(await mayHave(meter, ET42, call))) return unknown;
  const [sub, times] = await meter.batch(
    (want) => [want.read(ET42, ["demandSubInterval"]), want.read(ET42, ["demandMultiplier"])],
    call,
  );
  const [minutes, multiplier] = [unlessRefused(sub), unlessRefused(times)];
  // Nothing is averaged over no time at all.
  if (minutes === null || multiplier === null || minutes === 0 || multiplier === 0) return unknown;
  return { interval_min: minutes * multiplier, subInterval_min: minutes };
};

/**
 * The demands: their extremes since the latest reset, in total and tier by tier, their coincident values, and the averages
 * in progress. MEP guide 1.1, pp. 208-209, 213-217, 220-222.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const readDemands = async (meter: Meter, call: CallOptions = {}): Promise<Demands> => {
  const { bt22, registers } = await reading(meter, call);
  const interval = await intervalOf(meter, call);
  if (!tableExists(BT27, meter.profile)) return { ...registers, ...interval, underWay: [] };
  const [ids, values] = await meter.batch(
    (want) => [want.read(BT27, ["presentDemandSources"]), want.read(BT28, ["presentDemands"])],
    call,
  );
  const sources = orThrow(ids);
  const underWay = orThrow(values).flatMap(({ value, timeRemaining: left }, i): PresentDemand[] => {
    const id = sources[i];
    if (id === undefined || !hasValue(id)) return [];
    const of = bt22.demandSelect[id - firstPresentDemand];
    const remaining = left === undefined ? null : (left.hour * 60 + left.minute) * 60 + left.second;
    const impossible = left !== undefined && (left.hour > 23 || left.minute > 59 || left.second > 59);
    return [
      {
        ...averaged(of ?? id, value),
        demand: of === undefined ? null : id - firstPresentDemand,
        remaining_s: impossible ? null : remaining,
      },
    ];
  });
  return { ...registers, ...interval, underWay };
};
