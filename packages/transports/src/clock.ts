/** Time and randomness of the machine, or of the browser. */
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";

/** The longest that a Node timer can wait; beyond it the timer would fire at once. */
const longest = 2 ** 31 - 1;

/** Thousands of meters set some each second, so one is a single object. */
class Alarm {
  readonly #time: Millis;
  readonly #task: () => void;
  timer: ReturnType<typeof setTimeout>;

  constructor(time: Millis, task: () => void) {
    this.#time = time;
    this.#task = task;
    this.timer = this.#arm();
  }

  #arm(): ReturnType<typeof setTimeout> {
    const left = this.#time - performance.now();
    return setTimeout(Alarm.#tick, Math.min(Math.max(0, Math.ceil(left)), longest), this);
  }

  /** A timer may fire a fraction of a millisecond early, and the deadline is a promise. */
  static #tick(alarm: Alarm): void {
    if (performance.now() >= alarm.#time) alarm.#task();
    else alarm.timer = alarm.#arm();
  }
}

/** The machine's clock: `now` is monotonic, `wall` follows the system's time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  at: (time, task) => {
    const alarm = new Alarm(time, task);
    return () => clearTimeout(alarm.timer);
  },
};

/** Random bytes of the system's secure generator, up to 65536 at a time. */
export const systemEntropy: Entropy = (length) => crypto.getRandomValues(new Uint8Array(length));
