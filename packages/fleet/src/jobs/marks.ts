/** When jobs were done last: what the calendar goes by. */
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import { iso, millis } from "./campaign-rows.ts";
import { readMark, writeMark } from "./sql/due-jobs.ts";

/** Null if it never was. */
export const doneAt = async (run: Run, job: string, key: string): Promise<Millis | null> => {
  const [row] = (await run(readMark, [job, key])).rows;
  return row === undefined ? null : millis(row.done_at);
};

export const noteDone = async (run: Run, job: string, key: string, at: Millis): Promise<void> => {
  await run(writeMark, [job, key, iso(at)]);
};
