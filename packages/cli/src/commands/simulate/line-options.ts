/** The bad line between a simulated meter and its clients. */
import type { Secret } from "@meterport/protocol/mep/security/key";
import { LineModel, type MeterPort } from "@meterport/simulator";
import { parseLineCondition, parseLineScript } from "@meterport/simulator/line/condition-text";
import type { Io } from "../../io/io.ts";
import { parseWhole } from "../../options/option-values.ts";
import type { SimulateOptions } from "./options.ts";

/**
 * The port behind the line that the options describe; the port itself if they describe none.
 *
 * @throws UsageError (`line`)
 */
export const lineInFront = (
  { line, lineScript, lineSeed }: SimulateOptions,
  secondClientKey: Secret,
  io: Io,
): ((meter: MeterPort) => MeterPort) => {
  if (line === undefined && lineScript === undefined) return (meter) => meter;
  const condition = parseLineCondition(line ?? "");
  const script = lineScript === undefined ? {} : { script: parseLineScript(io.readText(lineScript)) };
  const seed = parseWhole(lineSeed, "--line-seed", -1e9, 1e9);
  return (meter) => new LineModel({ meter, condition, ...script, seed, epoch: io.clock.now(), secondClientKey });
};
