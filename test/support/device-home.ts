/** A daemon's device at a virtual meter with a head-end, in virtual time: its link, its rights and its end are up to the test. */
import { rc4 } from "@meterport/client";
import type { PointEvent } from "@meterport/engine/model/point-event";
import { silentLog } from "@meterport/engine/ports/log";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import { deviceConfig } from "@meterport/gateway/config/device-config";
import type { DeviceInput } from "@meterport/gateway/config/device-schema";
import type { DeviceStorage } from "@meterport/gateway/device/device-files";
import { DeviceService } from "@meterport/gateway/device/device-service";
import { accessWithDevice, sourceWithDevice } from "@meterport/gateway/meters/device-source";
import { linkMeter, superviseMeter } from "@meterport/gateway/meters/meter-link";
import { parseProfile } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { ET50 } from "@meterport/protocol/tables/index";
import { modelledLine, type ScenarioName, VirtualMeter } from "@meterport/simulator";
import { HeadEnd } from "@meterport/simulator/head-end/head-end";
import { virtualForms } from "@meterport/simulator/head-end/virtual-forms";
import { BreakablePipes } from "./breakable-pipes.ts";
import { memorySink } from "./device-setting.ts";
import { keys } from "./gen4-setting.ts";
import { VirtualClock } from "./virtual-clock.ts";

const second: Millis = 1_000;

/** The forms of the virtual head-end, as a configuration names them. */
export const virtualFormsInput: DeviceInput["forms"] = Object.entries(virtualForms).map(([message, form]) => ({
  message: message as "on-demand",
  type: form?.type ?? 0,
  fields: [...(form?.fields ?? [])],
}));

/** A device with a water meter, which may do what a test grants. */
export const deviceInput = (rights: DeviceInput["rights"], more: Partial<DeviceInput> = {}): DeviceInput => ({
  ...{ rights, manufacturer: "010203", unique: "4d01", forms: virtualFormsInput },
  sources: [{ name: "water", quantity: "volume", unit: "m³", max_age: 3_600_000 }],
  ...more,
});

export interface DeviceDaemon {
  readonly service: DeviceService;
  readonly source: MeterSource;
  /** Events of the point. */
  readonly events: PointEvent[];
  /** How often the meters behind the meter were to be looked at. */
  readonly childLooks: () => number;
  /** Ends it in order. */
  readonly stop: () => Promise<void>;
  /** Ends it as a crash does: nothing is put back or saved any more. */
  readonly crash: () => Promise<void>;
}

export const deviceHome = (profile = "meter:4.30", scenario: ScenarioName = "quiet", wall?: Millis) => {
  const clock = new VirtualClock({ wall });
  const device = new VirtualMeter({
    profile: parseProfile(profile),
    keys,
    scenario,
    seed: 1,
    start: clock.wall(),
    tls: ["off"],
  });
  const headEnd = new HeadEnd({ meter: device });
  const pipes = new BreakablePipes(modelledLine({ meter: device, clock }), clock);
  /** Offset and length of each write to ET50; BT07 is how procedures are called. */
  const written: string[] = [];
  device.use(({ request }) => {
    if (request.kind === "write-at" && request.table === ET50.number)
      written.push(`${request.offset}+${request.data.length}`);
    return undefined;
  });
  const kept = new Map<string, string>();
  const { sink, completed } = memorySink();

  const storage = (alive: () => boolean) => {
    // What a dead program saves is never done.
    const save = (name: string) => (content: unknown) => {
      if (!alive()) return new Promise<never>(() => {});
      kept.set(name, JSON.stringify(content));
      return Promise.resolve();
    };
    const load = (name: string) => async (): Promise<never> => {
      const text = kept.get(name);
      return (text === undefined ? undefined : JSON.parse(text)) as never;
    };
    const part = (name: string) => ({ load: load(name), save: save(name) });
    const folder: DeviceStorage = {
      ...{ role: part("role"), display: part("display"), sources: part("sources"), sink },
      files: async () => [],
      file: async () => undefined,
    };
    return { folder, wear: part("wear") };
  };

  const start = async (input: DeviceInput): Promise<DeviceDaemon> => {
    let alive = true;
    const { folder, wear } = storage(() => alive);
    const service = new DeviceService({
      ...{ point: "home", settings: deviceConfig(input), folder, clock, log: silentLog },
    });
    const events: PointEvent[] = [];
    let looks = 0;
    service.bind({ keep: (all) => events.push(...all), lookAtChildren: () => looks++ });
    const entropy = (length: number): Uint8Array => new Uint8Array(length).fill(7);
    const access = accessWithDevice(
      {
        near: true,
        open: pipes.open,
        connect: (transport, signal, onSession) =>
          linkMeter(transport, { security: rc4({ key: keys.basic, entropy }), clock, signal, wear, onSession }),
      },
      service,
    );
    const plain = superviseMeter({ name: "pipe", ...access, clock, entropy });
    const source = sourceWithDevice(plain, service);
    const poll = (): void => {
      if (!alive) return;
      if (source.status().answering) source.read(5 * second).then(service.onReading, () => {});
      clock.at(clock.now() + 2 * second, poll);
    };
    source.start();
    poll();
    await clock.advance(10 * second);
    const end = async (how: MeterSource): Promise<void> => {
      alive = false;
      await clock.run(how.close());
      await clock.advance(second);
    };
    return {
      ...{ service, source, events },
      childLooks: () => looks,
      stop: async () => {
        await clock.run(source.close());
        service.close();
        alive = false;
      },
      crash: () => end(plain),
    };
  };
  return { clock, device, headEnd, pipes, written, kept, completed, start };
};
