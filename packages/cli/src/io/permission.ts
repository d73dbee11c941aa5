/** Nothing in a meter changes without confirmation. */
import { UsageError } from "@meterport/protocol/errors";
import type { Io } from "./io.ts";

/** @throws UsageError (`not-confirmed`) if nobody confirms */
export const permitted = async (question: string, yes: boolean, io: Io): Promise<void> => {
  if (yes) return;
  const answer = await io.confirm(question);
  if (answer === true) return;
  throw new UsageError(
    "not-confirmed",
    answer === undefined
      ? "no terminal to confirm this, so nothing was sent; --yes confirms it, --dry-run only shows it"
      : "not confirmed, so nothing was sent",
  );
};
