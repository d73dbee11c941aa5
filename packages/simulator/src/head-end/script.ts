/** What a head-end does over time, as a value. */
import type { Millis } from "@meterport/protocol/ports";
import type { requestType } from "./received.ts";

/** Devices by name, in the order of their slots. */
export const deviceNames = ["mbus1", "mbus2", "mbus3", "mbus4", "mep1", "mep2"] as const;
export type DeviceName = (typeof deviceNames)[number];

/** Requests that a step can name; files have a step of their own. */
export const scriptRequests = {
  read: 2,
  write: 4,
  "write-by-index": 10,
  "application-reset": 1,
  status: 3,
  "time-sync": 5,
} as const satisfies Readonly<Record<string, (typeof requestType)[keyof typeof requestType]>>;

export const frequencies = { hourly: 0, daily: 1, weekly: 2, monthly: 3, never: 4 } as const;

export type ScriptAction =
  | { readonly do: "scheduled-read"; readonly device: number }
  | { readonly do: "on-demand"; readonly device: number; readonly type: number; readonly data?: Uint8Array | undefined }
  | { readonly do: "multicast"; readonly data: Uint8Array; readonly groups?: number | undefined }
  | {
      readonly do: "file";
      readonly device: number;
      readonly file: Uint8Array;
      readonly macKey?: Uint8Array | undefined;
    }
  | { readonly do: "remove"; readonly device: number }
  | { readonly do: "discover" }
  | { readonly do: "alarm"; readonly device: number; readonly status: number }
  | { readonly do: "clear-alarms"; readonly device: number }
  | { readonly do: "valve"; readonly device: number; readonly valve: "open" | "closed" }
  | { readonly do: "power-failure"; readonly lasts: Millis }
  | { readonly do: "delta" }
  | { readonly do: "mbus-change" }
  | { readonly do: "downlink"; readonly device: number; readonly data: Uint8Array }
  | {
      readonly do: "schedule";
      readonly device: number;
      readonly day: number;
      readonly hour: number;
      readonly minute: number;
      readonly frequency: number;
    };

export interface ScriptStep {
  /** Since the script began, by the meter's clock. */
  readonly at: Millis;
  /** Again after so long; once if omitted. */
  readonly every?: Millis | undefined;
  /** How often in all, with `every`; for ever if omitted. */
  readonly times?: number | undefined;
  readonly action: ScriptAction;
}

export interface HeadEndScript {
  /** How clients write what they post. */
  readonly forms: "virtual" | "third-party";
  /** Whether scheduled reads also go to ET16. */
  readonly compatible: boolean;
  readonly steps: readonly ScriptStep[];
}
