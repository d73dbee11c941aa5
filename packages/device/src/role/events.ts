/** What a device tells people and the journal: what the grid asked, what was answered, and what went wrong. */

import type { Millis } from "@meterport/protocol/ports";
import type { PostKind } from "@meterport/protocol/procedures/post-messages";

/** Why a request of the grid is not answered with success. */
export type Obstacle =
  /** The application refused, or failed. */
  | "refused"
  /** The application did not answer in time. */
  | "no-answer"
  /** The request type means nothing to a MEP client (MEP guide 1.1, pp. 97-98). */
  | "unsupported"
  /** The message or the answer does not fit its length. */
  | "bad-length"
  /** The entry left the queue before it was answered. */
  | "gone"
  /** The meter ended it as not answered. */
  | "expired";

export type FileObstacle =
  | "off"
  | "not-started"
  | "bad-packet"
  | "too-large"
  | "too-scattered"
  | "missing-packets"
  | "no-mac"
  | "wrong-mac"
  | "not-stored";

/** Something happened to the device. `transaction` is null where a message has none. */
export type DeviceEvent =
  | { readonly type: "registered"; readonly handle: number; readonly written: boolean }
  | {
      readonly type: "other-device";
      readonly identification: string;
      readonly handle: number | null;
      readonly removing: boolean;
    }
  | { readonly type: "other-device-removed"; readonly handle: number }
  | { readonly type: "registration-lost"; readonly handle: number }
  /** `until` in Unix milliseconds. */
  | { readonly type: "registration-waits"; readonly until: Millis }
  | { readonly type: "registration-unconfirmed" }
  | { readonly type: "device-down"; readonly handle: number }
  | { readonly type: "unknown-alerts"; readonly flags: number }
  | {
      readonly type: "asked";
      readonly kind: PostKind;
      readonly transaction: number | null;
      readonly requestType: number | null;
    }
  | {
      readonly type: "answered";
      readonly kind: PostKind;
      readonly transaction: number | null;
      readonly success: boolean;
    }
  | {
      readonly type: "not-answered";
      readonly kind: PostKind;
      readonly transaction: number | null;
      readonly why: Obstacle;
      readonly detail: string;
    }
  /** The application gave no form for this message, so it cannot be written. */
  | { readonly type: "no-form"; readonly kind: PostKind; readonly transaction: number | null }
  | {
      readonly type: "post-failed";
      readonly kind: PostKind;
      readonly transaction: number | null;
      readonly detail: string;
      readonly final: boolean;
    }
  | { readonly type: "repeated-request"; readonly transaction: number }
  | { readonly type: "alert-stays"; readonly kind: PostKind }
  | { readonly type: "downlink-data"; readonly data: Uint8Array }
  | { readonly type: "file-started" }
  /** How many packets have arrived; told for each hundred. */
  | { readonly type: "file-progress"; readonly packets: number }
  | { readonly type: "file-complete"; readonly length: number; readonly verified: boolean }
  | { readonly type: "file-refused"; readonly why: FileObstacle; readonly detail: string }
  | { readonly type: "paused"; readonly detail: string }
  | { readonly type: "resumed" }
  | { readonly type: "failed"; readonly doing: string; readonly detail: string };

const kinds: Readonly<Record<PostKind, string>> = {
  "scheduled-read": "scheduled read",
  "scheduled-read-and-alarms": "scheduled read",
  "on-demand": "on-demand request",
  "clear-mbus-alert": "M-Bus alert",
  "clear-delta-alert": "delta data alert",
};

const obstacles: Readonly<Record<Obstacle, string>> = {
  refused: "the application refused",
  "no-answer": "the application did not answer in time",
  unsupported: "a MEP client cannot serve this type",
  "bad-length": "its length is impossible",
  gone: "it left the queue",
  expired: "the meter ended it as not answered",
};

