/** A meter at which this program is a device: each session may write, and the device ends before the link does. */
import { isUsable } from "@meterport/client/supervision/link-status";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { DeviceService } from "../device/device-service.ts";
import type { MeterAccess } from "./meter-link.ts";

/** The same way to a meter, with the device at each session. */
export const accessWithDevice = (access: MeterAccess, device: Pick<DeviceService, "attach">): MeterAccess => ({
  ...access,
  connect: async (transport, signal, onSession) => {
    const linked = await access.connect(transport, signal, onSession);
    device.attach(linked.meter);
    return linked;
  },
});

/** The same meter: what a power failure took is looked for when it is back, and its display is put back before the link is closed. */
export const sourceWithDevice = (
  source: MeterSource,
  device: Pick<DeviceService, "detach" | "lineBack">,
): MeterSource => {
  let usable = false;
  const unlisten = source.listen(({ state }) => {
    const now = isUsable(state);
    if (now && !usable) device.lineBack();
    usable = now;
  });
  return {
    ...source,
    close: async () => {
      unlisten();
      await device.detach();
      await source.close();
    },
  };
};
