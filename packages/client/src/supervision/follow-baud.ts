/** A meter told to change its speed does so once it has answered (MEP guide 1.1, pp. 87-88). */

import { deviceBaudRates } from "@meterport/protocol/baud-rates";
import { MeterportError } from "@meterport/protocol/errors";
import { place } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { decodeRequest } from "@meterport/protocol/mep/frame/apdu";
import { ET13 } from "@meterport/protocol/tables/extended/et13-device-configuration";
import type { Meter } from "../meter/meter.ts";

/** The speed after this write, if it sets this client's own; undefined otherwise. Never throws. */
export const followBaud = async (meter: Meter, apdu: Uint8Array): Promise<number | undefined> => {
  const request = decodeRequest(apdu);
  if ((request.kind !== "write" && request.kind !== "write-at") || request.table !== ET13.number) return undefined;
  try {
    const { offset } = place(
      ET13 as AnyTable,
      ["devices", meter.place.slot, "baudRate"],
      await meter.environment(ET13),
    );
    const code = request.data[offset - (request.kind === "write-at" ? request.offset : 0)];
    const name = (deviceBaudRates as Readonly<Record<number, string>>)[code ?? -1];
    return name === undefined ? undefined : Number(name);
  } catch (error) {
    if (error instanceof MeterportError) return undefined;
    throw error;
  }
};
