/** What the meter knows of four M-Bus devices when it is switched on: they were read every midnight before. */
import { encode, utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { ET14 } from "@meterport/protocol/tables/index";
import type { Child } from "../children/child.ts";
import { zeroValue } from "../contents/filled.ts";
import type { Setup } from "../contents/setup.ts";
import { denmark } from "../contents/zone.ts";
import { beginOf, localDay } from "./calendar-days.ts";
import { type DeviceRead, type DeviceReads, readLength } from "./device-reads.ts";
import { localMillis } from "./local-time.ts";

const mbusUp = 1;
const baud2400 = 4;
/** More than ET45 has entries. */
const daysBefore = 8;
/** They were connected so many days before the start. */
const daysOfLife = 400;

/** A read of a device with a handle, at a time. */
export const childRead = (child: Child, handle: number, time: Millis): DeviceRead => ({
  slot: child.slot,
  handle,
  time,
  response: { telegram: child.telegram(time, localMillis(time, denmark)) },
});

/** Puts the reads before the start into ET16 and ET45. */
export const readBefore = (children: readonly Child[], reads: DeviceReads, start: Millis): void => {
  for (let day = localDay(start) - daysBefore; day <= localDay(start); day++)
    for (const child of children) {
      const read = childRead(child, child.slot + 1, beginOf(day));
      reads.append(read);
      reads.show(read);
    }
};

/** ET14 at the start. */
export const childStatus = ({ dimensions }: Setup, children: readonly Child[], start: Millis): Uint8Array => {
  const zero = zeroValue(ET14, dimensions);
  const midnight = beginOf(localDay(start));
  const lastReadAttempt = utcFields(localMillis(midnight, denmark));
  const devices = zero.devices.map((none, slot) => {
    const child = children[slot];
    if (child === undefined) return none;
    return {
      ...none,
      deviceHandle: slot + 1,
      deviceStatus: mbusUp,
      baudRate: baud2400,
      billingReadLength: readLength(childRead(child, slot + 1, midnight)),
      readAttempts: daysOfLife,
      readAnswers: daysOfLife,
      ...(none.primaryAddress === undefined ? {} : { primaryAddress: slot + 1 }),
      statusRead: lastReadAttempt,
      lastReadAttempt,
    };
  });
  const occupied = { device1Occupied: true, device2Occupied: true, device3Occupied: true, device4Occupied: true };
  return encode(ET14, { ...zero, ...occupied, devices }, dimensions);
};
