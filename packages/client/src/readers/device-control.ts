/**
 * What a meter keeps of a device's valve or other control (ET58), and which commands to it are watched (ET34, ET57).
 * MEP guide 1.1, pp. 40, 112-113, 171.
 */

import { type MbusDataType, mbusTypedValue } from "@meterport/mbus/kept/data-types";
import type { MbusRecord } from "@meterport/mbus/records";
import { toHex } from "@meterport/protocol/bytes";

/** The value that ET34 selects for control, as stored in ET58. */
export interface DeviceControl {
  readonly raw: number;
  /** null if the data type is unknown, or its value longer than the byte that the meter stores. */
  readonly record: MbusRecord | null;
  /** Data type in ET57. */
  readonly dataType: number;
  /** "digital output 1". No guide says which number stands for an open valve: the device's manual does. */
  readonly text: string;
}

/** Commands to a device that the meter logs as "M-Bus/MEP command matched". */
export interface CommandMonitor {
  /** Data type in ET57. */
  readonly dataType: number;
  /** Record headers of the watched commands, as hex; none if ET57 has no such type. */
  readonly headers: readonly string[];
}

const controlText = (raw: number, record: MbusRecord | null, dataType: number): string => {
  if (record === null) return `data type ${dataType}, raw ${raw}`;
  const { quantity, value, text, unit } = record;
  const said = value === null ? (text ?? `raw ${raw}`) : `${value}${unit === null ? "" : ` ${unit}`}`;
  return `${quantity} ${said}`;
};

/** The control status of a device in words; null if ET34 selects no data type. */
export const deviceControlOf = (
  raw: number,
  dataType: number,
  types: readonly MbusDataType[],
): DeviceControl | null => {
  if (dataType === 0) return null;
  const record = mbusTypedValue(types, dataType, Uint8Array.of(raw)) ?? null;
  return { raw, record, dataType, text: controlText(raw, record, dataType) };
};

/** The watched commands of a device; null if ET34 selects no data type. */
export const commandMonitorOf = (dataType: number, types: readonly MbusDataType[]): CommandMonitor | null =>
  dataType === 0
    ? null
    : {
        dataType,
        headers: types.filter(({ number }) => number === dataType).map(({ header }) => toHex(header, " ")),
      };

/**
 * The slot of the device that a matched command was for: bits 13 to 15 of the event's argument (p. 40). No guide gives
 * the number of the event.
 *
 * @example
 * matchedSlot(0x2000) // 1
 */
export const matchedSlot = (argument: number): number => (argument >> 13) & 7;
