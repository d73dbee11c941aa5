/**
 * What the meter's display shows: the list of BT33 in turn, and what MEP clients put into ET50 (MEP guide 1.1, pp. 28,
 * 130-133 and 226-228). Which id stands for what in BT33 is not public, so the ids here are this virtual meter's own. Where
 * its list names no value of a client, those that are in use come after it.
 */
import { decode, reaches } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { BT33, ET50, ET55 } from "@meterport/protocol/tables/index";
import { denmark } from "../contents/zone.ts";
import { localMillis } from "../history/local-time.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";

export interface Lcd {
  /** What is shown, as the small digits have it. */
  readonly code: string;
  /** At most nine characters of digits, minus, point and colons, to the right. */
  readonly value: string;
  /** Lit beside the value, as in "kWh". */
  readonly icons: readonly string[];
  /** Whether the house is lit now. */
  readonly house: boolean;
  /** Which item of how many, from 1. */
  readonly item: number;
  readonly items: number;
}

/** Ids in BT33 of this virtual meter. */
export const displaySource = { importEnergy: 0x0120, localTime: 0x0020, client1: 0x3100, client2: 0x3200 } as const;

/** Bits of "icon display control" (p. 131). */
const iconBits: readonly (readonly [bit: number, name: string])[] = [
  [1, "Euro"],
  [2, "Dollar"],
  [4, "date"],
  [8, "time"],
  [16, "kvarh"],
  [32, "kWh"],
  [64, "kvar"],
  [128, "kW"],
];
const minusBit = 256;
const houseState = { on: 1, flash: 2 } as const;
const second = 1000;
/** A list that turns by a button stays where it is: there is no button here. */
const usualOnTime = 6;

interface Item {
  readonly code: string;
  readonly show: (time: Millis) => Pick<Lcd, "value" | "icons">;
}
type Clients = ET50["clients"];

const bytesOf = (meter: VirtualMeter, table: number): Uint8Array => meter.memory.get(table) ?? new Uint8Array(0);

/** A value of a client; places are counted from 1 for people. */
const clientItem = (clients: Clients, client: number, place: number): Item | undefined => {
  const value = clients[client]?.dataForDisplay[place];
  const bits = clients[client]?.iconDisplayControl[place];
  if (value === undefined || bits === undefined) return undefined;
  const icons = iconBits.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);
  const sign = value < 0 || (bits & minusBit) !== 0 ? "-" : "";
  return { code: `C${client + 1}.${place + 1}`, show: () => ({ value: `${sign}${Math.abs(value)}`, icons }) };
};

const isUsed = (clients: Clients, client: number, place: number): boolean =>
  clients[client]?.dataForDisplay[place] !== 0 || clients[client]?.iconDisplayControl[place] !== 0;

const energyItem = (meter: VirtualMeter): Item => ({
  code: "1.8.0",
  show: (time) => ({ value: String(Math.floor((meter.valuesAt(time).get(0) ?? 0) / 1000)), icons: ["kWh"] }),
});

const timeItem: Item = {
  code: "0.9.1",
  show: (time) => ({ value: new Date(localMillis(time, denmark)).toISOString().slice(11, 19), icons: ["time"] }),
};

const itemsOf = (meter: VirtualMeter, clients: Clients): readonly Item[] => {
  const { primaryDisplayLists, displaySources } = decode(BT33, bytesOf(meter, BT33.number), meter.dimensions);
  const listed = displaySources.slice(0, primaryDisplayLists[0]?.listItems ?? 0);
  const isClients = (source: number): boolean =>
    source >= displaySource.client1 && source < displaySource.client2 + 0x100;
  const known = listed.flatMap((source) => {
    if (source === displaySource.importEnergy) return energyItem(meter);
    if (source === displaySource.localTime) return timeItem;
    if (!isClients(source)) return [];
    return clientItem(clients, source < displaySource.client2 ? 0 : 1, source & 0xff) ?? [];
  });
  if (listed.some(isClients)) return known;
  const used = clients.flatMap(({ dataForDisplay }, client) =>
    dataForDisplay.flatMap((_, place) =>
      isUsed(clients, client, place) ? (clientItem(clients, client, place) ?? []) : [],
    ),
  );
  return [...known, ...used];
};

/** The house of the client that drives it: from firmware 4.0 on ET55 says which (p. 28). */
const houseLit = (meter: VirtualMeter, clients: Clients, time: Millis): boolean => {
  const several = reaches(meter.profile, { meter: [4, 0] }) && meter.portCount > 1;
  const { houseIconControl } = several
    ? decode(ET55, bytesOf(meter, ET55.number), meter.dimensions, { trailing: "keep" })
    : { houseIconControl: 1 };
  const state = clients[(houseIconControl ?? 0) - 1]?.houseIcon;
  return state === houseState.on || (state === houseState.flash && Math.floor(time / second) % 2 === 0);
};

/**
 * The display at the meter's time.
 *
 * @example
 * lcdAt(meter).code // "1.8.0"
 */
export const lcdAt = (meter: VirtualMeter): Lcd => {
  const { time } = meter;
  const { clients } = decode(ET50, bytesOf(meter, ET50.number), meter.dimensions, { trailing: "keep" });
  const house = houseLit(meter, clients, time);
  const blank = { code: "", value: "", icons: [], house: false, item: 0, items: 0 };
  if (meter.dark) return blank;
  const items = itemsOf(meter, clients);
  const { primaryDisplayLists } = decode(BT33, bytesOf(meter, BT33.number), meter.dimensions);
  const onTime = primaryDisplayLists[0]?.onTime ?? usualOnTime;
  const index = onTime === 0 || items.length === 0 ? 0 : Math.floor(time / (onTime * second)) % items.length;
  const item = items[index];
  if (item === undefined) return { ...blank, house };
  return { code: item.code, ...item.show(time), house, item: index + 1, items: items.length };
};