const fileObstacles: Readonly<Record<FileObstacle, string>> = {
  off: "files are not switched on",
  "not-started": "no transfer was started",
  "bad-packet": "a packet has the wrong length or number",
  "too-large": "it is longer than allowed",
  "too-scattered": "too many gaps between its packets",
  "missing-packets": "packets are missing",
  "no-mac": "the security mode asks for a MAC, which cannot be checked",
  "wrong-mac": "its MAC is wrong",
  "not-stored": "it could not be stored",
};

const named = (kind: PostKind, transaction: number | null): string =>
  transaction === null ? kinds[kind] : `${kinds[kind]} ${transaction}`;
const hex = (value: number): string => `0x${value.toString(16).padStart(2, "0")}`;
const withDetail = (text: string, detail: string): string => (detail === "" ? text : `${text}: ${detail}`);

/**
 * The event as one English phrase.
 *
 * @example
 * deviceEventText({ type: "registered", handle: 1000, written: true }) // "registered with handle 1000"
 * deviceEventText({ type: "answered", kind: "on-demand", transaction: 7, success: true }) // "answered on-demand request 7"
 */
export const deviceEventText = (event: DeviceEvent): string => {
  switch (event.type) {
    case "registered":
      return event.written ? `registered with handle ${event.handle}` : `is registered with handle ${event.handle}`;
    case "other-device":
      return event.removing
        ? `another device is registered (${event.identification}); removing it`
        : `another device is registered (${event.identification}); allow its replacement, or unplug this one`;
    case "other-device-removed":
      return `removed the other device, handle ${event.handle}`;
    case "registration-lost":
      return `the registration with handle ${event.handle} is gone`;
    case "registration-waits":
      return `registers again after ${new Date(event.until).toISOString()}, to spare handles`;
    case "registration-unconfirmed":
      return "the meter gave no handle; looking again later";
    case "device-down":
      return `the meter counts the device with handle ${event.handle} as down`;
    case "unknown-alerts":
      return event.flags === 0 ? "unknown alert flags are gone" : `unknown alert flags ${hex(event.flags)}`;
    case "downlink-data":
      return `${event.data.length} bytes of data for the device`;
    case "paused":
      return withDetail("paused", event.detail);
    case "resumed":
      return "continues";
    case "failed":
      return `${event.doing} failed: ${event.detail}`;
    default:
      return requestText(event);
  }
};

type RequestEvent = Extract<
  DeviceEvent,
  {
    readonly type:
      | "asked"
      | "answered"
      | "not-answered"
      | "no-form"
      | "post-failed"
      | "repeated-request"
      | "alert-stays"
      | "file-started"
      | "file-progress"
      | "file-complete"
      | "file-refused";
  }
>;

const requestText = (event: RequestEvent): string => {
  switch (event.type) {
    case "asked":
      return event.requestType === null
        ? `asked: ${named(event.kind, event.transaction)}`
        : `asked: ${named(event.kind, event.transaction)}, type ${event.requestType}`;
    case "answered":
      return `answered ${named(event.kind, event.transaction)}${event.success ? "" : " with a failure"}`;
    case "not-answered":
      return withDetail(`${named(event.kind, event.transaction)}: ${obstacles[event.why]}`, event.detail);
    case "no-form":
      return `${named(event.kind, event.transaction)} not answered: give the form of "${event.kind}" in EP39`;
    case "post-failed":
      return `answer to ${named(event.kind, event.transaction)} failed${event.final ? ", given up" : ""}: ${event.detail}`;
    case "repeated-request":
      return `on-demand request ${event.transaction} came again and was left alone`;
    case "alert-stays":
      return `the ${kinds[event.kind]} was answered, but its alert stays`;
    case "file-started":
      return "a file transfer began";
    case "file-progress":
      return `${event.packets} packets of the file arrived`;
    case "file-complete":
      return `file complete, ${event.length} bytes${event.verified ? ", MAC verified" : ""}`;
    case "file-refused":
      return withDetail(`file: ${fileObstacles[event.why]}`, event.detail);
  }
};
