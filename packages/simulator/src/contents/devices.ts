/** ET34, ET57 and ET71: what a meter knows of the devices behind it and of the sources that it watches. */
import { encode, tableExists } from "@meterport/protocol/layout/index";
import { ET34, ET57, ET71 } from "@meterport/protocol/tables/index";
import { zeroValue } from "./filled.ts";
import type { Filling } from "./memory.ts";
import type { Setup } from "./setup.ts";

/** Minutes between two polls of an M-Bus device. */
const pollRate = 60;
const noSource = 255;
/** Eight digits of cubic metres, not temperature-corrected, as data type 1 (MEP guide 1.1, p. 40). */
export const cubicMetres: ET57["entries"][number] = { entryType: 1, mdt: 1, special: false, drh: [0x0c, 0x93, 0x3a] };

export const deviceTables = ({ dimensions, profile }: Setup): readonly (readonly [number, Filling])[] => {
  const configuration = (): Uint8Array => {
    const value = zeroValue(ET34, dimensions);
    for (const device of value.devices) device.loadProfilePollRate = pollRate;
    return encode(ET34, value, dimensions);
  };
  const dataTypes = (): Uint8Array => {
    const value = zeroValue(ET57, dimensions);
    value.entries[0] = cubicMetres;
    return encode(ET57, value, dimensions);
  };
  const alerts = (): Uint8Array => {
    const value = zeroValue(ET71, dimensions);
    for (const entry of value.deltaData) entry.deltaDataMonitorSource = noSource;
    return encode(ET71, value, dimensions);
  };
  return [
    [ET34.number, configuration],
    ...(tableExists(ET57, profile) ? ([[ET57.number, dataTypes]] as const) : []),
    ...(tableExists(ET71, profile) ? ([[ET71.number, alerts]] as const) : []),
  ];
};
