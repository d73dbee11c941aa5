/** What can become of a target, which is one meter in one campaign: states and their transitions as a table. */

/**
 * As stored, one character each. A target that is being read keeps its state: only its holder reads it, and a holder that dies leaves
 * nothing to be tidied up.
 */
export const targetStates = {
  waiting: "w",
  /** Tried, and will be tried again. */
  failed: "f",
  done: "d",
  /** The meter said no: trying again would not change that. */
  refused: "r",
  /** The meter no longer has it. */
  gone: "g",
  /** Not read before it was no longer wanted. */
  expired: "x",
  cancelled: "c",
} as const;
export type TargetState = keyof typeof targetStates;

/**
 * - `read`: it was read and booked; `failed`: it may work later; `refused`, `nothing`: the meter answered that it may not be read, or that it no
 *   longer has it.
 * - `over`: no attempt fits before the campaign's end or "valid until"; `cancel`, `again`: somebody asked for it.
 */
export type TargetEvent = "read" | "failed" | "refused" | "nothing" | "over" | "cancel" | "again";

type Row = Readonly<Partial<Record<TargetEvent, TargetState>>>;

const open: Row = {
  read: "done",
  failed: "failed",
  refused: "refused",
  nothing: "gone",
  over: "expired",
  cancel: "cancelled",
};

/** An event that a row does not name changes nothing: a target is told late or twice when a holder was cut off. */
export const transitions: Readonly<Record<TargetState, Row>> = {
  waiting: open,
  failed: open,
  done: {},
  refused: { read: "done", again: "waiting" },
  gone: { read: "done" },
  // What was under way when time was up may still arrive.
  expired: { read: "done", again: "waiting" },
  cancelled: { again: "waiting" },
};

/**
 * The state after an event.
 *
 * @example
 * stateAfter("waiting", "failed") // "failed"
 * stateAfter("done", "failed") // "done"
 */
export const stateAfter = (state: TargetState, event: TargetEvent): TargetState => transitions[state][event] ?? state;

/** Whether it is still to be read. */
export const isOpen = (state: TargetState): boolean => state === "waiting" || state === "failed";

const names = new Map(Object.entries(targetStates).map(([name, letter]) => [letter as string, name as TargetState]));

/** The state of a stored character; undefined for any other. */
export const stateOf = (letter: string): TargetState | undefined => names.get(letter);
