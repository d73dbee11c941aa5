/** What a P1 meter reads at its port. */
import type { Shown } from "../listening/meter-on-show.ts";
import { telegramOf, usualFlag } from "../p1/telegram.ts";

/** Without the serial number, as everywhere in this output. Undefined while energy is unknown. */
export const telegramIn = ({ point, live }: Shown): string | undefined => {
  const { identity } = point.detail();
  const bytes = telegramOf("dsmr5", point, live, { flag: usualFlag, model: identity?.model ?? null, serial: null });
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
};
