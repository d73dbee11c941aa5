/** BT07 and the tables that answer it: EP17, EP19 and EP61; every other procedure is unknown to this meter (result 6). */
import { LayoutError } from "@meterport/protocol/errors";
import { decode, type Profile, reaches } from "@meterport/protocol/layout/index";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { Millis } from "@meterport/protocol/ports";
import { EP17 } from "@meterport/protocol/procedures/ep17-remove-device";
import { EP19 } from "@meterport/protocol/procedures/ep19-post-on-demand-request";
import { EP61 } from "@meterport/protocol/procedures/ep61-transaction-lock";
import { BT07, type Dimensions, ET14, ET50 } from "@meterport/protocol/tables/index";
import type { Behaviour } from "../behaviour.ts";
import type { Memory } from "../contents/memory.ts";
import { responseTables } from "../contents/mep.ts";
import { deviceArgument, deviceStatus, eventNumber, mbusAlarm } from "../history/event-numbers.ts";
import type { Noted } from "../history/events.ts";
import { type PendingTables, servesPending } from "../optical/pending-tables.ts";
import { userOf } from "./change-log.ts";
import { type Posted, postOnDemand } from "./on-demand.ts";
import type { TransactionLock } from "./transaction-lock.ts";

const unknownProcedure = 6;
const badParameter = 2;
const noSuchHandle = 3;
const notAuthorized = 5;
const everyDevice = 0xffff;
const firstMepSlot = 4;
/** In ET50: after the identification stand the client's flags, of which bit 0 is its registration, and its icons. */
const clientFlags = 30;
const registered = 0x01;

const lockTransactions = { meter: [4, 0] } as const;

/** Whether a meter knows the procedure, at any of its ports. */
export const servesProcedure = (procedure: number, profile: Profile): boolean =>
  procedure === EP17.number ||
  procedure === EP19.number ||
  servesPending(procedure) ||
  (procedure === EP61.number && reaches(profile, lockTransactions));

/** Calls a procedure that is written to BT07 and posts its result (MEP guide 1.1, pp. 57-60). */
export const procedures = (
  dimensions: Dimensions,
  lock: TransactionLock,
  pending: PendingTables,
  note: (event: Noted) => void,
): Behaviour => {
  const lastSequence = new Map<number | "optical", number>();
  return ({ request, memory, level, port, optical, userId, time }, next) => {
    const client = optical === undefined ? port : "optical";
    if (request.kind !== "write" && request.kind !== "write-at") return undefined;
    if (request.table !== BT07.number || (request.kind === "write-at" && request.offset !== 0)) return undefined;
    const call = parse(request.data);
    if (call === undefined) return undefined;
    // The same number as in the call before (p. 58).
    if (call.sequence === lastSequence.get(client)) return { kind: "error", code: code.operationNotPossible };
    const response = next();
    if (response.kind !== "done") return response;
    lastSequence.set(client, call.sequence);
    const user = userOf({ optical, userId });
    const noteDevice = (event: number, argument: number): void => note({ time, event, argument, userId: user });
    const removed = (slot: number): void =>
      noteDevice(eventNumber.deviceStatus, deviceArgument(slot, deviceStatus.removed));
    const site: Site = { memory, dimensions, level, port, time, lock, userId, removed };
    const { result, data, billed } = optical === undefined ? run(call, site) : runOptical(call, site, pending);
    if (billed !== undefined) noteDevice(eventNumber.mbusAlarm, deviceArgument(billed, mbusAlarm.billingReadDone));
    const posted = Uint8Array.of(call.procedure & 0xff, call.procedure >> 8, call.sequence, result, ...data);
    const table = optical === undefined ? responseTableOf(port, memory, dimensions) : responseTables.bt08;
    memory.patch(table, 0, posted);
    return response;
  };
};

interface Site {
  readonly memory: Memory;
  readonly dimensions: Dimensions;
  readonly level: Level;
  readonly port: 1 | 2;
  readonly time: Millis;
  readonly lock: TransactionLock;
  readonly userId?: number | undefined;
  /** Called with each slot whose device is gone. */
  readonly removed: (slot: number) => void;
}

