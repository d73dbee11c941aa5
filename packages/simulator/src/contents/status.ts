/** BT03, ET23, ET29, ET80, ET89: state and hardware. */
import { decode, encode, reaches, tableExists } from "@meterport/protocol/layout/index";
import { BT03, ET23, ET29, ET80, ET89 } from "@meterport/protocol/tables/index";
import { calendarId } from "./calendar.ts";
import { filled } from "./filled.ts";
import type { Filling } from "./memory.ts";
import type { Setup } from "./setup.ts";

/** Wired boards: MEP client 1, MEP client 2, M-Bus (MEP guide 1.1, pp. 108-109). */
const ports = [
  { board: 2, port: 1, sequenceNumber: 1 },
  { board: 2, port: 1, sequenceNumber: 2 },
  { board: 2, port: 2, sequenceNumber: 0 },
];

const hardware = ({ dimensions, generation4 }: Setup): Uint8Array =>
  filled(ET29, dimensions, {
    s0KyzOutput: true,
    disconnectAndBuzzer: true,
    mbusModule: true,
    coverTamper: true,
    mepClient1Port: true,
    twoLineDisconnect: true,
    mepClient2Port: generation4,
    polyphase: true,
    commAssignmentMatrix1: ports,
    batteryType: 1,
    lineSensor: 1,
    disconnectToggleButton: true,
  });

/** Nothing asked a relay to do anything: each goes by its local mode, which does not end (MEP guide 1.1, pp. 194-195). */
const untouched = { currentOpMode: 3, maintenanceState: 2, lockedState: 2, remoteState: 2, localNoExpire: true };

/** No client was ever replaced. From 4.50 on a mask of unread logs follows, whose length no page gives, and a byte of flags: here one byte each. */
const securityStatus = ({ dimensions, profile }: Setup): Uint8Array => {
  const value = decode(ET89, new Uint8Array(reaches(profile, { meter: [4, 50] }) ? 130 + 2 : 68), dimensions);
  for (const relay of value.relays ?? []) Object.assign(relay, untouched);
  return encode(ET89, value, dimensions);
};

export const statusTables = (setup: Setup): readonly (readonly [number, Filling])[] => {
  const { dimensions, profile } = setup;
  return [
    [BT03.number, () => filled(BT03, dimensions, { meteringMode: true, selfReadOccurred: true })],
    [ET23.number, () => filled(ET23, dimensions, { activeCalendarId: calendarId })],
    [ET29.number, () => hardware(setup)],
    ...(tableExists(ET89, profile) ? ([[ET89.number, () => securityStatus(setup)]] as const) : []),
    ...(tableExists(ET80, profile)
      ? ([
          [
            ET80.number,
            () =>
              filled(ET80, dimensions, {
                averagePowerControlSubInterval: 1,
                averagePowerControlIntervalMultiplier: 15,
              }),
          ],
        ] as const)
      : []),
  ];
};
