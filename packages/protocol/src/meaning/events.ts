/** What an entry of the event logs BT74 and ET79 says: which event, with what argument, and who was there. */
import { argumentOf, type EventArgument } from "./events/argument.ts";
import { type EventSeverity, type EventSource, eventList } from "./events/event-list.ts";

export type { ArgumentKey, ArgumentPart, EventArgument } from "./events/argument.ts";
export type { EventSeverity, EventSource } from "./events/event-list.ts";

const manufacturerFlag = 0x800;

/** What the number of an event stands for. */
export interface EventMeaning {
  /** Without the manufacturer's bit. */
  readonly number: number;
  /** Bit 11, which marks an event of the manufacturer. Both have the same names: which of them carry it is not public. */
  readonly manufacturer: boolean;
  /** In plain English; null where no public document has the number. */
  readonly name: string | null;
  /** Null without a name. */
  readonly severity: EventSeverity | null;
  /** Which document has the name; null without one. */
  readonly source: EventSource | null;
}

/**
 * The meaning of the 12-bit event number of a log entry.
 *
 * @example
 * eventOf(2).name // "Power up"
 * eventOf(0x844) // { number: 68, manufacturer: true, name: "Phase loss, below 61 % of the nominal voltage", severity: "alarm", source: "head-end list" }
 * eventOf(45) // { number: 45, manufacturer: false, name: null, severity: null, source: null }
 */
export const eventOf = (event: number): EventMeaning => {
  const number = event & (manufacturerFlag - 1);
  const { name = null, severity = null, source = null } = eventList.get(number) ?? {};
  return { number, manufacturer: (event & manufacturerFlag) !== 0, name, severity, source };
};

/**
 * The argument of an event, for its 12-bit number with or without the manufacturer's bit. Arguments of any length have
 * an answer; BT71 says how long they are, mostly 2 bytes.
 *
 * @example
 * eventArgumentOf(2, Uint8Array.of(3, 0)) // { hex: "0300", number: 3, text: "power failure", parts: [{ key: "powerUpCause", value: 3, meaning: "power failure" }] }
 * eventArgumentOf(10, Uint8Array.of(13, 8)).text // "ET13 MEP/M-Bus Device Configuration (2061)"
 * eventArgumentOf(66, Uint8Array.of(2, 1)).text // "software command, open"
 * eventArgumentOf(2, Uint8Array.of(77, 0)).text // "unknown cause code 77"
 * eventArgumentOf(2, Uint8Array.of()) // { hex: "", number: null, text: "", parts: [] }
 */
export const eventArgumentOf = (event: number, argument: Uint8Array): EventArgument =>
  argumentOf(eventList.get(event & (manufacturerFlag - 1))?.argument, argument);

/** Who was served when an event happened. */
export type EventUser =
  | { readonly kind: "nobody" | "network" | "mep" }
  /** Logged in on the optical port, with that id. */
  | { readonly kind: "optical"; readonly id: number };

const users: Readonly<Record<number, EventUser>> = {
  65535: { kind: "nobody" },
  // Power line, point-to-point or G3.
  65534: { kind: "network" },
  65533: { kind: "mep" },
};

/**
 * The user of a log entry. MEP guide 1.1, pp. 189, 249.
 *
 * @example
 * eventUserOf(0xfffd) // { kind: "mep" }
 */
export const eventUserOf = (userId: number): EventUser => users[userId] ?? { kind: "optical", id: userId };
