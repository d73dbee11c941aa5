/** Requests of the head-end: they wait for a place in ET15, go in one after another, and end once. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { ET16 } from "@meterport/protocol/tables/index";
import { firstMepSlot } from "../meter/device-entries.ts";
import { queueResult } from "../meter/request-queue.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";
import { type GridRequest, type HeadEndEvent, type Outcome, requestType } from "./received.ts";

/** Transaction numbers that the grid keeps for itself (MEP guide 1.1, p. 251). */
const firstTransaction = 0xff00;
const transactions = 0x100;

/** More than this is not remembered: the oldest that have ended are forgotten. */
const mostRemembered = 20_000;

/** What a request is to do. */
export interface RequestOptions {
  /** Slot of the device in ET14: 0..3 M-Bus, 4 and 5 MEP clients; undefined for a multicast. */
  readonly device?: number | undefined;
  /** See `requestType`. */
  readonly type: number;
  /** What types 4, 9 and 10 write. */
  readonly data?: Uint8Array | undefined;
  /** What types 6 and 8 put into the multicast area. */
  readonly multicast?: Uint8Array | undefined;
  /** Groups of a multicast, a bit each; all devices if omitted. */
  readonly groups?: number | undefined;
  readonly ended?: ((request: GridRequest) => void) | undefined;
}

type Mutable = { -readonly [K in keyof GridRequest]: GridRequest[K] };

interface Asked {
  readonly request: Mutable;
  readonly options: RequestOptions;
}

const everyGroup = 0xffff;
const mepTypes: ReadonlySet<number> = new Set([2, 4, 7, 8, 9, 10]);
const mbusTypes: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 10]);

export class Requests {
  readonly #meter: VirtualMeter;
  readonly #tell: (event: HeadEndEvent) => void;
  readonly #all: Mutable[] = [];
  #waiting: Asked[] = [];
  #asked = 0;
  #posted = 0;
  /** The request that the device has just answered. */
  #answer: Uint8Array | undefined;
  #busy = false;

  constructor(meter: VirtualMeter, tell: (event: HeadEndEvent) => void) {
    this.#meter = meter;
    this.#tell = tell;
  }

  /** As they stand now, oldest first. */
  get all(): readonly GridRequest[] {
    return this.#all;
  }

  /** @throws UsageError for a device or a type that cannot be asked, or data that the table has no room for */
  ask(options: RequestOptions, time: Millis): GridRequest {
    this.#check(options);
    const { device, type, data = options.multicast } = options;
    const request: Mutable = { id: this.#asked++, device, type, data, outcome: "waiting", askedAt: time };
    this.#all.push(request);
    const ended = this.#all.findIndex(({ endedAt }) => endedAt !== undefined);
    if (this.#all.length > mostRemembered && ended >= 0) this.#all.splice(ended, 1);
    this.#waiting.push({ request, options });
    this.pump(time);
    return request;
  }

  /** Notes what a device answers to the request that is about to end. */
  answered(data: Uint8Array): void {
    this.#answer = data;
  }

  /** Puts into ET15 what has room there. */
  pump(time: Millis): void {
    if (this.#busy || this.#meter.dark) return;
    this.#busy = true;
    try {
      for (;;) {
        const [next] = this.#waiting;
        const { queue } = this.#meter.mep;
        if (next === undefined || queue.full) return;
        // There is one multicast area for all requests.
        if (next.options.multicast !== undefined && queue.multicastTaken) return;
        this.#waiting.shift();
        this.#post(next, time);
      }
    } finally {
      this.#busy = false;
    }
  }

  /** What waits for a device that is gone has failed. */
  drop(device: number, time: Millis): void {
    const gone = this.#waiting.filter(({ options }) => options.device === device);
    this.#waiting = this.#waiting.filter(({ options }) => options.device !== device);
    for (const asked of gone) this.#end(asked, "failed", time);
  }

  #check({ device, type, data, multicast }: RequestOptions): void {
    const { devices } = this.#meter.mep;
    const { onDemandWriteEntrySize, mbusMulticastLength } = this.#meter.dimensions.ET11;
    const types = device === undefined ? [requestType.multicast] : device < firstMepSlot ? mbusTypes : mepTypes;
    if (device !== undefined && !(Number.isInteger(device) && device >= 0 && device < devices.count))
      throw new UsageError("device", `this meter has the devices 0 to ${devices.count - 1}, not ${device}`);
    if (![...types].includes(type))
      throw new UsageError(
        "type",
        `a request to ${device === undefined ? "groups" : `device ${device}`} has no type ${type}`,
      );
    if ((data?.length ?? 0) >= onDemandWriteEntrySize)
      throw new UsageError("data", `a request has room for ${onDemandWriteEntrySize - 1} bytes, not ${data?.length}`);
    if ((multicast?.length ?? 0) >= mbusMulticastLength)
      throw new UsageError(
        "data",
        `a multicast has room for ${mbusMulticastLength - 1} bytes, not ${multicast?.length}`,
      );
  }

  #post(asked: Asked, time: Millis): void {
    const { request, options } = asked;
    const { devices, queue } = this.#meter.mep;
    const { device, data, multicast } = options;
    const handle = device === undefined ? (options.groups ?? everyGroup) : devices.handle(device);
    if (handle === 0) {
      this.#end(asked, "failed", time);
      return;
    }
    const transaction = firstTransaction + (this.#posted++ % transactions);
    // ET15 knows the types to 9 only: a write by index is one to the device that has it (pp. 97 and 252).
    const type = request.type === requestType.writeByIndex ? requestType.write : request.type;
    Object.assign(request, { transaction, handle, postedAt: time, outcome: "posted" });
    this.#tell({ type: "posted", time, request: { ...request } });
    const ended = (result: number, when: Millis): void => this.#end(asked, outcomes[result] ?? "failed", when);
    queue.post({ transaction, handle, type, data, multicast, ended }, time);
  }

  #end({ request, options }: Asked, outcome: Outcome, time: Millis): void {
    request.outcome = outcome;
    request.endedAt = time;
    if (outcome === "answered") request.answer = this.#answer ?? this.#telegram(request);
    this.#answer = undefined;
    this.#tell({ type: "ended", time, request: { ...request } });
    options.ended?.(request);
  }

  /** What an M-Bus device has answered to a billing read; undefined for any other request. */
  #telegram({ device, type }: GridRequest): Uint8Array | undefined {
    if (device === undefined || device >= firstMepSlot || type !== requestType.read) return undefined;
    const { memory, mep, dimensions } = this.#meter;
    const length = Math.max(0, (mep.devices.status(device)?.billingReadLength ?? 0) - telegramAt);
    return memory.read(ET16.number, device * dimensions.ET11.dataEntrySize + telegramAt, length);
  }
}

/** Where the first telegram begins in an entry of ET16 (MEP guide 1.1, p. 99). */
const telegramAt = 8;

const outcomes: Readonly<Record<number, Outcome>> = {
  [queueResult.success]: "answered",
  [queueResult.noResponse]: "expired",
  [queueResult.failed]: "failed",
};
