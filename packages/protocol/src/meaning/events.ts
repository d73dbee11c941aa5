/** What an entry of the event logs BT74 and ET79 says: which event, and who was there. */

/**
 * Names of standard events. Neither guide lists a number (MEP guide 1.1, pp. 189, 249); the logs are those of
 * ANSI C12.19, whose history log has these. From 36 on its editions differ, so later numbers stay without a name.
 */
const standardEvents: readonly (string | undefined)[] = [
  "No event",
  "Power down",
  "Power up",
  "Time changed, old time",
  "Time changed, new time",
  "Time changed, old time",
  "Time changed, new time",
  "Device accessed for reading",
  "Device accessed for writing",
  "Procedure invoked",
  "Table written",
  "Device programmed",
  "Communication ended normally",
  "Communication ended abnormally",
  "List pointers reset",
  "List pointers updated",
  "History log cleared",
  "History log pointers updated",
  "Event log cleared",
  "Event log pointers updated",
  "Demand reset",
  "Self-read",
  "Daylight saving time on",
  "Daylight saving time off",
  "Season change",
  "Rate change",
  "Special schedule activated",
  "Tier switch",
  "Pending table activated",
  "Pending table cleared",
  "Metering mode started",
  "Metering mode stopped",
  "Test mode started",
  "Test mode stopped",
  "Meter shop mode started",
  "Meter shop mode stopped",
];

const manufacturerFlag = 0x800;

/** What the number of an event stands for. */
export interface EventMeaning {
  /** Without the manufacturer's bit. */
  readonly number: number;
  /** Bit 11: the manufacturer's own numbering, which is not public. */
  readonly manufacturer: boolean;
  /** By ANSI C12.19, null where the number is not public. */
  readonly name: string | null;
}

/**
 * The meaning of the 12-bit event number of a log entry.
 *
 * @example
 * eventOf(2) // { number: 2, manufacturer: false, name: "Power up" }
 * @example
 * eventOf(0x805) // { number: 5, manufacturer: true, name: null }
 */
export const eventOf = (event: number): EventMeaning => {
  const manufacturer = (event & manufacturerFlag) !== 0;
  const number = event & (manufacturerFlag - 1);
  return { number, manufacturer, name: manufacturer ? null : (standardEvents[number] ?? null) };
};

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
