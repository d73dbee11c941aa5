/** Requests per second over a line with all faults at one rate, in virtual time, compared with what that line allows. */
import { drive } from "../test/support/driven-link.ts";
import { everyFaultCapacity, everyFaultLine } from "../test/support/every-fault-line.ts";
import { say } from "./measure.ts";

const seed = 1;
const requests = 100_000;

export const benchFaultyLine = (): void => {
  say(`${requests} requests over a line with every fault at one rate, 9600 baud, virtual time`);
  for (const rate of [0.001, 0.01, 0.05]) {
    const began = performance.now();
    const { answered, seconds, wrong } = drive({ requests, seed, ...everyFaultLine(rate) });
    const took = (performance.now() - began) / 1000;
    const [reached, allowed] = [answered / seconds, everyFaultCapacity(rate, seed)];
    say(
      `${`every fault at ${100 * rate} %`.padEnd(24)} ${reached.toFixed(2).padStart(6)} answers/s of ${allowed
        .toFixed(2)
        .padStart(
          6,
        )}: ${((100 * reached) / allowed).toFixed(1)} %  ${wrong.length} wrong, ${requests - answered} unanswered  ${Math.round(requests / took)} requests/s of this machine`,
    );
  }
};

if (import.meta.main) benchFaultyLine();
