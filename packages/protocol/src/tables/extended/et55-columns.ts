/** The two offset columns of ET55, and its offsets past the tiers (MEP guide 1.1, pp. 146, 161). */
import { atLeast, dim, either, minus, plus, times } from "../../layout/index.ts";
import { BT20 } from "../basic/bt20-dimension-register.ts";

/** The right column of the guide; meters 3.X and all modules are in the left one. */
export const generation4 = atLeast({ meter: [4, 0] });
/**
 * From here on the guide says that a whole block of fields is new. Shorter notes on fields before byte 127 name the
 * firmware that uses them; whether their bytes exist earlier is not said. They are taken to, as the earth fault fields
 * are said to be reserved where a device has no use for them: 127 bytes before this firmware.
 */
export const since370 = atLeast({ meter: [3, 70], module: [1, 20] });

/** Printed offsets of both columns. */
export const column = (generation3: number, generation4Offset: number) =>
  either(generation4, generation4Offset, generation3);

export const stepTariffThresholdCount = minus(dim(BT20, "tiers"), 1);
const stepTariffThresholds = times(4, stepTariffThresholdCount);
/** The guide's A + n: A is the first byte past the step tariff thresholds. */
export const pastThresholds = (n: number) =>
  either(generation4, plus(147 + n, stepTariffThresholds), plus(146 + n, stepTariffThresholds));
/** The same for fields that only the right column has. */
export const pastThresholdsOf4 = (n: number) => plus(147 + n, stepTariffThresholds);