const run = ({ procedure, parameters }: BT07, site: Site): Posted => {
  const { memory, dimensions, level, port, time, lock } = site;
  if (procedure === EP19.number) return postOnDemand(memory, parameters, dimensions, level);
  if (procedure === EP17.number) return { result: removeDevice(parameters, site), data: [] };
  if (procedure === EP61.number && reaches(dimensions.profile, lockTransactions))
    return { result: lock.call(parameters, port, time), data: [] };
  return { result: unknownProcedure, data: [] };
};

/** Pending tables are the optical port's, the lock of transactions is not. */
const runOptical = (call: BT07, site: Site, pending: PendingTables): Posted => {
  const result = pending.call(call.procedure, call.parameters, site.time, site.userId);
  if (result !== undefined) return { result, data: [] };
  return call.procedure === EP61.number ? { result: unknownProcedure, data: [] } : run(call, site);
};

/** Client 2 has a table of its own, client 1 chooses (MEP guide 1.1, p. 57). */
const responseTableOf = (port: 1 | 2, memory: Memory, dimensions: Dimensions): number => {
  if (port === 2) return responseTables.et85;
  return answersInEt59(memory, dimensions) ? responseTables.et59 : responseTables.bt08;
};

const parse = (data: Uint8Array): BT07 | undefined => {
  try {
    return decode(BT07, data, {});
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};

const bytesOf = (memory: Memory, table: number): Uint8Array => memory.get(table) ?? new Uint8Array(0);

/** Client 1 says in ET50 where it looks for responses. */
const answersInEt59 = (memory: Memory, dimensions: Dimensions): boolean =>
  decode(ET50, bytesOf(memory, ET50.number), dimensions, { trailing: "keep" }).clients[0]?.et59Response === true;

/**
 * EP17: clears the device's entry in ET14 and, for a MEP client, its registration in ET50. On a meter the basic key can
 * remove MEP clients only (MEP guide 1.1, pp. 249-250).
 */
const removeDevice = (parameters: Uint8Array, { memory, dimensions, level, removed: tell }: Site): number => {
  const [action, low, high] = parameters;
  if (action === undefined || low === undefined || high === undefined || action > 1) return badParameter;
  const handle = low + 256 * high;
  const status = decode(ET14, bytesOf(memory, ET14.number), dimensions, { trailing: "keep" });
  const found = status.devices.flatMap(({ deviceHandle }, slot) =>
    deviceHandle !== 0 && (handle === everyDevice || deviceHandle === handle) ? [slot] : [],
  );
  if (found.length === 0) return noSuchHandle;
  const mbusToo = level === "advanced" || dimensions.profile.family === "module";
  const removed = found.filter((slot) => mbusToo || slot >= firstMepSlot);
  if (removed.length === 0) return notAuthorized;
  const entry = dimensions.ET11.statusEntrySize;
  let occupied = memory.read(ET14.number, 5, 1)?.[0] ?? 0;
  for (const slot of removed) {
    occupied &= ~(1 << slot);
    memory.patch(ET14.number, 6 + slot * entry, new Uint8Array(entry));
    if (slot >= firstMepSlot) forgetClient(memory, slot - firstMepSlot, dimensions);
    tell(slot);
  }
  memory.patch(ET14.number, 5, Uint8Array.of(occupied));
  return 0;
};

/** Its registration and its icons go, everything else in ET50 stays (p. 249). */
const forgetClient = (memory: Memory, client: number, dimensions: Dimensions): void => {
  const sources = dimensions.ET11.mepDataSources;
  const start = client * (35 + 6 * sources);
  const flags = memory.read(ET50.number, start + clientFlags, 1)?.[0] ?? 0;
  memory.patch(ET50.number, start + clientFlags, Uint8Array.of(flags & ~registered));
  memory.patch(ET50.number, start + 31 + 6 * sources, new Uint8Array(2));
};
