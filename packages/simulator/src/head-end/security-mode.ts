/** ET04's word on whether images carry a MAC (MEP guide 1.1, p. 252). */
import { LayoutError } from "@meterport/protocol/errors";
import { locate } from "@meterport/protocol/layout/index";
import { ET04 } from "@meterport/protocol/tables/index";
import type { VirtualMeter } from "../meter/virtual-meter.ts";

/** OSGP-AES-128-PSK. */
const aes = 2;

/** Says in ET04 that images carry a MAC; false for a firmware that does not know of it. */
export const announceMac = ({ memory, dimensions }: VirtualMeter): boolean => {
  try {
    const { offset } = locate(ET04, ["securityMode"], dimensions);
    return memory.patch(ET04.number, offset, Uint8Array.of(aes));
  } catch (error) {
    if (error instanceof LayoutError) return false;
    throw error;
  }
};
