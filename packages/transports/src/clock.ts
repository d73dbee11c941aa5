/** Time and randomness of the machine, or of the browser. */
import type { Clock, Entropy } from "@meterport/protocol/ports";
import { Alarms } from "./alarms.ts";

const now = (): number => performance.now();
const alarms = new Alarms(now);

/** The machine's clock: `now` is monotonic, `wall` follows the system's time. */
export const systemClock: Clock = {
  now,
  wall: () => Date.now(),
  at: (time, task) => alarms.at(time, task),
};

/** Random bytes of the system's secure generator, up to 65536 at a time. */
export const systemEntropy: Entropy = (length) => crypto.getRandomValues(new Uint8Array(length));
