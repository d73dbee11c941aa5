/** EP19: puts a request to an M-Bus device or MEP client into the queue of ET15 (MEP guide 1.1, pp. 95-98, 250-253). */
import { LayoutError } from "@meterport/protocol/errors";
import { decode, encode } from "@meterport/protocol/layout/index";
import type { Level } from "@meterport/protocol/mep/security/seal";
import { EP19, onDemandRequest } from "@meterport/protocol/procedures/ep19-post-on-demand-request";
import { type Dimensions, ET14, ET15 } from "@meterport/protocol/tables/index";
import type { Memory } from "../contents/memory.ts";

const result = { done: 0, badType: 2, noSuchDevice: 3, notAuthorized: 5, queueFull: 7 } as const;
/** In ET15. */
const outcome = { waiting: 0, success: 1 } as const;
const firstMepSlot = 4;
const types: ReadonlySet<number> = new Set(Object.values(onDemandRequest));

export interface Posted {
  readonly result: number;
  readonly data: readonly number[];
  /** Slot in ET14 of the M-Bus device whose billing data were read. */
  readonly billed?: number;
}
const refused = (reason: number): Posted => ({ result: reason, data: [] });

type Request = { readonly transactionNumber: number; readonly deviceHandle: number; readonly requestType: number };

/** Slots in ET14 of the devices that a request is for. */
const slotsOf = ({ deviceHandle, requestType }: Request, memory: Memory, dimensions: Dimensions): readonly number[] => {
  const { devices } = decode(ET14, memory.get(ET14.number) ?? new Uint8Array(0), dimensions, { trailing: "keep" });
  const occupied = devices.flatMap((device, slot) => (device.deviceHandle === 0 ? [] : [{ ...device, slot }]));
  const wanted = occupied.filter((device) => {
    if (requestType === onDemandRequest.multicast) return device.slot < firstMepSlot;
    if (requestType === onDemandRequest.writeUserDataByIndex) return ((deviceHandle >> device.slot) & 1) === 1;
    return device.deviceHandle === deviceHandle;
  });
  return wanted.map(({ slot }) => slot);
};

const parse = (parameters: Uint8Array, { profile }: Dimensions): Request | undefined => {
  try {
    return decode(EP19.request, parameters, { profile });
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};

/** M-Bus devices have answered when the procedure is done; what is for a MEP client waits for it in the queue. */
export const postOnDemand = (memory: Memory, parameters: Uint8Array, dimensions: Dimensions, level: Level): Posted => {
  if (level !== "advanced") return refused(result.notAuthorized);
  const request = parse(parameters, dimensions);
  if (request === undefined || !types.has(request.requestType)) return refused(result.badType);
  const [slot] = slotsOf(request, memory, dimensions);
  if (slot === undefined) return refused(result.noSuchDevice);
  const queue = decode(ET15, memory.get(ET15.number) ?? new Uint8Array(0), dimensions, { trailing: "keep" });
  const index = queue.writePointer % queue.requestQueue.length;
  const entry = queue.requestQueue[index];
  if (entry === undefined || (entry.requestType !== 0 && entry.result === outcome.waiting))
    return refused(result.queueFull);
  const answered = slot < firstMepSlot;
  entry.transactionNbr = request.transactionNumber;
  entry.deviceHandleOrGroupMask = request.deviceHandle;
  entry.requestType = request.requestType;
  entry.result = answered ? outcome.success : outcome.waiting;
  queue.writePointer = (index + 1) % queue.requestQueue.length;
  if (answered) queue.readPointer = queue.writePointer;
  memory.patch(ET15.number, 0, encode(ET15, queue, dimensions));
  const posted = { result: result.done, data: [index] };
  return answered && request.requestType === onDemandRequest.billingRead ? { ...posted, billed: slot } : posted;
};
