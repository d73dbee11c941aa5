/** The state of a fleet in one sentence, for the log of each day. */
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import { iso } from "./campaign-rows.ts";

const counts = `
  SELECT (SELECT count(*) FROM metering_point)::int AS points,
    (SELECT count(DISTINCT channel_id) FROM profile_day WHERE day = $1::date)::int AS channels,
    (SELECT count(*) FROM gap WHERE position(B'1' IN slots) > 0)::int AS gaps,
    (SELECT count(*) FROM vee_day WHERE state = 'o')::int AS inbox,
    (SELECT count(*) FROM export_run WHERE state = 'm')::int AS files`;

/** @example "2026-11-28: 1200 points, 2400 channels with values; 3 days have gaps, 1 day waits for a person, 0 exports wait" */
export const dayReport = async (run: Run, now: Millis): Promise<string> => {
  const day = iso(now - 86_400_000).slice(0, 10);
  const [row = {}] = (await run(counts, [day])).rows;
  const { points, channels, gaps, inbox, files } = row;
  return `${day}: ${points} points, ${channels} channels with values; channel-days with gaps: ${gaps}, that wait for a person: ${inbox}; exports that wait for their target: ${files}`;
};
