/**
 * Reads a device behind the meter at once instead of by its schedule: EP19 posts the request, ET15 shows how it goes, ET16
 * holds the answer. It changes no setting, but the meter asks the device, whose battery that costs, and overwrites what
 * ET16 held of it. MEP guide 1.1, pp. 34-35, 95-98, 250-253.
 */

import type { CallOptions, Meter } from "@meterport/client/meter/meter";
import { isThere } from "@meterport/client/readers/alarms";
import { type DeviceRead, deviceReadOf } from "@meterport/client/readers/mbus";
import { meterLocalTime } from "@meterport/client/readers/meter-time";
import { ageOfRead } from "@meterport/client/readers/read-age";
import { pause } from "@meterport/client/session/pause";
import { ProcedureError, UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { EP19, onDemandRequest } from "@meterport/protocol/procedures/ep19-post-on-demand-request";
import { ET14 } from "@meterport/protocol/tables/extended/et14-device-status";
import { ET15 } from "@meterport/protocol/tables/extended/et15-on-demand-requests";
import { ET16 } from "@meterport/protocol/tables/extended/et16-device-data";
import { nextTransactionNumber } from "../role/transaction-numbers.ts";

export interface ReadNowOptions extends CallOptions {
  /** How long the request may wait in the meter's queue and the device may take, milliseconds; 60 s by default. */
  readonly timeout?: Millis | undefined;
}

/** What a device answered just now. */
export interface ReadNow {
  readonly slot: number;
  readonly handle: number;
  /** Number of the request in ET15. */
  readonly transaction: number;
  readonly read: DeviceRead;
  /** Seconds since the read, by the meter's clock, which shows whole minutes; null if unknown. */
  readonly age_s: number | null;
}

type Entry = ET15["requestQueue"][number];

/** MEP clients take these numbers (p. 251). */
const firstNumber = 0x0400;
const lastNumber = 0x04ff;
const pollEvery: Millis = 1_000;
/** The meter gives up after ET51's timeout, 30 s unless changed, and other requests may be ahead in the queue. */
const defaultTimeout: Millis = 60_000;
const result = { waiting: 0, success: 1, noResponse: 2, failed: 3 } as const;

/** How a posted request stands. */
export type RequestState = "waiting" | "done" | "no response" | "failed" | "gone";

/**
 * A transaction number that no entry of the queue has: the one after the last that was used, so that an old result is not
 * taken for a new one.
 *
 * @example
 * nextTransaction([]) // 1024
 * nextTransaction([{ transactionNbr: 1279 }, { transactionNbr: 1024 }]) // 1025
 */
export const nextTransaction = (queue: readonly Pick<Entry, "transactionNbr">[]): number => {
  const used = queue.map(({ transactionNbr }) => transactionNbr);
  const last = used.filter((n) => n >= firstNumber && n <= lastNumber).sort((a, b) => a - b);
  // The queue has at most 16 entries, by the size of its pointers, so there is always one.
  return nextTransactionNumber(used, last.at(-1)) ?? firstNumber;
};

/** How the request with this number and handle stands in the queue of ET15. */
export const requestState = (queue: readonly Entry[], transaction: number, handle: number): RequestState => {
  const entry = queue.find(
    ({ transactionNbr, deviceHandleOrGroupMask, requestType }) =>
      transactionNbr === transaction &&
      deviceHandleOrGroupMask === handle &&
      requestType === onDemandRequest.billingRead,
  );
  if (entry === undefined) return "gone";
  if (entry.result === result.waiting) return "waiting";
  if (entry.result === result.success) return "done";
  return entry.result === result.noResponse ? "no response" : "failed";
};

/** The slot of a handle in ET14. @throws UsageError (`no-such-device`) */
const slotOf = (devices: ET14["devices"], handle: number, own: number): number => {
  const slot = devices.findIndex((device) => isThere(device) && device.deviceHandle === handle);
  if (slot === own) throw new UsageError("own-handle", `handle ${handle} is this client itself; name another device`);
  if (slot >= 0 && handle !== 0) return slot;
  const known = devices.filter(isThere).map(({ deviceHandle }) => deviceHandle);
  const list = known.length === 0 ? "this meter has no devices" : `known: ${known.join(", ")}`;
  throw new UsageError("no-such-device", `no device has handle ${handle}; ${list}`);
};

const failures: Readonly<Record<Exclude<RequestState, "waiting" | "done">, readonly [string, number, string]>> = {
  "no response": ["no-response", result.noResponse, "the device did not answer the meter; try again later"],
  failed: ["failed", result.failed, "the meter could not read the device"],
  gone: [
    "gone",
    result.waiting,
    "the request left the meter's queue before it was answered; other requests took its place",
  ],
};

/** Waits until the request is done. @throws ProcedureError, LinkError, ResponseError */
const untilDone = async (
  meter: Meter,
  { transaction, handle, label }: { readonly transaction: number; readonly handle: number; readonly label: string },
  { signal, timeout = defaultTimeout }: ReadNowOptions,
): Promise<void> => {
  const began = meter.clock.now();
  for (;;) {
    const state = requestState(await meter.read(ET15, ["requestQueue"], { signal }), transaction, handle);
    if (state === "done") return;
    if (state !== "waiting") {
      const [code, number, text] = failures[state];
      throw new ProcedureError(code, number, label, text);
    }
    if (meter.clock.now() - began >= timeout)
      throw new ProcedureError(
        "not-complete",
        result.waiting,
        label,
        `still waiting in the meter's queue after ${timeout / 1000} s; the meter may read the device later`,
      );
    await pause(meter.clock, pollEvery, label, signal);
  }
};

/** @throws UsageError (`changed`) if another device has taken the slot meanwhile */
const checkSame = (now: ET14["devices"][number], handle: number, label: string): void => {
  if (now.deviceHandle !== handle)
    throw new UsageError("changed", `${label}: another device took its slot meanwhile, handle ${now.deviceHandle}`);
};

/**
 * Has the meter read a device now, and gives what it answered. Needs the advanced key and a connection that may write. Of
 * two requests for one device at once, the meter keeps the later answer only.
 *
 * @throws UsageError (`not-writable`, `key-level`, `no-such-device`, `own-handle`, `changed`); ProcedureError
 * (`no-response`, `failed`, `gone`, `no-data`, `not-complete`, or what EP19 says); ResponseError, LinkError, LayoutError
 * @example
 * ```ts
 * const meter = await connect(transport, { security, clock, writable: true });
 * const { read } = await readDeviceNow(meter, 7);
 * ```
 */
export const readDeviceNow = async (meter: Meter, handle: number, options: ReadNowOptions = {}): Promise<ReadNow> => {
  const call = { signal: options.signal };
  const label = `read device ${handle}`;
  const slot = slotOf(await meter.read(ET14, ["devices"], call), handle, meter.place.slot);
  const transaction = nextTransaction(await meter.read(ET15, ["requestQueue"], call));
  const request = { transactionNumber: transaction, deviceHandle: handle, requestType: onDemandRequest.billingRead };
  await meter.call(EP19, request, call);
  await untilDone(meter, { transaction, handle, label }, options);
  // At once: the answer to another request for this device would replace it (p. 35).
  const status = await meter.read(ET14, ["devices", slot], call);
  checkSame(status, handle, label);
  const { billingReadLength: length } = status;
  if (length === 0)
    throw new ProcedureError(
      "no-data",
      result.success,
      label,
      "the meter says that it has read it, but holds no answer",
    );
  const read = deviceReadOf(await meter.read(ET16, ["devices", slot], call), length);
  return { slot, handle, transaction, read, age_s: ageOfRead(read.readTime, await meterLocalTime(meter, call)) };
};
