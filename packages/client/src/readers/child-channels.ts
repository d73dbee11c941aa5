/**
 * The load profile channels that hold values of devices behind the meter, with what they measure. The meter stores the
 * bytes of the device's telegram as they came, so a number on the wire means nothing without the record header of its data
 * type. MEP guide 1.1, pp. 37-40.
 */

import { channelBytes, type MbusDataType, mbusTypedValue } from "@meterport/mbus/kept/data-types";
import type { MbusRecord } from "@meterport/mbus/records";
import { extendedSource } from "@meterport/protocol/meaning/extended-source";
import type { ProfileChannel } from "./load-profile-intervals.ts";
import type { Device } from "./mbus.ts";

/** A channel of a device. */
export interface ChildChannel {
  /** Of the load profile, counted from 0. */
  readonly index: number;
  /** Extended source id (ET66). */
  readonly source: number;
  /** Of the device in ET13 and ET14. */
  readonly slot: number;
  /** In ET57. */
  readonly dataType: number;
  /** "volume"; null if ET57 does not say, or says several things. */
  readonly quantity: string | null;
  /** null if unknown: values are then raw bytes. */
  readonly unit: string | null;
  /** As in "uncorrected". */
  readonly notes: readonly string[];
  /** Of the device in that slot; null if it is unknown, or was never read. */
  readonly serialNumber: string | null;
  readonly medium: string | null;
  /** The value of an integer on the wire; null if its bytes are not one. */
  readonly decode: (raw: number) => MbusRecord | null;
}

/** What a mapped source of a device measures; undefined for any other source. */
export const childChannel = (
  { index, source }: ProfileChannel,
  types: readonly MbusDataType[],
  devices: readonly Device[] = [],
): ChildChannel | undefined => {
  const meaning = extendedSource(source);
  if (meaning.kind !== "mbus") return undefined;
  const { device: slot, dataType } = meaning;
  const decode = (raw: number): MbusRecord | null => mbusTypedValue(types, dataType, channelBytes(raw)) ?? null;
  // One is a number in every number coding, and headers of different scales make different values of it.
  const one = decode(1);
  const telegram = devices.find((device) => device.slot === slot)?.latest?.telegram;
  return {
    index,
    source,
    slot,
    dataType,
    quantity: one?.quantity ?? null,
    unit: one?.value == null ? null : one.unit,
    notes: one?.notes ?? [],
    serialNumber: telegram?.serialNumber ?? null,
    medium: telegram?.medium ?? null,
    decode,
  };
};

/** The channels of devices among those of a load profile. */
export const childChannels = (
  channels: readonly ProfileChannel[],
  types: readonly MbusDataType[],
  devices: readonly Device[] = [],
): ChildChannel[] => channels.flatMap((channel) => childChannel(channel, types, devices) ?? []);
