/** Nothing of a meter changes without somebody's word. */
import { UsageError } from "@meterport/protocol/errors";
import type { Io } from "./io.ts";

/** @throws UsageError (`not-confirmed`) where nobody agrees */
export const permitted = async (question: string, yes: boolean, io: Io): Promise<void> => {
  if (yes) return;
  const answer = await io.confirm(question);
  if (answer === true) return;
  throw new UsageError(
    "not-confirmed",
    answer === undefined
      ? "nobody is there to confirm it, so nothing was sent; --yes agrees beforehand, --dry-run only looks"
      : "not confirmed, so nothing was sent",
  );
};
