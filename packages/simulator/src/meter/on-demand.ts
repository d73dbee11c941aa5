/** EP19: puts a request to an M-Bus device or MEP client into the queue of ET15 (MEP guide 1.1, pp. 95-98, 250-253). */
import { LayoutError } from "@meterport/protocol/errors";
import { decode } from "@meterport/protocol/layout/index";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { Millis } from "@meterport/protocol/ports";
import { EP19, onDemandRequest } from "@meterport/protocol/procedures/ep19-post-on-demand-request";
import type { Dimensions } from "@meterport/protocol/tables/index";
import { type DeviceEntries, firstMepSlot } from "./device-entries.ts";
import type { QueueRequest, RequestQueue } from "./request-queue.ts";

const result = { done: 0, badType: 2, noSuchDevice: 3, notAuthorized: 5, queueFull: 7 } as const;
const types: ReadonlySet<number> = new Set(Object.values(onDemandRequest));

export interface Posted {
  readonly result: number;
  readonly data: readonly number[];
}
const refused = (reason: number): Posted => ({ result: reason, data: [] });

type Request = ReturnType<typeof parsed>;
const parsed = (parameters: Uint8Array, { profile }: Dimensions) => decode(EP19.request, parameters, { profile });

/** Slots in ET14 of the devices that a request is for, ascending. */
const slotsOf = ({ deviceHandle, requestType }: Request, devices: DeviceEntries): readonly number[] => {
  const occupied = Array.from({ length: devices.count }, (_, slot) => slot).filter(
    (slot) => devices.handle(slot) !== 0,
  );
  return occupied.filter((slot) => {
    if (requestType === onDemandRequest.multicast) return slot < firstMepSlot;
    if (requestType === onDemandRequest.writeUserDataByIndex) return ((deviceHandle >> slot) & 1) === 1;
    return devices.handle(slot) === deviceHandle;
  });
};

const parse = (parameters: Uint8Array, dimensions: Dimensions): Request | undefined => {
  try {
    return parsed(parameters, dimensions);
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};

/** Image length and MAC of a switchover, which ET15 has no other place for than the write message of the same index. */
const imageData = ({ imageLength, imageMac }: Request): Uint8Array | undefined => {
  if (imageLength === undefined || imageMac === undefined) return undefined;
  const data = new Uint8Array(20);
  new DataView(data.buffer).setUint32(0, imageLength, true);
  data.set(imageMac, 4);
  return data;
};

/**
 * ET15 knows the types to 9 only (p. 97), so a write by index becomes a write to the device of the lowest slot: it carries
 * that device's handle, by which it knows its own requests.
 */
const queued = (request: Request, handle: number): QueueRequest => {
  const { requestType, writeData } = request;
  const transaction = request.transactionNumber;
  if (requestType === onDemandRequest.multicast)
    return { transaction, handle: request.deviceHandle, type: requestType, multicast: writeData };
  const byIndex = requestType === onDemandRequest.writeUserDataByIndex;
  const type = byIndex ? onDemandRequest.writeUserData : requestType;
  return { transaction, handle, type, data: writeData ?? imageData(request) };
};

export interface OnDemandSite {
  readonly queue: RequestQueue;
  readonly devices: DeviceEntries;
  readonly dimensions: Dimensions;
  readonly time: Millis;
}

/** M-Bus devices have answered when the procedure is done; what is for a MEP client waits for it in the queue. */
export const postOnDemand = (parameters: Uint8Array, level: Level, site: OnDemandSite): Posted => {
  const { queue, devices, dimensions, time } = site;
  if (level !== "advanced") return refused(result.notAuthorized);
  const request = parse(parameters, dimensions);
  if (request === undefined || !types.has(request.requestType)) return refused(result.badType);
  const [slot] = slotsOf(request, devices);
  if (slot === undefined) return refused(result.noSuchDevice);
  if (request.requestType === onDemandRequest.multicast) {
    // There is one area for such messages: the next one waits until the request has its result.
    if (queue.multicastTaken) return refused(result.queueFull);
  } else if ((request.writeData?.length ?? 0) >= dimensions.ET11.onDemandWriteEntrySize) return refused(result.badType);
  const index = queue.post(queued(request, devices.handle(slot)), time);
  return index === undefined ? refused(result.queueFull) : { result: result.done, data: [index] };
};
