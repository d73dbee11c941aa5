/** How the garbage of many meters is collected. */
import { setFlagsFromString } from "node:v8";

/**
 * Lets all objects begin among the young ones. V8 notices at the start of thousands of links that much of what their first requests make
 * lives for long, and from then on makes such objects among the old ones at once. Later they live for milliseconds, but there only a
 * collection of the whole heap finds them, with all young ones that they point to: three of four kilobytes that each reading left there.
 *
 * To be called before the links start.
 */
export const collectForManyMeters = (): void => setFlagsFromString("--no-allocation-site-pretenuring");
