/** How far this process has booked its journal. */
import type { CompanionGateway } from "@meterport/gateway/operation/companion";

/** Number of the last change that is booked; -1 if that is unknown. */
export const bookedTo = async (gateway: Pick<CompanionGateway, "outputs">): Promise<number> =>
  (await gateway.outputs()).find(({ name }) => name === "books")?.journal?.cursor ?? -1;
