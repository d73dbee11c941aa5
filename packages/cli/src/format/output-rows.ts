/** Outputs as a table, for `meterport outputs` and `meterport status`. */
import type { OutputsAnswer } from "@meterport/gateway/http/outputs/outputs";
import { ageOf } from "./age.ts";

type Output = OutputsAnswer["outputs"][number];

const lostText = ({ lost, skipped }: Output): string =>
  [...(lost > 0 ? [`changes lost: ${lost}`] : []), ...(skipped > 0 ? [`live values skipped: ${skipped}`] : [])].join(
    ", ",
  );

/** A head and a row for each. @param now milliseconds since 1970 */
export const outputRows = (outputs: readonly Output[], now: number): readonly (readonly string[])[] => [
  ["output", "state", "since", "delivered", "waiting", "problem"],
  ...outputs.map((output) => [
    output.name,
    output.state,
    ageOf(output.since, now),
    ageOf(output.last_delivered, now),
    output.journal === null ? "" : String(output.journal.behind),
    output.problem ?? lostText(output),
  ]),
];
