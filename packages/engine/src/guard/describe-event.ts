/** What the guard noticed, as one line for the log. */
import type { GuardEvent } from "./guard.ts";

export const describeEvent = (event: GuardEvent): string => {
  if (event.kind === "withheld") return `withheld until a second read confirms it: ${event.keys.join(", ")}`;
  if (event.kind === "frozen") {
    const keys = event.keys.join(", ");
    const start = new Date(event.since).toISOString();
    return event.until === null
      ? `withheld, since it has not moved from ${start} though energy flows: ${keys}`
      : `moves again after it stood still from ${start}: ${keys}`;
  }
  const steps = event.registers.map((step) => `${step.key} ${step.from} -> ${step.to}`).join(", ");
  if (event.kind === "register-rollover") return `registers were full and started over: ${steps}`;
  return event.kind === "meter-exchange"
    ? `registers fell, so the meter was exchanged or reset, or lost its last hour: ${steps}`
    : `registers rose further than the fuse allows: ${steps}`;
};
