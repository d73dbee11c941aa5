/** Time and randomness of the machine, or of the browser. */
import type { Clock, Entropy } from "@meterport/protocol/ports";

/** The longest that a Node timer can wait; beyond it the timer would fire at once. */
const longest = 2 ** 31 - 1;

/** The machine's clock: `now` is monotonic, `wall` follows the system's time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  at: (time, task) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const arm = (): void => {
      const left = time - performance.now();
      timer = setTimeout(tick, Math.min(Math.max(0, Math.ceil(left)), longest));
    };
    // A timer may fire a fraction of a millisecond early, and the deadline is a promise.
    const tick = (): void => {
      if (performance.now() >= time) task();
      else arm();
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Random bytes of the system's secure generator, up to 65536 at a time. */
export const systemEntropy: Entropy = (length) => crypto.getRandomValues(new Uint8Array(length));
