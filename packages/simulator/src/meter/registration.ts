/** A MEP client that announces itself in ET50 gets a handle and an entry in ET14 (MEP guide 1.1, pp. 22-23, 28, 91 and 130). */
import { decode, place } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { type Dimensions, ET14, ET50 } from "@meterport/protocol/tables/index";
import type { Behaviour } from "../behaviour.ts";
import type { Memory } from "../contents/memory.ts";
import { deviceArgument, deviceStatus, eventNumber } from "../history/event-numbers.ts";
import type { Noted } from "../history/events.ts";
import { userOf } from "./change-log.ts";

const firstMepSlot = 4;
/** Handles of client 1 and of client 2 begin here. */
const firstHandles = [1000, 2000] as const;
const handlesOfEach = 1000;
const mepUp = 3;
const occupiedAt = 5;

const status: AnyTable = ET14;

const enter = (memory: Memory, client: number, handle: number, dimensions: Dimensions): void => {
  const slot = firstMepSlot + client;
  const put = (field: "deviceHandle" | "deviceStatus", ...bytes: number[]): void => {
    memory.patch(ET14.number, place(status, ["devices", slot, field], dimensions).offset, Uint8Array.from(bytes));
  };
  put("deviceHandle", handle & 0xff, handle >> 8);
  put("deviceStatus", mepUp);
  const occupied = memory.read(ET14.number, occupiedAt, 1)?.[0] ?? 0;
  memory.patch(ET14.number, occupiedAt, Uint8Array.of(occupied | (1 << slot)));
};

/** Watches ET50, and gives each client that is new there the next handle of its range. */
export const registration = (dimensions: Dimensions, note: (event: Noted) => void): Behaviour => {
  const given = [0, 0];
  return (asked, next) => {
    const { request, memory, time } = asked;
    const writes = request.kind === "write" || request.kind === "write-at";
    if (!writes || request.table !== ET50.number) return undefined;
    const response = next();
    if (response.kind !== "done") return response;
    const bytes = (table: number): Uint8Array => memory.get(table) ?? new Uint8Array(0);
    const { clients } = decode(ET50, bytes(ET50.number), dimensions, { trailing: "keep" });
    const { devices } = decode(ET14, bytes(ET14.number), dimensions, { trailing: "keep" });
    for (const [client, { mepDeviceRegistered }] of clients.entries()) {
      const first = firstHandles[client];
      if (first === undefined || !mepDeviceRegistered || devices[firstMepSlot + client]?.deviceHandle !== 0) continue;
      enter(memory, client, first + ((given[client] ?? 0) % handlesOfEach), dimensions);
      given[client] = (given[client] ?? 0) + 1;
      const argument = deviceArgument(firstMepSlot + client, deviceStatus.commissioned);
      note({ time, event: eventNumber.deviceStatus, argument, userId: userOf(asked) });
    }
    return response;
  };
};
