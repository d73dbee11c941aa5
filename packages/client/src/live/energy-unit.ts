/** The unit in which a meter's energy registers count, both in BT23 and in its load profile. */
import { reaches } from "@meterport/protocol/layout/index";
import { type EnergyUnit, energyUnitOf } from "@meterport/protocol/meaning/readings";
import { ET54 } from "@meterport/protocol/tables/extended/et54-meter-status";
import { ET55 } from "@meterport/protocol/tables/extended/et55-meter-configuration";
import type { CallOptions, Meter } from "../meter/meter.ts";

/** First firmware whose energy registers may count in 1, 10 or 100 (MEP guide 1.1, p. 138). */
const configurableUnit = { meter: [3, 70], module: [1, 20] } as const;

/** Wh or varh per count; null if the meter does not say. @throws LinkError */
export const askEnergyUnit = async (meter: Meter, call: CallOptions): Promise<EnergyUnit | null> => {
  if (!reaches(meter.profile, configurableUnit)) return 1;
  const [changeable, unit] = await meter.batch(
    (want) => [want.read(ET54, ["energyUnitChange"]), want.read(ET55, ["energyRegisterUnit"])],
    call,
  );
  // BT00 is not read first: the first live value waits for this, and every meter with such firmware has both tables.
  if (changeable.ok && !changeable.value) return 1;
  if (unit.ok) return energyUnitOf(unit.value) ?? null;
  return unit.error.code === "no-such-table" ? 1 : null;
};
