/**
 * The circular queue of ET15: requests to M-Bus devices and MEP clients (MEP guide 1.1, pp. 31 and 95-98). Only the oldest
 * one can end; a MEP client that does not answer it within ET51's time holds up all others until then.
 */
import { decode, encode } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { type Dimensions, ET15, ET51 } from "@meterport/protocol/tables/index";
import type { Memory } from "../contents/memory.ts";
import { type DeviceEntries, firstMepSlot, localTime } from "./device-entries.ts";

/** Results in ET15 (p. 97). */
export const queueResult = { waiting: 0, success: 1, noResponse: 2, failed: 3 } as const;
type Ended = 1 | 2 | 3;

export interface QueueRequest {
  readonly transaction: number;
  /** A handle; for a multicast the group mask. */
  readonly handle: number;
  /** As in ET15, 1..9. */
  readonly type: number;
  /** Goes into the write message with the index of the entry. */
  readonly data?: Uint8Array | undefined;
  /** Goes into the one multicast area. */
  readonly multicast?: Uint8Array | undefined;
  /** Called once, when it has its result. */
  readonly ended?: ((result: Ended, time: Millis) => void) | undefined;
}

/** A request that has no result yet. */
export interface Waiting {
  readonly index: number;
  readonly request: QueueRequest;
  /** When it was posted, by the meter's clock. */
  readonly since: Millis;
}

/** Answers for M-Bus devices, which need no time here; gives the result of the request. */
export type MbusAnswer = (request: QueueRequest, time: Millis) => Ended;

const billingRead = 2;
const multicast = 6;
const noData = new Uint8Array(0);

export class RequestQueue {
  readonly #memory: Memory;
  readonly #dimensions: Dimensions;
  readonly #devices: DeviceEntries;
  readonly #answer: MbusAnswer;
  #waiting: Waiting[] = [];
  #next = 0;

  constructor(memory: Memory, dimensions: Dimensions, devices: DeviceEntries, answer: MbusAnswer) {
    this.#memory = memory;
    this.#dimensions = dimensions;
    this.#devices = devices;
    this.#answer = answer;
  }

  /** The oldest request without a result. */
  get oldest(): Waiting | undefined {
    return this.#waiting[0];
  }

  get full(): boolean {
    return this.#waiting.length >= this.#dimensions.ET11.onDemandQueueSize;
  }

  /** Whether a request that needs the multicast area waits. */
  get multicastTaken(): boolean {
    return this.#waiting.some(({ request }) => request.multicast !== undefined);
  }

  /** Enters a request and gives its index in ET15; undefined if the queue is full. */
  post(request: QueueRequest, time: Millis): number | undefined {
    if (this.full) return undefined;
    const index = this.#next;
    this.#next = (index + 1) % this.#dimensions.ET11.onDemandQueueSize;
    this.#waiting.push({ index, request, since: time });
    this.#write(index, request);
    this.#count(request, time);
    this.advance(time);
    return index;
  }

  /** ET14 counts requests of any kind, and has the time of the latest billing read that was tried (pp. 92 and 95). */
  #count({ handle, type }: QueueRequest, time: Millis): void {
    const slot = type === multicast ? undefined : this.#devices.slotOf(handle);
    if (slot === undefined) return;
    this.#devices.update(slot, ({ readAttempts }) => ({
      readAttempts: (readAttempts + 1) >>> 0,
      ...(type === billingRead ? { lastReadAttempt: localTime(time) } : {}),
    }));
  }

  /** Ends the oldest request. */
  end(result: Ended, time: Millis): void {
    this.#end(result, time);
    this.advance(time);
  }

  /** Answers for M-Bus devices and lets expire what is too old, as far as the oldest request permits. */
  advance(time: Millis): void {
    for (;;) {
      const { oldest } = this;
      if (oldest === undefined) return;
      if (this.#isMbus(oldest.request)) this.#end(this.#answer(oldest.request, time), time);
      else if (time >= this.#expiryOf(oldest)) this.#end(queueResult.noResponse, time);
      else return;
    }
  }

  /** When the oldest request expires, by the meter's clock. */
  get expiry(): Millis | undefined {
    return this.oldest === undefined ? undefined : this.#expiryOf(this.oldest);
  }

  /** Its device is gone: whatever was asked of it has failed (p. 42). */
  drop(handle: number, time: Millis): void {
    const gone = this.#waiting.filter(({ request }) => request.handle === handle && !this.#isMulticast(request));
    this.#waiting = this.#waiting.filter((waiting) => !gone.includes(waiting));
    for (const { index, request } of gone) {
      this.#put(index, queueResult.failed);
      request.ended?.(queueResult.failed, time);
    }
    this.advance(time);
  }

  /** Forgets everything, as without power: what waited gets no response. */
  clear(time: Millis): void {
    const lost = this.#waiting;
    this.#waiting = [];
    this.#next = 0;
    const bytes = this.#memory.get(ET15.number);
    if (bytes !== undefined) this.#memory.patch(ET15.number, 0, new Uint8Array(bytes.length));
    for (const { request } of lost) request.ended?.(queueResult.noResponse, time);
  }

  #isMulticast({ type, multicast: message }: QueueRequest): boolean {
    return type === multicast && message !== undefined;
  }

  #isMbus(request: QueueRequest): boolean {
    if (this.#isMulticast(request)) return true;
    const slot = this.#devices.slotOf(request.handle);
    return slot !== undefined && slot < firstMepSlot;
  }

  /** Each client has its own time in ET51. */
  #expiryOf({ request, since }: Waiting): Millis {
    const { clients } = decode(ET51, this.#memory.get(ET51.number) ?? noData, this.#dimensions, { trailing: "keep" });
    const client = (this.#devices.slotOf(request.handle) ?? firstMepSlot) - firstMepSlot;
    return since + 1000 * (clients[client]?.onDemandTimeout ?? 0);
  }

  #end(result: Ended, time: Millis): void {
    const ended = this.#waiting.shift();
    if (ended === undefined) return;
    this.#put(ended.index, result);
    ended.request.ended?.(result, time);
  }

  #put(index: number, result: Ended): void {
    this.#change((table) => {
      const entry = table.requestQueue[index];
      if (entry !== undefined) entry.result = result;
    });
  }

  #write(index: number, request: QueueRequest): void {
    this.#change((table) => {
      const entry = table.requestQueue[index];
      const message = table.writeMessages[index];
      if (entry === undefined || message === undefined) return;
      entry.transactionNbr = request.transaction;
      entry.deviceHandleOrGroupMask = request.handle;
      entry.requestType = request.type;
      entry.result = queueResult.waiting;
      message.writeDataLength = request.data?.length ?? 0;
      message.writeData = padded(request.data ?? noData, message.writeData.length);
      if (request.multicast === undefined) return;
      table.multicastDataLength = request.multicast.length;
      table.multicastDataMessage = padded(request.multicast, table.multicastDataMessage.length);
    });
  }

  #change(change: (table: ET15) => void): void {
    const bytes = this.#memory.get(ET15.number);
    if (bytes === undefined) return;
    const table = decode(ET15, bytes, this.#dimensions, { trailing: "keep" });
    change(table);
    table.writePointer = this.#next;
    table.readPointer = this.oldest?.index ?? this.#next;
    this.#memory.patch(ET15.number, 0, encode(ET15, table, this.#dimensions));
  }
}

const padded = (data: Uint8Array, length: number): Uint8Array => {
  const out = new Uint8Array(length);
  out.set(data.subarray(0, length));
  return out;
};
