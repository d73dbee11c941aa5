/** Sends a backup to the gateway, part by part, and has it checked. */
import { count, listOf, number, oneOf, record, text, timeOf } from "../../../state/loose.ts";
import type { Answer, Requests } from "../../../state/requests.ts";

export interface RestoreState {
  readonly state: "none" | "uploading" | "staged";
  /** Bytes that have arrived. */
  readonly received: number;
  /** The longest part that the gateway takes. */
  readonly partBytes: number;
  readonly backup: {
    /** Milliseconds since 1970. */
    readonly created: number | null;
    readonly files: readonly { readonly name: string; readonly bytes: number | null }[];
    /** Whether stored values are in it. */
    readonly values: boolean;
  } | null;
}

const MOST_FILES = 1000;
const LEAST_PART = 1024;
const USUAL_PART = 1 << 20;

export function restoreStateOf(data: unknown): RestoreState | null {
  const loose = record(data);
  const state = oneOf(["none", "uploading", "staged"], loose?.state);
  if (loose === null || state === null) return null;
  const backup = record(loose.backup);
  const files = listOf(backup?.files, MOST_FILES, (each) => {
    const name = text(record(each)?.name);
    return name === null ? null : { name, bytes: number(record(each)?.bytes) };
  });
  return {
    state,
    received: count(loose.received),
    partBytes: Math.max(LEAST_PART, number(loose.part_bytes) ?? USUAL_PART),
    backup:
      backup === null ? null : { created: timeOf(backup.created), files: files ?? [], values: backup.values === true },
  };
}

/** How the sending ended. */
export type Sent =
  | { readonly end: "staged"; readonly state: RestoreState }
  | { readonly end: "stopped" }
  /** No answer: it can go on where it was. */
  | { readonly end: "broken"; readonly sent: number }
  | { readonly end: "refused"; readonly message: string };

export interface Sending {
  readonly requests: Pick<Requests, "put" | "send">;
  readonly file: Blob;
  /** Where to go on; 0 begins again. */
  readonly from: number;
  readonly partBytes: number;
  /** Bytes that have arrived; those of the whole once it is being checked. */
  readonly progress: (sent: number) => void;
  readonly signal: AbortSignal;
}

const PART_TIMEOUT_MS = 60_000;
/** The gateway compares every byte with its checksum. */
const CHECK_TIMEOUT_MS = 30 * 60_000;

function endOf(answer: Answer<unknown> & { readonly ok: false }, sent: number): Sent {
  return answer.message === null ? { end: "broken", sent } : { end: "refused", message: answer.message };
}

export async function sendBackup({ requests, file, from, partBytes, progress, signal }: Sending): Promise<Sent> {
  let sent = from;
  while (sent < file.size) {
    progress(sent);
    const part = file.slice(sent, sent + partBytes);
    const options = { timeout: PART_TIMEOUT_MS, signal };
    const answer = await requests.put(`restore/upload?offset=${sent}`, part, restoreStateOf, options);
    if (signal.aborted) return { end: "stopped" };
    if (!answer.ok) return endOf(answer, sent);
    // A gateway that took nothing would be asked for ever.
    if (answer.value.received <= sent) return { end: "broken", sent };
    sent = answer.value.received;
  }
  progress(file.size);
  const options = { timeout: CHECK_TIMEOUT_MS, signal };
  const staged = await requests.send("POST", "restore", { bytes: file.size }, restoreStateOf, options);
  if (signal.aborted) return { end: "stopped" };
  return staged.ok ? { end: "staged", state: staged.value } : endOf(staged, sent);
}

/**
 * A size for people.
 *
 * @param number writes a number with so many decimals
 * @example sizeText(41_700_000, (n) => n.toFixed(1)) // "41.7 MB"
 */
export function sizeText(bytes: number, number: (value: number, decimals: number) => string): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  while (value >= 999.95 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${number(value, unit === 0 ? 0 : 1)} ${units[unit]}`;
}
