/** What goes into the device role and what comes out. */
import type { AnyTable } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import type { PostForms } from "@meterport/protocol/procedures/post-messages";
import type { DeviceEvent } from "./events.ts";
import type { RoleMemory } from "./memory.ts";

/** A field in a table, as `Meter.readPath` takes it. */
export type FieldPath = readonly (string | number)[];

/** Something that must be done before the role goes on; one at a time. */
export type Step =
  /** Gives the values at these paths, from one read. */
  | { readonly type: "read"; readonly table: AnyTable; readonly paths: readonly FieldPath[]; readonly urgent: boolean }
  /** Gives the byte where the field at this path begins, with the bits that nobody declared. */
  | { readonly type: "read-byte"; readonly table: AnyTable; readonly path: FieldPath }
  /** Writes what differs. */
  | {
      readonly type: "write";
      readonly table: AnyTable;
      readonly fields: readonly { readonly path: FieldPath; readonly value: unknown }[];
    }
  /** EP17, until it is done. */
  | { readonly type: "remove-device"; readonly handle: number }
  /** EP39 with these parameters. */
  | { readonly type: "post"; readonly parameters: Uint8Array }
  /** Must be on disk before `done`. */
  | { readonly type: "remember"; readonly memory: RoleMemory }
  | { readonly type: "file"; readonly file: FileStep };

/** What is to be done with the bytes of a file; `done` only when they are safe. Each may come twice. */
export type FileStep =
  | { readonly do: "begin" }
  | { readonly do: "write"; readonly offset: number; readonly bytes: Uint8Array }
  /** Gives whether the MAC of the first `length` bytes is this one. */
  | { readonly do: "verify"; readonly length: number; readonly mac: Uint8Array }
  | { readonly do: "complete"; readonly length: number; readonly verified: boolean }
  | { readonly do: "drop" };

/** What the grid asks of the application. */
export type Ask =
  /** Readings for the head-end, by schedule. */
  | { readonly kind: "scheduled-read" }
  /** Readings for the head-end, now. */
  | { readonly kind: "on-demand-read"; readonly transaction: number }
  /** A message for the device; what comes back may be empty. `requestType` is 4 or 10 (MEP guide 1.1, pp. 97 and 252). */
  | {
      readonly kind: "message";
      readonly transaction: number;
      readonly requestType: number;
      readonly data: Uint8Array;
    }
  /** A control value of an M-Bus device changed, or there is new load profile data: read ET58 or the profile. */
  | { readonly kind: "mbus-change" }
  /** A source that ET71 watches changed: read ET71. */
  | { readonly kind: "delta-data" };

/** The application's answer; no data if omitted. */
export interface Answer {
  readonly data?: Uint8Array | undefined;
  /** A bit each, with a scheduled read. */
  readonly alarms?: number | undefined;
}

/** Why a step failed. */
export interface StepFailure {
  /** `link`: nothing is known of what the meter did. `refused`: it said no. `here`: nothing was sent, or the store failed. */
  readonly kind: "link" | "refused" | "here";
  readonly detail: string;
}

export type RoleInput =
  /** First of all, with the wall clock in Unix milliseconds, the meter's serial number and what was remembered. */
  | { readonly type: "started"; readonly wall: Millis; readonly meter: string; readonly memory: unknown }
  | { readonly type: "link"; readonly up: boolean }
  | { readonly type: "alert" }
  /** The meter may have lost power, or its dimensions changed. */
  | { readonly type: "doubt" }
  | { readonly type: "done"; readonly id: number; readonly value: unknown }
  | { readonly type: "failed"; readonly id: number; readonly failure: StepFailure }
  | { readonly type: "answer"; readonly ask: number; readonly answer: Answer }
  | { readonly type: "refusal"; readonly ask: number; readonly reason: string }
  /** Look for non-urgent data now. */
  | { readonly type: "read-downlink" }
  /** `traffic`: the meter answered other requests of this client since the input before. */
  | { readonly type: "tick"; readonly traffic: boolean };

export type RoleAction =
  | { readonly type: "step"; readonly id: number; readonly step: Step }
  /** To be answered with `answer` or `refusal` before `deadline`. */
  | { readonly type: "ask"; readonly ask: number; readonly deadline: Millis; readonly request: Ask }
  /** Nobody waits for this answer any more. */
  | { readonly type: "withdraw"; readonly ask: number }
  | { readonly type: "event"; readonly event: DeviceEvent };

export interface FileRules {
  /** Longest file, in bytes; 1 MiB by default. */
  readonly mostBytes?: number | undefined;
  /** Number of the first packet, which no guide gives; 0 by default. */
  readonly firstPacket?: 0 | 1 | undefined;
}

export interface RoleOptions {
  /** Which of the meter's MEP ports. */
  readonly port: 1 | 2;
  /** 30 bytes, see `mepIdentification`. */
  readonly identification: Uint8Array;
  /** How the device's messages are written; a message without a form is not sent. */
  readonly forms: PostForms;
  /** Whether another device that is registered at this port may be removed; false by default. */
  readonly replace?: boolean | undefined;
  /** Wants alerts of M-Bus changes; false by default. */
  readonly mbusAlerts?: boolean | undefined;
  /** Wants alerts of ET71; false by default. */
  readonly deltaAlerts?: boolean | undefined;
  /** Takes files; refused if omitted. */
  readonly files?: FileRules | undefined;
  /** How often to look for non-urgent data; only when told if omitted. */
  readonly downlinkEvery?: Millis | undefined;
}
