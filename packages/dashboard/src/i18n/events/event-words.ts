/** The meter's events in other languages than the gateway's English. */
import type { LogEntry } from "@meterport/gateway/http/api";

/** The words of a language for events. */
export interface EventWords {
  /** By number. */
  readonly names: Readonly<Record<number, string>>;
  /** Alarms by their keys, such as "phaseLoss". */
  readonly alarms: Readonly<Record<string, string>>;
  /** Meanings of argument parts, by keys such as "powerUpCause.3". */
  readonly parts: Readonly<Record<string, string>>;
  readonly device: (number: string) => string;
  readonly noDevice: string;
  /** A power quality condition that persists. */
  readonly condition: (number: string) => string;
  readonly conditionsEnded: string;
  /** The pending table that will replace another. */
  readonly pending: (table: string) => string;
  readonly internal: string;
  /** A value that no public list has. */
  readonly unknown: (value: string) => string;
  /** An argument of unknown meaning. */
  readonly argument: (value: string) => string;
}

/** An entry in words; `name` is null if no public list has the event. */
export interface EventText {
  readonly name: string | null;
  /** Empty if there is nothing to say. */
  readonly argument: string;
}

type Part = LogEntry["argument"]["parts"][number];

function tableText({ meaning, value }: Part, words: EventWords): string {
  if (meaning === null) return words.unknown(String(value));
  if (meaning === "internal") return `${words.internal} (${value})`;
  const [id = "", pending] = meaning.split(" ");
  return `${pending === undefined ? id : words.pending(id)} (${value})`;
}

function partText(part: Part, words: EventWords): string {
  const { key, value, meaning } = part;
  const number = String(value);
  if (key === "table") return tableText(part, words);
  if (key === "procedure") return `${meaning ?? ""} (${number})`;
  if (key === "phase") return meaning ?? number;
  if (key === "amount") return number;
  if (key === "device") return value === 0 ? words.noDevice : words.device(number);
  if (key === "qualityBit") return words.condition(number);
  if (key === "qualityNone") return words.conditionsEnded;
  const word = `${key}.${number}`;
  if (Object.hasOwn(words.parts, word)) return words.parts[word] ?? "";
  // For what only a newer gateway knows, its English is used.
  return meaning ?? words.unknown(number);
}

/** Words an entry in a language; without words, in the gateway's English. */
export function eventText({ code, name, argument }: LogEntry, words: EventWords | null): EventText {
  if (words === null) return { name, argument: argument.text };
  const { parts, number, hex } = argument;
  const known = name === null || !Object.hasOwn(words.names, code) ? name : (words.names[code] ?? name);
  if (parts.length > 0) return { name: known, argument: parts.map((part) => partText(part, words)).join(", ") };
  const raw = number === null ? hex.replace(/(..)(?=.)/g, "$1 ") : number === 0 ? "" : String(number);
  return { name: known, argument: raw === "" ? "" : words.argument(raw) };
}

/**
 * An alarm in words; without a word for it, its key as words.
 *
 * @example alarmName("lowBattery", null) // "low battery"
 */
export function alarmName(alarm: string, words: EventWords | null): string {
  const known = words !== null && Object.hasOwn(words.alarms, alarm) ? words.alarms[alarm] : undefined;
  return known ?? alarm.replace(/([a-z\d])(?=[A-Z])/g, "$1 ").toLowerCase();
}
