/** The devices behind a meter: M-Bus meters and MEP clients, their state, and what was last read from them. */

import { type MbusDataType, mbusDataTypes } from "@meterport/mbus/kept/data-types";
import { type MbusTelegram, mbusFurtherTelegrams, mbusTelegram } from "@meterport/mbus/kept/telegram";
import { ET13 } from "@meterport/protocol/tables/extended/et13-device-configuration";
import { ET14 } from "@meterport/protocol/tables/extended/et14-device-status";
import { ET16 } from "@meterport/protocol/tables/extended/et16-device-data";
import { ET34 } from "@meterport/protocol/tables/extended/et34-additional-device-configuration";
import { ET57 } from "@meterport/protocol/tables/extended/et57-mbus-data-type";
import { ET58 } from "@meterport/protocol/tables/extended/et58-mbus-mep-status-extension";
import { mayHave } from "../meter/capabilities.ts";
import type { CallOptions, Meter } from "../meter/meter.ts";
import { orThrow, unlessRefused } from "../meter/outcome.ts";
import { type DeviceAlarms, deviceAlarmsOf, isThere } from "./alarms.ts";
import { type CommandMonitor, commandMonitorOf, type DeviceControl, deviceControlOf } from "./device-control.ts";
import { meterLocalTime } from "./meter-time.ts";
import { type Believed, believed, type Doubt, localIso } from "./quality.ts";
import { ageOfRead } from "./read-age.ts";
import { type ReadSchedule, readScheduleOf } from "./read-schedule.ts";

type ReadFields = Pick<
  ET16["devices"][number],
  "readTime" | "response" | "keyAvailability" | "dataOrder" | "securityFailed" | "authentication"
>;

/** What was read from a device. */
export interface DeviceRead extends Believed {
  /** By the meter's local clock, without a zone; null if impossible. */
  readonly readTime: string | null;
  readonly authentication: "passed" | "wrong id" | "wrong date" | "passed with another date";
  readonly securityFailed: boolean;
  /** The answer of an M-Bus device; null for a MEP client. */
  readonly telegram: MbusTelegram | null;
  /** Further answers, of devices that need several. */
  readonly further: readonly MbusTelegram[];
  /** What a MEP client sent, unchanged; null for an M-Bus device. */
  readonly sent: Uint8Array | null;
}

/** One device. */
export interface Device extends DeviceAlarms {
  /** Set by the utility; null for a MEP client, or if there is none. */
  readonly customerId: string | null;
  /** null if the meter refuses ET13. */
  readonly schedule: ReadSchedule | null;
  readonly attempts: number;
  readonly answers: number;
  /** Of its valve, say; null if ET34 selects no value for control, or the meter refuses it. */
  readonly control: DeviceControl | null;
  /** null if no commands to it are watched, or the meter refuses ET34. */
  readonly commandMonitor: CommandMonitor | null;
  /** null if nothing was read yet, or the meter refuses ET16. */
  readonly latest: DeviceRead | null;
  /** Seconds since the latest read, by the meter's clock, which shows whole minutes; null if unknown. */
  readonly age_s: number | null;
}

const authentications = ["passed", "wrong id", "wrong date", "passed with another date"] as const;
/** The time of a read and its flags. */
const beforeTelegrams = 7;

/** A read as ET16, ET45 and ET74 store it, with its values; `length` is that of the whole read, from its time on. */
export const deviceReadOf = (read: ReadFields, length: number): DeviceRead => {
  const telegram = mbusTelegram(read) ?? null;
  const further = mbusFurtherTelegrams(read, length - beforeTelegrams);
  const { mep } = read.response;
  const readTime = localIso(read.readTime);
  const doubts: Doubt[] = [];
  if (readTime === null) doubts.push("time");
  for (const problem of new Set([telegram, ...further].map((answer) => answer?.problem ?? null)))
    if (problem !== null) doubts.push(problem);
  if (mep !== undefined && mep.length > mep.data.length) doubts.push("length");
  if (read.securityFailed) doubts.push("security");
  return {
    readTime,
    authentication: authentications[read.authentication] ?? "passed",
    securityFailed: read.securityFailed,
    telegram,
    further,
    sent: mep === undefined ? null : mep.data.subarray(0, mep.length),
    ...believed(doubts),
  };
};

/** Text without the blanks and zeros that pad it. */
const textOf = (text: string | null): string | null => {
  const trimmed = text?.replace(/[\0 ]+$/, "") ?? "";
  return trimmed === "" ? null : trimmed;
};

