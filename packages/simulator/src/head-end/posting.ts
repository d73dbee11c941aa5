/** EP39 as the meter runs it: what a MEP client posts (MEP guide 1.1, pp. 33, 41, 57 and 90-101). */
import { LayoutError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { decodePost, type PostForms, type PostMessage } from "@meterport/protocol/procedures/post-messages";
import { mepHeader } from "../history/device-reads.ts";
import { deviceState, firstMepSlot, localTime } from "../meter/device-entries.ts";
import type { ProcedureCall } from "../meter/mep-side.ts";
import { queueResult } from "../meter/request-queue.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";
import type { AlertFlags } from "./alert-flags.ts";
import type { Received } from "./received.ts";

/** Results of EP39. The guides have none, so these are the general ones of procedures (p. 59). */
const postResult = { done: 0, badParameter: 2, conflict: 3 } as const;

const billingRead = 2;
type OnDemand = Extract<PostMessage, { kind: "on-demand" }>;

export interface PostingOptions {
  readonly meter: VirtualMeter;
  readonly forms: PostForms;
  readonly flags: AlertFlags;
  /** Whether scheduled reads also go to ET16, as older installations want it (p. 98). */
  readonly compatible: boolean;
  readonly deliver: (received: Received) => void;
  /** Called with what a device answered, just before its request ends. */
  readonly answered: (data: Uint8Array) => void;
  readonly cleared: (slot: number, alert: "mbusChange" | "deltaData") => void;
}

export class Posting {
  readonly #options: PostingOptions;
  /** Handles that have had their first read, by slot. */
  readonly #readOnce = new Map<number, number>();

  constructor(options: PostingOptions) {
    this.#options = options;
  }

  /** Runs a call and gives its result. */
  run({ parameters, port, time }: ProcedureCall): number {
    const { meter } = this.#options;
    const slot = firstMepSlot + port - 1;
    // Who is not registered cannot post (p. 42).
    if (!meter.mep.isRegistered(slot) || meter.mep.devices.handle(slot) === 0) return postResult.conflict;
    const message = this.#decode(parameters);
    if (message === undefined) return postResult.badParameter;
    if (message.kind === "on-demand") return this.#onDemand(slot, message, time);
    if (message.kind === "clear-mbus-alert") return this.#clear(slot, "mbusChange");
    if (message.kind === "clear-delta-alert") return this.#clear(slot, "deltaData");
    return this.#scheduled(slot, message, time);
  }

  #decode(parameters: Uint8Array): PostMessage | undefined {
    try {
      return decodePost(this.#options.forms, parameters);
    } catch (error) {
      if (error instanceof LayoutError) return undefined;
      throw error;
    }
  }

  #clear(slot: number, alert: "mbusChange" | "deltaData"): number {
    const { flags, cleared } = this.#options;
    if (!flags.isSet(slot, alert)) return postResult.done;
    flags.clear(slot, alert);
    cleared(slot, alert);
    return postResult.done;
  }

  /** Only the oldest entry can be answered, and only by its own device (p. 31). */
  #onDemand(slot: number, message: OnDemand, time: Millis): number {
    const { meter, forms, deliver, answered } = this.#options;
    const { queue, devices } = meter.mep;
    const handle = devices.handle(slot);
    const fields = forms["on-demand"]?.fields ?? [];
    if (fields.includes("handle") && message.handle !== handle) return postResult.badParameter;
    queue.advance(time);
    const request = queue.oldest?.request;
    if (request === undefined || request.handle !== handle) return postResult.conflict;
    if (fields.includes("transaction") && message.transaction !== request.transaction) return postResult.conflict;
    const { success, data } = message;
    const reads = success && request.type === billingRead;
    const kept = reads
      ? this.#keep(slot, data, time, { log: false, show: true, collected: false })
      : { data, cut: false };
    if (success) {
      answered(kept.data);
      // Who takes a write or a file only says so.
      if (reads || kept.data.length > 0)
        deliver({ time, device: slot, handle, kind: "on-demand", transaction: request.transaction, ...kept });
    }
    queue.end(success ? queueResult.success : queueResult.failed, time);
    return postResult.done;
  }

  #scheduled(
    slot: number,
    message: Extract<PostMessage, { kind: "scheduled-read" | "scheduled-read-and-alarms" }>,
    time: Millis,
  ): number {
    const { meter, flags, compatible, deliver } = this.#options;
    const handle = meter.mep.devices.handle(slot);
    const asked = flags.isSet(slot, "scheduledRead");
    flags.clear(slot, "scheduledRead");
    const first = this.#readOnce.get(slot) !== handle;
    // The first read of a device is for ET16, as is what nobody asked for (p. 98).
    const log = asked && !first;
    const show = !log || compatible;
    const kept = this.#keep(slot, message.data, time, { log, show, collected: show });
    const alarms = message.kind === "scheduled-read-and-alarms" ? message.alarms : undefined;
    if (alarms !== undefined) this.#alarm(slot, alarms, time);
    deliver({ time, device: slot, handle, kind: asked ? "scheduled" : "unsolicited", alarms, ...kept });
    return postResult.done;
  }

  /** Puts a read into ET16 or ET45, or both, and counts it in ET14 (pp. 92-94). */
  #keep(
    slot: number,
    sent: Uint8Array,
    time: Millis,
    { log, show, collected }: { log: boolean; show: boolean; collected: boolean },
  ): { readonly data: Uint8Array; readonly cut: boolean } {
    const { devices, reads } = this.#options.meter.mep;
    const room = this.#options.meter.dimensions.ET11.dataEntrySize - mepHeader;
    const cut = sent.length > room;
    const data = sent.slice(0, room);
    const handle = devices.handle(slot);
    this.#readOnce.set(slot, handle);
    const answers = (devices.status(slot)?.readAnswers ?? 0) + 1;
    const read = { slot, handle, time, response: { readCount: answers & 0xffff, data } };
    if (log) reads.append(read);
    if (show) reads.show(read);
    devices.update(slot, (status) => ({
      deviceStatus: deviceState.mepUp,
      readAnswers: answers >>> 0,
      billingReadOverflow: status.billingReadOverflow || cut,
      billingDataCollected: status.billingDataCollected || collected,
      ...(show ? { billingReadLength: mepHeader + data.length } : {}),
    }));
    return { data, cut };
  }

  /** Alarms are latched; those that ET13 calls urgent are also an alarm of the meter (pp. 87 and 93-95). */
  #alarm(slot: number, alarms: number, time: Millis): void {
    const { devices } = this.#options.meter.mep;
    const low = alarms & 0xff;
    const urgent = devices.configuration(slot)?.deviceAlarmBitmask ?? 0;
    devices.update(slot, (status) => ({
      deviceAlarms: status.deviceAlarms | low,
      newDeviceAlarm: status.newDeviceAlarm || (low & ~status.deviceAlarms & urgent) !== 0,
      statusRead: localTime(time),
    }));
  }
}
