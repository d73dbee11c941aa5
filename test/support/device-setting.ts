/** A device role at a virtual meter, in virtual time, with an application that answers and remembers. */
import type { Meter } from "@meterport/client";
import type { Answer, Ask } from "@meterport/device/role/actions";
import { type DeviceEvent, deviceEventText } from "@meterport/device/role/events";
import type { FileSink } from "@meterport/device/role/file-store";
import type { RoleMemory } from "@meterport/device/role/memory";
import { type DeviceOptions, type RunningDevice, runDevice } from "@meterport/device/role/run-device";
import { concat } from "@meterport/protocol/bytes";
import { type PostForms, thirdPartyForms } from "@meterport/protocol/procedures/post-messages";
import { mepIdentification } from "@meterport/protocol/tables/extended/mep-identification";

/** The identification of test device `number`. */
export const identificationOf = (number: number): Uint8Array =>
  mepIdentification({
    manufacturer: Uint8Array.of(1, 2, 3),
    deviceClass: 5,
    programId: Uint8Array.of(1, 1, 1, 1),
    uniqueId: Uint8Array.of(0x4d, number),
  });

/** A file in memory; what was begun, written and completed. */
export const memorySink = () => {
  let bytes = new Uint8Array(0);
  const completed: Uint8Array[] = [];
  const sink: FileSink = {
    begin: async () => {
      bytes = new Uint8Array(0);
    },
    write: async (offset, data) => {
      if (offset + data.length > bytes.length) {
        const longer = new Uint8Array(offset + data.length);
        longer.set(bytes);
        bytes = longer;
      }
      bytes.set(data, offset);
    },
    read: async (offset, length) => bytes.slice(offset, offset + length),
    complete: async (length) => {
      completed.push(bytes.slice(0, length));
    },
    drop: async () => {
      bytes = new Uint8Array(0);
    },
  };
  return { sink, completed };
};

/** A checksum of 16 bytes for tests: the guides do not say how a MAC is made. */
export const testMac = (file: Uint8Array): Uint8Array => {
  const out = new Uint8Array(16);
  for (const [i, byte] of file.entries()) out[i % 16] = ((out[i % 16] as number) * 31 + byte) & 0xff;
  return out;
};

export const testMacOf = async (pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return testMac(concat(...all));
};

export interface DeviceSettingOptions extends Partial<DeviceOptions> {
  readonly number?: number;
  readonly forms?: PostForms;
  readonly respond?: (request: Ask) => Answer | Promise<Answer>;
}

/** An application with a device that can be started, stopped and started again with what it remembered. */
export const deviceSetting = ({ number = 1, respond = () => ({}), ...options }: DeviceSettingOptions = {}) => {
  const events: DeviceEvent[] = [];
  const asked: Ask[] = [];
  let saved: string | undefined;
  let device: RunningDevice | undefined;
  return {
    events,
    asked,
    texts: () => events.map(deviceEventText),
    get device(): RunningDevice {
      if (device === undefined) throw new Error("the device was not started");
      return device;
    },
    get saved(): RoleMemory | undefined {
      return saved === undefined ? undefined : (JSON.parse(saved) as RoleMemory);
    },
    start(meter: Meter): RunningDevice {
      device = runDevice(meter, {
        identification: identificationOf(number),
        forms: thirdPartyForms,
        answerer: {
          answer: async (request) => {
            asked.push(request);
            return respond(request);
          },
        },
        store: {
          load: async () => (saved === undefined ? undefined : JSON.parse(saved)),
          save: async (memory) => {
            saved = JSON.stringify(memory);
          },
        },
        onEvent: (event) => events.push(event),
        ...options,
      });
      return device;
    },
  };
};
