/** Where the meter is installed. */
import type { BT53 } from "@meterport/protocol/tables/index";

/** In Denmark: UTC + 1 hour, daylight saving time from 02:00 on. */
export const denmark: BT53 = {
  dstTimeEffective: { hour: 2, minute: 0, second: 0 },
  dstTimeAdjustment: 60,
  timeZoneOffset: 60,
};
