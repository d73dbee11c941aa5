/** The unit in which a meter's energy registers count, both in BT23 and in its load profile. */
import { ResponseError } from "@meterport/protocol/errors";
import { reaches } from "@meterport/protocol/layout/index";
import { type EnergyUnit, energyUnitOf } from "@meterport/protocol/meaning/readings";
import { ET54 } from "@meterport/protocol/tables/extended/et54-meter-status";
import { ET55 } from "@meterport/protocol/tables/extended/et55-meter-configuration";
import type { CallOptions, Meter } from "../meter/meter.ts";
import { readSlice, unlessRefused } from "../meter/read/table-bytes.ts";

/** First firmware whose energy registers may count in 1, 10 or 100 (MEP guide 1.1, p. 138). */
const configurableUnit = { meter: [3, 70], module: [1, 20] } as const;

/** Byte and bit of ET54's `energyUnitChange`: reserved, so 0, before that firmware. */
const changeable = { offset: 0, length: 1 };
const changeableBit = 0x40;

/**
 * The unit of a meter that does not report its firmware, and is taken for an older one: 1, unless it says that units can be
 * changed. Then its profile is wrong, and the place of the unit is unknown.
 */
const askUnsure = async ({ session }: Meter, { signal }: CallOptions): Promise<EnergyUnit | null> => {
  let missing = false;
  const options = { label: "read ET54.0.6", signal };
  const answer = await unlessRefused(
    readSlice(session, ET54.number, changeable, options).catch((error: unknown) => {
      missing = error instanceof ResponseError && error.code === "no-such-table";
      throw error;
    }),
  );
  if (answer === undefined) return missing ? 1 : null;
  return ((answer[0] ?? 0) & changeableBit) === 0 ? 1 : null;
};

/** Wh or varh per count; null if the meter does not say. @throws LinkError */
export const askEnergyUnit = async (meter: Meter, call: CallOptions): Promise<EnergyUnit | null> => {
  if (!reaches(meter.profile, configurableUnit)) return meter.profileFrom === "meter" ? 1 : askUnsure(meter, call);
  const [change, unit] = await meter.batch(
    (want) => [want.read(ET54, ["energyUnitChange"]), want.read(ET55, ["energyRegisterUnit"])],
    call,
  );
  // BT00 is not read first: the first live value waits for this, and every meter with such firmware has both tables.
  if (change.ok && !change.value) return 1;
  if (unit.ok) return energyUnitOf(unit.value) ?? null;
  return unit.error.code === "no-such-table" ? 1 : null;
};
