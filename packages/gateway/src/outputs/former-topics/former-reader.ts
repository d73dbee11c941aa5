/** What a reader is that people had before: its messages, how it says that it is there, and its entities in Home Assistant. */
import type { Shown } from "../listening/meter-on-show.ts";
import type { Source } from "../listening/values.ts";
import type { PriceHours } from "./price-hours.ts";
import type { EnergySums } from "./running-sums.ts";

export interface FormerMessage {
  /** Below the configured topic, with a slash in front. */
  readonly path: string;
  readonly payload: string;
  readonly retain: boolean;
}

/** What counts since the connection was made. */
export interface Counts {
  /** Seconds. */
  readonly uptime: number;
  readonly readings: number;
}

/** What a reader can tell of at one moment. */
export interface Telling {
  readonly shown: Shown;
  readonly counts: Counts;
  readonly sums: EnergySums;
  /** What a kWh costs; undefined if nobody knows. */
  readonly prices: PriceHours | undefined;
  /** What stood before the name of each entity: "OSGP Meter". */
  readonly names: string;
  /** Version of Meterport. */
  readonly version: string;
}

/** Texts of the meter; null if it does not say. */
export const meterTexts = ({ point }: Shown) => {
  const { identity } = point.detail();
  return {
    manufacturer: identity?.manufacturer ?? null,
    model: identity?.model ?? null,
    firmware: identity?.firmware ?? null,
    serial: identity?.utility_serial ?? identity?.serial ?? null,
    makersSerial: identity?.serial ?? null,
  };
};

/** An entity that the reader had in Home Assistant. What is said of it is in Home Assistant's words. */
export interface FormerEntity {
  readonly name: string;
  /** Below the configured topic, with a slash in front. */
  readonly path: string;
  readonly uniqueId: string;
  /** Below the discovery prefix. */
  readonly configTopic: string;
  /** Made into the id of the entity, if it is new. */
  readonly objectId: string;
  readonly template?: string | undefined;
  readonly more: Readonly<Record<string, string | number>>;
  /** A state that becomes unknown if nothing more is heard of it. */
  readonly expires: boolean;
  /** Whether the meter has it. */
  readonly known: boolean;
}

export interface FormerReader {
  readonly messages: (telling: Telling) => readonly FormerMessage[];
  /** Where it says whether it is there, below the configured topic, and how. */
  readonly availability: { readonly path: string; readonly online: string; readonly offline: string };
  /** What it announced to Home Assistant; undefined if it did not. @param device the name of the reader in the network */
  readonly entities?: ((telling: Telling, device: string) => readonly FormerEntity[]) | undefined;
  /** The name of its device in Home Assistant. */
  readonly deviceName?: string | undefined;
  /** Retained messages of prices, said when they change; undefined prices take back what was said. */
  readonly prices?: ((prices: PriceHours | undefined) => readonly FormerMessage[]) | undefined;
  /** Whether it tells sums, for which the store is asked. */
  readonly sums?: true | undefined;
}

/** A number with this many decimals, never as -0; undefined if it is unknown. */
export const inDecimals = (value: number | null, digits: number): string | undefined =>
  value === null ? undefined : value.toFixed(digits).replace(/^-(0(?:\.0*)?)$/, "$1");

/** A value with a fixed number of decimals. */
export interface Figure {
  readonly source: Source;
  readonly digits: number;
}
