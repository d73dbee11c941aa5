/**
 * A MEP client that announces itself in ET50 gets a handle and an entry in ET14 (MEP guide 1.1, pp. 22-23, 28, 42, 91 and
 * 130). ET97 says how another device is told from the same one (pp. 199-200); a meter without it compares the whole
 * identification.
 */
import { equalBytes } from "@meterport/protocol/bytes";
import { decode, tableExists } from "@meterport/protocol/layout/index";
import { type Dimensions, ET50, ET97 } from "@meterport/protocol/tables/index";
import type { Behaviour, MeterRequest } from "../behaviour.ts";
import type { Memory } from "../contents/memory.ts";
import { deviceArgument, deviceStatus, eventNumber } from "../history/event-numbers.ts";
import type { Noted } from "../history/events.ts";
import { userOf } from "./change-log.ts";
import { deviceState, firstMepSlot } from "./device-entries.ts";
import type { MepSide } from "./mep-side.ts";

/** Handles of client 1 and of client 2 begin here. */
const firstHandles = [1000, 2000] as const;
const handlesOfEach = 1000;

/** Values of ET97's comparison mode. */
const comparison = { standard: 0, underMask: 1, alwaysNew: 2, alwaysSame: 3 } as const;

type Client = ET50["clients"][number];

interface Comparison {
  readonly mode: number;
  readonly mask: Uint8Array | undefined;
}

const comparisonOf = (client: number, memory: Memory, dimensions: Dimensions): Comparison => {
  const bytes = tableExists(ET97, dimensions.profile) ? memory.get(ET97.number) : undefined;
  if (bytes === undefined) return { mode: comparison.standard, mask: undefined };
  const { mep1IdComparisonMode, mep1IdMask, mep2IdComparisonMode, mep2IdMask } = decode(ET97, bytes, dimensions, {
    trailing: "keep",
  });
  return client === 0
    ? { mode: mep1IdComparisonMode, mask: mep1IdMask }
    : { mode: mep2IdComparisonMode ?? comparison.standard, mask: mep2IdMask };
};

const masked = (id: Uint8Array, mask: Uint8Array): Uint8Array => id.map((byte, i) => byte & (mask[i] ?? 0));

/** Whether the device that has announced itself is another one than before. */
const isAnother = (known: Uint8Array, now: Client, announced: boolean, { mode, mask }: Comparison): boolean => {
  if (mode === comparison.alwaysSame) return false;
  if (mode === comparison.alwaysNew) return announced;
  // A device may set its flag before it says who it is.
  if (known.every((byte) => byte === 0)) return false;
  if (mode === comparison.underMask && mask !== undefined)
    return !equalBytes(masked(known, mask), masked(now.identification, mask));
  return !equalBytes(known, now.identification);
};

/** Watches ET50, and gives each client that is new there the next handle of its range. */
export const registration = (dimensions: Dimensions, mep: MepSide, note: (event: Noted) => void): Behaviour => {
  const given = [0, 0];
  const known = new Map<number, Uint8Array>();
  const { devices, queue } = mep;

  const tell = (asked: MeterRequest, slot: number, what: number): void =>
    note({
      time: asked.time,
      event: eventNumber.deviceStatus,
      argument: deviceArgument(slot, what),
      userId: userOf(asked),
    });

  const enter = (client: number, asked: MeterRequest): void => {
    const first = firstHandles[client];
    if (first === undefined) return;
    const slot = firstMepSlot + client;
    const before = devices.handle(slot);
    if (before !== 0) {
      tell(asked, slot, deviceStatus.removed);
      queue.drop(before, asked.time);
    }
    const count = given[client] ?? 0;
    given[client] = count + 1;
    devices.enter(slot, { deviceHandle: first + (count % handlesOfEach), deviceStatus: deviceState.mepUp });
    tell(asked, slot, deviceStatus.commissioned);
  };

  return (asked, next) => {
    const { request, memory } = asked;
    const writes = request.kind === "write" || request.kind === "write-at";
    if (!writes || request.table !== ET50.number) return undefined;
    const clients = (): readonly Client[] =>
      decode(ET50, memory.get(ET50.number) ?? new Uint8Array(0), dimensions, { trailing: "keep" }).clients;
    const before = clients();
    const response = next();
    if (response.kind !== "done") return response;
    for (const [client, now] of clients().entries()) {
      if (!now.mepDeviceRegistered) continue;
      const announced = before[client]?.mepDeviceRegistered !== true;
      const id = known.get(client) ?? before[client]?.identification ?? now.identification;
      const vacant = devices.handle(firstMepSlot + client) === 0;
      if (vacant || isAnother(id, now, announced, comparisonOf(client, memory, dimensions))) enter(client, asked);
      known.set(client, now.identification);
    }
    return response;
  };
};
