/** BT03, ET23, ET29, ET46, ET80: state and hardware. */
import { tableExists } from "@meterport/protocol/layout/index";
import { BT03, ET23, ET29, ET80 } from "@meterport/protocol/tables/index";
import type { Filling } from "../memory.ts";
import { calendarId } from "./calendar.ts";
import { filled } from "./filled.ts";
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

export const statusTables = (setup: Setup): readonly (readonly [number, Filling])[] => {
  const { dimensions, profile } = setup;
  return [
    [BT03.number, () => filled(BT03, dimensions, { meteringMode: true, selfReadOccurred: true, powerFailure: true })],
    [ET23.number, () => filled(ET23, dimensions, { activeCalendarId: calendarId })],
    [ET29.number, () => hardware(setup)],
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
