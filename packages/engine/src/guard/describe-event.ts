/** What the guard noticed, as one line for the log. */
import type { GuardEvent } from "./guard.ts";

export const describeEvent = (event: GuardEvent): string => {
  if (event.kind === "withheld") return `withheld until a second read confirms it: ${event.keys.join(", ")}`;
  const steps = event.registers.map((step) => `${step.key} ${step.from} -> ${step.to}`).join(", ");
  return event.kind === "meter-exchange"
    ? `registers fell, so the meter was exchanged or reset: ${steps}`
    : `registers rose further than the fuse allows: ${steps}`;
};
