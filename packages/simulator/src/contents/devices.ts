/** ET34, ET57, ET58 and ET71: what a meter knows of the devices behind it and of the sources that it watches. */
import { encode, tableExists } from "@meterport/protocol/layout/index";
import { ET34, ET57, ET58, ET71 } from "@meterport/protocol/tables/index";
import { childKinds, valveDataType } from "../children/kinds.ts";
import { valveHeader } from "../children/records.ts";
import { zeroValue } from "./filled.ts";
import type { Filling } from "./memory.ts";
import type { Setup } from "./setup.ts";

/** Minutes between two polls of an M-Bus device. */
const pollRate = 60;
const noSource = 255;
/** Eight digits of cubic metres, not temperature-corrected, as data type 1 (MEP guide 1.1, p. 40). */
const cubicMetres: ET57["entries"][number] = { entryType: 1, mdt: 1, special: false, drh: [0x0c, 0x93, 0x3a] };

/** A byte that says that a valve is open, by slot: what ET34 has ET58 show. */
const valves = ({ dimensions }: Setup): Uint8Array => {
  const value = zeroValue(ET58, dimensions);
  for (const [slot, { hasValve }] of childKinds.entries()) {
    const device = value.devices[slot];
    if (device !== undefined && hasValve) device.controlStatus = 1;
  }
  return encode(ET58, value, dimensions);
};

/** Entries of ET57: the one gas meter's, or the counters of four devices and their valve. */
export const dataTypes = ({ fourChildren }: Setup): ET57["entries"] => {
  if (!fourChildren) return [cubicMetres];
  const entry = (mdt: number, drh: readonly number[]): ET57["entries"][number] => ({
    entryType: 1,
    mdt,
    special: false,
    drh: [...drh],
  });
  const counters = childKinds.map(({ dataType, header }) => entry(dataType, header));
  return [...counters, entry(valveDataType, valveHeader)].sort((a, b) => a.mdt - b.mdt);
};

export const deviceTables = (setup: Setup): readonly (readonly [number, Filling])[] => {
  const { dimensions, profile, fourChildren } = setup;
  const configuration = (): Uint8Array => {
    const value = zeroValue(ET34, dimensions);
    for (const [slot, device] of value.devices.entries()) {
      device.loadProfilePollRate = pollRate;
      if (!fourChildren || childKinds[slot]?.hasValve !== true) continue;
      device.controlMdt = valveDataType;
      device.commandMonitorMdt = valveDataType;
    }
    return encode(ET34, value, dimensions);
  };
  const types = (): Uint8Array => {
    const value = zeroValue(ET57, dimensions);
    for (const [i, entry] of dataTypes(setup).entries()) value.entries[i] = entry;
    return encode(ET57, value, dimensions);
  };
  const alerts = (): Uint8Array => {
    const value = zeroValue(ET71, dimensions);
    for (const entry of value.deltaData) entry.deltaDataMonitorSource = noSource;
    return encode(ET71, value, dimensions);
  };
  return [
    [ET34.number, configuration],
    ...(fourChildren ? ([[ET58.number, () => valves(setup)]] as const) : []),
    ...(tableExists(ET57, profile) ? ([[ET57.number, types]] as const) : []),
    ...(tableExists(ET71, profile) ? ([[ET71.number, alerts]] as const) : []),
  ];
};
