/** One long answer, at either port. */
import { exchange } from "@meterport/client/meter/read/table-bytes";
import { LayoutError, LinkError, ResponseError } from "@meterport/protocol/errors";
import { numberOf, type TableId } from "@meterport/protocol/tables/identifiers";
import { type ExaminedLink, isOver } from "./examined-link.ts";

/** How many bytes arrived; `undefined` if none that can be trusted did. @throws LinkError aborted */
export const readLong = async (
  { session, signal }: ExaminedLink,
  id: TableId,
  count: number,
  once: { readonly attempts?: 1 } = {},
): Promise<number | "refused" | "over" | undefined> => {
  const options = { label: `read ${id}`, ...once, signal };
  try {
    const request = { kind: "read-at", table: numberOf(id), offset: 0, count } as const;
    return (await exchange(session, request, options)).length;
  } catch (error) {
    if (error instanceof ResponseError || error instanceof LayoutError) return "refused";
    if (!(error instanceof LinkError) || error.code === "aborted") throw error;
    return isOver(error.code) ? "over" : undefined;
  }
};
