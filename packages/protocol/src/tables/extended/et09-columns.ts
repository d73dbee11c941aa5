/** Where the parts of ET09 stand and since when. */
import { atLeast, dim, plus, times } from "../../layout/index.ts";
import { ET04 } from "./et04-system-information.ts";

export const outageCount = dim(ET04, "maxPowerOutagesRecorded");
/** Most offsets are printed as a distance from the end of the outage records. */
export const pastOutages = (offset: number) => plus(times(outageCount, 18), offset);

// Modules are younger than the meters of 3.10 and have what these had.
export const since212 = atLeast({ meter: [2, 12], module: [1, 0] });
export const since310 = atLeast({ meter: [3, 10], module: [1, 0] });
export const since370 = atLeast({ meter: [3, 70] });
export const since410 = atLeast({ meter: [4, 10] });
export const since421 = atLeast({ meter: [4, 21] });
