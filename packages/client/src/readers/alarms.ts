/** The active alarms: those of the meter (BT03) and those of its M-Bus devices and MEP clients (ET14). */
import {
  type Alarm,
  type DeviceAlarmKey,
  type MeterAlarmKey,
  raisedDeviceAlarms,
  raisedMeterAlarms,
} from "@meterport/protocol/meaning/alarms";
import { BT03 } from "@meterport/protocol/tables/basic/bt03-end-device-mode-status";
import { ET14 } from "@meterport/protocol/tables/extended/et14-device-status";
import type { CallOptions, Meter } from "../meter/meter.ts";
import { unlessRefused } from "../meter/outcome.ts";
import { type Believed, believed, isBlank, localIso } from "./quality.ts";

type DeviceStatus = ET14["devices"][number];

/** A connected device with its alarms. Times are local, without a zone. */
export interface DeviceAlarms extends Believed {
  /** Counted from 0, as in ET13 and ET14. */
  readonly slot: number;
  readonly handle: number;
  readonly kind: "mbus" | "mep";
  readonly state: "up" | "down" | "unknown";
  readonly alarms: readonly Alarm<DeviceAlarmKey>[];
  /** Bits set by the device itself; only its maker defines what they mean. */
  readonly ownAlarms: number;
  readonly statusRead: string | null;
  readonly lastReadAttempt: string | null;
}

export interface MeterAlarms {
  readonly alarms: readonly Alarm<MeterAlarmKey>[];
  readonly meteringMode: boolean;
  readonly testMode: boolean;
  readonly meterShopMode: boolean;
}

export interface Alarms {
  /** null if this key may not read BT03. */
  readonly meter: MeterAlarms | null;
  /** null if it may not read ET14. */
  readonly devices: readonly DeviceAlarms[] | null;
}

const states: Readonly<Record<number, DeviceAlarms["state"]>> = { 1: "up", 2: "down", 3: "up", 4: "down" };
const firstMepHandle = 1000;

/** Whether a slot of ET14 has a device. */
export const isThere = ({ deviceHandle, deviceStatus }: DeviceStatus): boolean =>
  deviceHandle !== 0 || deviceStatus !== 0;

/** A slot of ET14 in words. */
export const deviceAlarmsOf = (status: DeviceStatus, slot: number): DeviceAlarms => {
  const read = [status.statusRead, status.lastReadAttempt];
  const impossible = read.some((date) => !isBlank(date) && localIso(date) === null);
  return {
    slot,
    handle: status.deviceHandle,
    kind: status.deviceHandle >= firstMepHandle ? "mep" : "mbus",
    state: states[status.deviceStatus] ?? "unknown",
    alarms: raisedDeviceAlarms(status),
    ownAlarms: status.deviceAlarms,
    statusRead: localIso(status.statusRead),
    lastReadAttempt: localIso(status.lastReadAttempt),
    ...believed(impossible ? ["time"] : []),
  };
};

/**
 * The alarms that are active now. Optical guide 1.1, pp. 47-49; MEP guide 1.1, pp. 89-95.
 *
 * @throws LinkError, LayoutError; ResponseError if the meter refuses both tables
 */
export const readAlarms = async (meter: Meter, options: CallOptions = {}): Promise<Alarms> => {
  const [status, devices] = await meter.batch((want) => [want.read(BT03), want.read(ET14, ["devices"])], options);
  if (!status.ok && !devices.ok) throw status.error;
  const bt03 = unlessRefused(status);
  return {
    meter:
      bt03 === null
        ? null
        : {
            alarms: raisedMeterAlarms(bt03),
            meteringMode: bt03.meteringMode,
            testMode: bt03.testMode,
            meterShopMode: bt03.meterShopMode,
          },
    devices:
      unlessRefused(devices)?.flatMap((device, slot) => (isThere(device) ? [deviceAlarmsOf(device, slot)] : [])) ??
      null,
  };
};
