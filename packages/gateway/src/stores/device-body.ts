/** A device as the text that is stored. */
import type { Device, RegisterValues } from "@meterport/engine/model/device";

const sorted = (values: RegisterValues): RegisterValues =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The same device always gives the same text, whatever the order in which its parts were named. */
export const deviceBody = (device: Device): string => {
  const { to, serial, manufacturer, model, firmware, profile, start, end, carried } = device;
  const registers = {
    start: sorted(start),
    end: end === null ? null : sorted(end),
    carried: carried === undefined ? undefined : sorted(carried),
  };
  return JSON.stringify({ to, serial, manufacturer, model, firmware, profile, ...registers });
};

export const deviceOf = (point: string, from: number, body: string): Device => ({
  point,
  from,
  ...(JSON.parse(body) as Omit<Device, "point" | "from">),
});
