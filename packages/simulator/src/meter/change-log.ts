/** Puts into the event log which tables were written and which procedures called, and by whom. */
import { BT07, ET52 } from "@meterport/protocol/tables/index";
import type { Behaviour, MeterRequest } from "../behaviour.ts";
import { eventNumber, mepClient, nobody } from "../history/event-numbers.ts";
import type { Noted } from "../history/events.ts";

interface Asker {
  readonly optical?: MeterRequest["optical"] | undefined;
  readonly userId?: number | undefined;
}

/** Who wrote, as the log has it. */
export const userOf = ({ optical, userId }: Asker): number => (optical === undefined ? mepClient : (userId ?? nobody));

/** What a write is in the log; undefined for one that only carries others, or goes on with a call. */
const changeOf = (request: MeterRequest["request"]): Pick<Noted, "event" | "argument"> | undefined => {
  if (request.kind !== "write" && request.kind !== "write-at") return undefined;
  const { table, data } = request;
  if (table === ET52.number) return undefined;
  if (table !== BT07.number) return { event: eventNumber.tableWritten, argument: table };
  if (data.length < 3 || (request.kind === "write-at" && request.offset !== 0)) return undefined;
  return { event: eventNumber.procedureCalled, argument: ((data[0] ?? 0) | ((data[1] ?? 0) << 8)) & 0xfff };
};

/** Stands below all others, so that it sees what they let through, the requests of transactions too. */
export const changeLog =
  (note: (event: Noted) => void): Behaviour =>
  ({ request, optical, userId, time }, next) => {
    const change = changeOf(request);
    if (change === undefined) return undefined;
    const response = next();
    if (response.kind === "done") note({ ...change, time, userId: userOf({ optical, userId }) });
    return response;
  };
