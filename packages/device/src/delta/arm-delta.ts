/** Sets up which sources a meter watches (ET71), and reads what it saw. MEP guide 1.1, pp. 40-41, 180-181. */

import { askEnergyUnit } from "@meterport/client/live/energy-unit";
import { mayHave } from "@meterport/client/meter/capabilities";
import type { CallOptions, Meter } from "@meterport/client/meter/meter";
import { pause } from "@meterport/client/session/pause";
import { UsageError } from "@meterport/protocol/errors";
import type { EnergyUnit } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { ET50 } from "@meterport/protocol/tables/extended/et50-mep-inbound-data-space";
import { ET71 } from "@meterport/protocol/tables/extended/et71-delta-data-alerts";
import {
  type DeltaEntry,
  type DeltaWish,
  deltaEntriesOf,
  noSource,
  type StoredDelta,
  storedDelta,
} from "./delta-entries.ts";
import { planDelta } from "./delta-plan.ts";
import type { DeltaEvent, DeltaWatch } from "./delta-watch.ts";

export interface ArmOptions extends CallOptions {
  /** Entries that an earlier call took, which may be used again; those of others are left alone. */
  readonly own?: readonly number[] | undefined;
}

/** The meter samples about once a second (p. 181). */
const settling: Millis = 2_500;

const readStored = async (meter: Meter, call: CallOptions): Promise<readonly StoredDelta[]> => {
  if (!(await mayHave(meter, ET71, call)))
    throw new UsageError("no-such-table", "this meter has no ET71, so it does not watch sources for changes");
  return meter.read(ET71, ["deltaData"], call);
};

/** Sources that are watched, by anyone. @throws UsageError (`no-such-table`); LinkError, ResponseError, LayoutError */
export const readDelta = async (meter: Meter, call: CallOptions = {}): Promise<readonly DeltaEntry[]> =>
  deltaEntriesOf(await readStored(meter, call), await askEnergyUnit(meter, call));

/** The table starts with comparison 0: without this, each source would be reported once although nothing changed. */
const settle = async (meter: Meter, own: readonly number[], call: CallOptions): Promise<void> => {
  await pause(meter.clock, settling, "write ET71", call.signal);
  const stored = await readStored(meter, call);
  const fields = own.flatMap((index) => {
    const entry = stored[index];
    if (entry === undefined || entry.sourceIdInvalid || entry.comparisonValue === entry.sampledDataValue) return [];
    return [{ path: ["deltaData", index, "comparisonValue"], value: entry.sampledDataValue }];
  });
  // It is compared again by the meter at once, so reading it back may show a later value.
  if (fields.length > 0) await meter.writeFields(ET71, fields, { ...call, verify: false });
};

/**
 * Has the meter watch sources and alert this client when one changes. ET71 is in RAM: do it again after each power failure,
 * and when a `DeltaWatch` says `lost`. Takes three seconds, in which the meter looks at the sources for the first time.
 *
 * @throws UsageError (`not-writable`, `delta`, `no-such-table`); ResponseError, LinkError, LayoutError
 * @example
 * ```ts
 * const entries = await armDelta(meter, [{ source: 8, delta: 500 }]); // 500 W of active power
 * const watch = new DeltaWatch(entries);
 * // After each alert:
 * const events = await checkDelta(meter, watch);
 * ```
 */
export const armDelta = async (
  meter: Meter,
  wishes: readonly DeltaWish[],
  { own: before, ...call }: ArmOptions = {},
): Promise<readonly DeltaEntry[]> => {
  const energyUnit = await askEnergyUnit(meter, call);
  const raw = wishes.map((wish) => storedDelta(wish, energyUnit));
  const { fields, own } = planDelta(await readStored(meter, call), raw, before);
  if (fields.length > 0) await meter.writeFields(ET71, fields, call);
  const flag = wishes.length > 0 ? [{ path: ["clients", meter.place.index, "deltaDataAlerts"], value: true }] : [];
  if (flag.length > 0) await meter.writeFields(ET50, flag, call);
  if (fields.length > 0 && own.length > 0) await settle(meter, own, call);
  return armedOf(await readStored(meter, call), own, energyUnit);
};

const armedOf = (
  stored: readonly StoredDelta[],
  own: readonly number[],
  energyUnit: EnergyUnit | null,
): readonly DeltaEntry[] => {
  const kept = new Set(own);
  return deltaEntriesOf(stored, energyUnit).filter(({ index, source }) => kept.has(index) && source !== noSource);
};

/** Reads ET71 once and gives what changed since the last time. @throws as `readDelta` */
export const checkDelta = async (
  meter: Meter,
  watch: DeltaWatch,
  call: CallOptions = {},
): Promise<readonly DeltaEvent[]> => watch.handle(await readDelta(meter, call));
