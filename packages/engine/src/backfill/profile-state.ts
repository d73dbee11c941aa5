/** What back-fill remembers of a point beyond what is stored: how far the meter was asked, and which meter it was. Pure. */
import type { Millis } from "@meterport/protocol/ports";

export interface ProfileState {
  /** Serial number of the meter; null if it does not say. */
  readonly serial: string | null;
  /** From when on its load profile is that of the point; null if it always was. */
  readonly since: Millis | null;
  /** All intervals that ended at or before it are stored, or nobody has them. */
  readonly settled: Millis;
  /** Length of the meter's intervals. */
  readonly seconds: number;
  readonly channels: readonly string[];
}

export const memoName = "load-profile";

export const memoText = (state: ProfileState): string => JSON.stringify(state);

/** The state from a memo; undefined for anything else, which then counts as a first contact. */
export const parseMemo = (text: string | undefined): ProfileState | undefined => {
  if (text === undefined) return undefined;
  try {
    const { serial, since, settled, seconds, channels } = JSON.parse(text) as Partial<ProfileState>;
    if (typeof settled !== "number" || typeof seconds !== "number" || !(seconds > 0)) return undefined;
    if (!Array.isArray(channels)) return undefined;
    return {
      serial: typeof serial === "string" ? serial : null,
      since: typeof since === "number" ? since : null,
      settled,
      seconds,
      channels: channels.map(String),
    };
  } catch {
    return undefined;
  }
};

/** Whether the meter was exchanged since the state was kept. */
export const isOther = (serial: string | null, before: ProfileState | undefined): boolean =>
  before !== undefined && serial !== null && before.serial !== null && serial !== before.serial;
