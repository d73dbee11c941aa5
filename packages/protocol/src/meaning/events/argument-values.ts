/**
 * What single numbers in the argument of an event stand for, by the kind of thing that they number. Neither guide has
 * them: they are those of the head-end's event table. A number that is not here is not guessed.
 */

interface ValueList {
  /** What a number that is not listed is called: "unknown cause code 77". */
  readonly noun: string;
  readonly values: Readonly<Record<number, string>>;
}

const counted = (noun: string, from: number, names: readonly string[]): ValueList => ({
  noun,
  values: Object.fromEntries(names.map((name, i) => [from + i, name])),
});

export const argumentValues = {
  powerUpCause: {
    noun: "cause",
    values: {
      3: "power failure",
      4: "watchdog",
      5: "code bank switch-over",
      8: "brown-out",
      11: "boot ROM switch-over",
    },
  },
  list: {
    noun: "list",
    values: { 2: "self-reads", 3: "load profile", 7: "load profile", 8: "event log", 255: "all lists" },
  },
  season: counted("season", 0, ["season 1", "season 2", "season 3", "season 4"]),
  schedule: counted("schedule", 0, ["schedule A", "schedule B"]),
  // Named as on the meter's display.
  tier: counted("tier", 0, ["tariff T1", "tariff T2", "tariff T3", "tariff T4"]),
  disconnectReason: counted("reason", 1, [
    "software command",
    "maximum power exceeded",
    "prepayment",
    "prepayment maximum power",
    "remote reconnect",
    "lever or button",
  ]),
  disconnectState: counted("state", 1, ["closed", "open", "locked open"]),
  resetCause: counted("cause", 0, [
    "watchdog",
    "event buffer overflow, events may be lost",
    "abnormal power interruption",
  ]),
  ramPart: {
    noun: "part",
    values: {
      1: "load profile value",
      3: "disconnect or relay value",
      4: "RAM test",
      5: "clock code",
      6: "alarm variable",
    },
  },
  memoryPart: counted("part", 65534, ["boot ROM signature", "all tables"]),
  cover: counted("cover", 1, ["yes"]),
  phaseAngle: { noun: "angle", values: { 2: "plus 120 degrees", 4: "plus 180 degrees", 6: "minus 120 degrees" } },
  errorPart: counted("part", 0, ["power-down", "display"]),
  imageCheck: counted("check", 0, ["CRC or identification", "digest"]),
  module: counted("module", 0, ["installed", "removed"]),
  deviceStatus: {
    noun: "status",
    values: { 0: "commissioned", 1: "failed, no place", 2: "failed, lost communication", 4: "removed" },
  },
  mbusAlarm: {
    noun: "alarm",
    values: {
      0: "billing read done",
      2: "status read done with a new alarm",
      3: "billing data overflow",
      4: "communication failure",
      5: "serial number mismatch",
    },
  },
  rotation: counted("rotation", 0, ["L1 L2 L3", "L3 L2 L1", "unknown"]),
  override: counted("override", 0, ["gone", "detected"]),
  powerLevel: counted("level", 0, ["primary to secondary", "back to primary"]),
} as const satisfies Readonly<Record<string, ValueList>>;

/** What a number is one of. */
export type ValueKey = keyof typeof argumentValues;

/** The word for a number; null where the list does not have it. */
export const valueMeaning = (key: ValueKey, value: number): string | null => {
  const { values }: ValueList = argumentValues[key];
  return Object.hasOwn(values, value) ? (values[value] ?? null) : null;
};

/** How a number that the list does not have is shown. */
export const unknownValue = (key: ValueKey, value: number): string =>
  `unknown ${argumentValues[key].noun} code ${value}`;
