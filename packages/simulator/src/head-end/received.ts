/** What the head-end has, and what it did: values for programs and for lines on a terminal. */
import type { Millis } from "@meterport/protocol/ports";

/** Data that came from a device. */
export interface Received {
  /** Unix milliseconds of the meter's clock. */
  readonly time: Millis;
  /** Slot of the device in ET14: 0..3 M-Bus, 4 and 5 MEP clients. */
  readonly device: number;
  readonly handle: number;
  /** `unsolicited` is data of a scheduled read that nobody had asked for. */
  readonly kind: "scheduled" | "unsolicited" | "on-demand";
  /** Of an on-demand request. */
  readonly transaction?: number | undefined;
  /** The device's alarms, a bit each; undefined where it sent none. */
  readonly alarms?: number | undefined;
  readonly data: Uint8Array;
  /** Whether the meter had no room for all of it. */
  readonly cut: boolean;
}

export type Outcome = "waiting" | "posted" | "answered" | "failed" | "expired";

/** Types of requests in ET15 (MEP guide 1.1, pp. 96-97), and 10, which EP19 has besides (p. 252). */
export const requestType = {
  applicationReset: 1,
  read: 2,
  status: 3,
  write: 4,
  timeSync: 5,
  multicast: 6,
  fileStart: 7,
  filePacket: 8,
  fileSwitchover: 9,
  writeByIndex: 10,
} as const;

/** A request of the head-end, as it stands now. */
export interface GridRequest {
  /** Its place among all requests of this head-end, from 0. */
  readonly id: number;
  /** Slot of the device; undefined for a multicast. */
  readonly device: number | undefined;
  readonly type: number;
  readonly data?: Uint8Array | undefined;
  readonly outcome: Outcome;
  /** In ET15; undefined before it is there. */
  readonly transaction?: number | undefined;
  /** Of the device when it was posted; the groups of a multicast. */
  readonly handle?: number | undefined;
  readonly askedAt: Millis;
  readonly postedAt?: Millis | undefined;
  readonly endedAt?: Millis | undefined;
  /** What the device sent with its answer. */
  readonly answer?: Uint8Array | undefined;
}

/** Where the sending of a file stands. */
export interface FileState {
  readonly device: number;
  /** Bytes. */
  readonly length: number;
  readonly packets: number;
  /** Packets that the device has acknowledged. */
  readonly sent: number;
  readonly state: "running" | "done" | "failed";
}

/** What happened, as it happens. `time` is that of the meter's clock. */
export type HeadEndEvent = { readonly time: Millis } & (
  | {
      readonly type: "registered";
      readonly device: number;
      readonly handle: number;
      readonly identification: Uint8Array;
    }
  | { readonly type: "removed"; readonly device: number; readonly handle: number }
  | { readonly type: "down" | "up"; readonly device: number; readonly handle: number }
  | { readonly type: "read-due"; readonly device: number; readonly handle: number }
  | { readonly type: "posted" | "ended"; readonly request: GridRequest }
  | { readonly type: "received"; readonly received: Received }
  | {
      readonly type: "alert-raised" | "alert-cleared";
      readonly device: number;
      readonly alert: "mbusChange" | "deltaData";
    }
  /** An alarm was latched in ET14: all bits that are latched now. */
  | {
      readonly type: "alarm";
      readonly device: number;
      readonly handle: number;
      readonly alarms: number;
      readonly deviceAlarms: number;
    }
  | { readonly type: "file"; readonly file: FileState }
  | { readonly type: "power-failed" | "power-restored" }
);