/** The data types of ET57; none if the meter refuses it, or has none. @throws LinkError, LayoutError */
export const readDataTypes = async (meter: Meter, call: CallOptions = {}): Promise<readonly MbusDataType[]> => {
  if (!(await mayHave(meter, ET57, call))) return [];
  const [types] = await meter.batch((want) => [want.read(ET57)], call);
  const et57 = unlessRefused(types);
  return et57 === null ? [] : mbusDataTypes(et57);
};

/** Slots of MEP clients come after those of four M-Bus devices. */
const firstMepSlot = 4;

const readSchedule = async (
  meter: Meter,
  slot: number,
  additional: Additional | null,
  call: CallOptions,
): Promise<ReadSchedule | null> => {
  // Field by field: the same entry holds the key of the device.
  const [day, hour, minute, frequency] = await meter.batch(
    (want) => [
      want.read(ET13, ["devices", slot, "billingDay"]),
      want.read(ET13, ["devices", slot, "billingHour"]),
      want.read(ET13, ["devices", slot, "billingMinute"]),
      want.read(ET13, ["devices", slot, "billingFrequency"]),
    ],
    call,
  );
  const billingDay = unlessRefused(day);
  if (billingDay === null) return null;
  const stored = {
    billingDay,
    billingHour: orThrow(hour),
    billingMinute: orThrow(minute),
    billingFrequency: orThrow(frequency),
  };
  return readScheduleOf(stored, additional?.loadProfilePollRate ?? null);
};

const customerOf = async (meter: Meter, slot: number, call: CallOptions): Promise<string | null> => {
  const [customer] = await meter.batch((want) => [want.read(ET13, ["devices", slot, "customerId"])], call);
  return textOf(unlessRefused(customer));
};

type Additional = ET34["devices"][number];
const additionalOf = async (meter: Meter, slot: number, call: CallOptions): Promise<Additional | null> => {
  if (!(await mayHave(meter, ET34, call))) return null;
  const [additional] = await meter.batch((want) => [want.read(ET34, ["devices", slot])], call);
  return unlessRefused(additional);
};

const controlOf = async (
  meter: Meter,
  slot: number,
  { type, types }: { readonly type: number; readonly types: readonly MbusDataType[] },
  call: CallOptions,
): Promise<Device["control"]> => {
  if (type === 0 || !(await mayHave(meter, ET58, call))) return null;
  const [status] = await meter.batch((want) => [want.read(ET58, ["devices", slot, "controlStatus"])], call);
  const raw = unlessRefused(status);
  return raw === null ? null : deviceControlOf(raw, type, types);
};

const readLatest = async (
  meter: Meter,
  slot: number,
  length: number,
  call: CallOptions,
): Promise<DeviceRead | null> => {
  const [latest] = await meter.batch((want) => [want.read(ET16, ["devices", slot])], call);
  const read = unlessRefused(latest);
  return read === null ? null : deviceReadOf(read, length);
};

/**
 * The connected devices, in the order of their slots. Does not read any part of a key. MEP guide 1.1, pp. 86-101, 112-113,
 * 169-171.
 *
 * @throws LinkError, LayoutError; ResponseError if the meter refuses ET14
 */
export const readDevices = async (meter: Meter, call: CallOptions = {}): Promise<Device[]> => {
  const [status] = await meter.batch((want) => [want.read(ET14, ["devices"])], call);
  const slots = orThrow(status).flatMap((device, slot) => (isThere(device) ? [{ device, slot }] : []));
  const types = slots.length === 0 ? [] : await readDataTypes(meter, call);
  const now = slots.length === 0 ? null : await meterLocalTime(meter, call);
  const devices: Device[] = [];
  for (const { device, slot } of slots) {
    const additional = await additionalOf(meter, slot, call);
    const { billingReadLength: length } = device;
    const latest = length === 0 ? null : await readLatest(meter, slot, length, call);
    devices.push({
      ...deviceAlarmsOf(device, slot),
      customerId: slot < firstMepSlot ? await customerOf(meter, slot, call) : null,
      schedule: await readSchedule(meter, slot, additional, call),
      attempts: device.readAttempts,
      answers: device.readAnswers,
      control: await controlOf(meter, slot, { type: additional?.controlMdt ?? 0, types }, call),
      commandMonitor: commandMonitorOf(additional?.commandMonitorMdt ?? 0, types),
      latest,
      age_s: latest === null ? null : ageOfRead(latest.readTime, now),
    });
  }
  return devices;
};
