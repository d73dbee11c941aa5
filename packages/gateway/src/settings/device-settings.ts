/** What a point is as a device of the grid. Each right is granted by name; without any it only reads. */
import type { DisplayIcon } from "@meterport/client/meter/write/display";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import type { PostForms } from "@meterport/protocol/procedures/post-messages";

/**
 * - `register`: introduce itself in ET50, and serve the meter's alerts.
 * - `replace`: remove another device that is registered at this port.
 * - `answer`: post readings and answers to the head-end with EP39.
 * - `files`: take files that the head-end sends, into the data folder. Nothing runs them.
 * - `display`: show values on the meter's display.
 * - `watch`: have the meter watch sources and alert when one changes (ET71).
 */
export const deviceRights = ["register", "replace", "answer", "files", "display", "watch"] as const;
export type DeviceRight = (typeof deviceRights)[number];

/** A reading of one's own that the head-end may have. */
export interface SourceSettings {
  readonly name: string;
  /** As M-Bus names it: "volume". */
  readonly quantity: string;
  /** "m³"; null if the quantity has none. */
  readonly unit: string | null;
  /** An older value is not sent. */
  readonly maxAge: Millis;
  /** The topic at the broker that it comes from; by HTTP if omitted. */
  readonly topic: string | undefined;
}

/** A live value at a place of the display. */
export interface ShownValue {
  readonly place: number;
  readonly key: LiveKey;
  readonly icons: readonly DisplayIcon[];
}

/** When the house of the display is on: always, or while more is exported than imported. */
export const houseIcons = ["on", "exporting"] as const;
export type HouseIcon = (typeof houseIcons)[number];

export interface DeviceSettings {
  readonly rights: readonly DeviceRight[];
  /** 30 bytes for ET50. */
  readonly identification: Uint8Array;
  readonly forms: PostForms;
  readonly sources: readonly SourceSettings[];
  /** Where topics are: "mqtt://host:1883". */
  readonly broker: string | undefined;
  /** Longest file, in bytes. */
  readonly mostFileBytes: number;
  readonly display: readonly ShownValue[];
  /** The house stays as it is if omitted. */
  readonly house: HouseIcon | undefined;
  /** Sources that the meter watches: source id and least change in its unit. */
  readonly watch: readonly { readonly source: number; readonly delta: number }[];
}
