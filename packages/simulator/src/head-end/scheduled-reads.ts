/** Asks MEP clients for their billing reads: by the schedule in ET13, or at once (MEP guide 1.1, pp. 86-88). */
import type { Millis } from "@meterport/protocol/ports";
import { nextRead } from "../history/schedule.ts";
import { firstMepSlot, localTime } from "../meter/device-entries.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";
import type { AlertFlags } from "./alert-flags.ts";

interface Plan {
  /** The schedule as text, and whose it is. */
  readonly of: string;
  readonly due: Millis | undefined;
}

export class ScheduledReads {
  readonly #meter: VirtualMeter;
  readonly #flags: AlertFlags;
  readonly #tell: (slot: number, time: Millis) => void;
  readonly #plans = new Map<number, Plan>();

  /** `tell` is called with each slot that is asked. */
  constructor(meter: VirtualMeter, flags: AlertFlags, tell: (slot: number, time: Millis) => void) {
    this.#meter = meter;
    this.#flags = flags;
    this.#tell = tell;
  }

  /** When the next read is due, by the meter's clock. */
  dueAt(): Millis | undefined {
    const due = [...this.#plans.values()].flatMap((plan) => plan.due ?? []);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** Plans again where the schedule or the device has changed, and asks where a read is due. */
  check(time: Millis): void {
    for (const { slot } of this.#flags.ports) {
      const { devices } = this.#meter.mep;
      const handle = devices.handle(slot);
      const schedule = devices.schedule(slot);
      const of = `${handle} ${schedule}`;
      const plan = this.#plans.get(slot);
      if (plan?.of !== of) this.#plans.set(slot, { of, due: handle === 0 ? undefined : nextRead(schedule, time) });
      else if (plan.due !== undefined && time >= plan.due) {
        this.#plans.set(slot, { of, due: nextRead(schedule, time) });
        this.ask(slot, time);
      }
    }
  }

  /** Asks a client now. One that has not answered yet is not asked twice, but it counts as an attempt. */
  ask(slot: number, time: Millis): void {
    const { devices } = this.#meter.mep;
    if (slot < firstMepSlot || devices.handle(slot) === 0) return;
    this.#flags.raise(slot, "scheduledRead");
    devices.update(slot, ({ readAttempts }) => ({
      readAttempts: (readAttempts + 1) >>> 0,
      lastReadAttempt: localTime(time),
    }));
    this.#tell(slot, time);
  }
}
