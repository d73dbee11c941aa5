/** Runs a task on a supervised meter; what the meter refuses is the task's failure, not that of the link. */
import type { Connected, Supervisor } from "@meterport/client/supervision/supervisor";
import type { MeterTask } from "@meterport/engine/ports/meter-source";
import { LayoutError, ResponseError } from "@meterport/protocol/errors";

type Outcome<T> = { readonly value: T } | { readonly refusal: ResponseError | LayoutError };

/** @throws what the task throws */
export const askMeter = async <T>(link: Pick<Supervisor<Connected>, "run">, task: MeterTask<T>): Promise<T> => {
  const outcome = await link.run<Outcome<T>>(
    async ({ meter }, signal) => {
      try {
        return { value: await task.run(meter, signal) };
      } catch (error) {
        if (error instanceof ResponseError || error instanceof LayoutError) return { refusal: error };
        throw error;
      }
    },
    { label: task.label, limit: task.limit },
  );
  if ("refusal" in outcome) throw outcome.refusal;
  return outcome.value;
};
