/** What can be done with many meters at once. */
import { number, record, text } from "../../state/loose.ts";
import type { Requests } from "../../state/requests.ts";
import type { After } from "../../state/stream.ts";
import type { Finding } from "./doctor-queue.ts";
import { joinCsv } from "./join-csv.ts";

export const MOST_EXAMINED = 50;
export const MOST_EXPORTED = 200;
/** What a browser keeps in memory without trouble. */
const MOST_BYTES = 200_000_000;
const LOOK_EACH_MS = 2000;
/** An examination takes at most two minutes; a busy line may make it wait. */
const LOOKS = 120;
const EXPORT_TIMEOUT_MS = 120_000;

interface DoctorAnswer {
  readonly state: string;
  readonly problem: string | null;
  readonly usable: boolean;
  readonly sick: boolean;
  readonly name: string | null;
}

/** @example doctorAnswerOf({ state: "running" })?.state // "running" */
export function doctorAnswerOf(data: unknown): DoctorAnswer | null {
  const loose = record(data);
  const state = text(loose?.state);
  if (loose === null || state === null) return null;
  const diagnosis = record(loose.diagnosis);
  return {
    state,
    problem: text(loose.problem),
    usable: diagnosis?.usable === true,
    sick: text(diagnosis?.sickness) !== null,
    name: text(diagnosis?.name),
  };
}

export interface ExamineWith {
  readonly requests: Pick<Requests, "get" | "send">;
  readonly after: After;
  readonly language: string;
}

/** Examines the link of one meter and waits for the end. */
export async function examine(
  id: string,
  signal: AbortSignal,
  { requests, after, language }: ExamineWith,
): Promise<Finding> {
  const path = `points/${encodeURIComponent(id)}/link/doctor?language=${language}`;
  const begun = await requests.send("POST", path, null, doctorAnswerOf, { signal });
  if (!begun.ok) return { outcome: "failed", text: begun.message };
  for (let looks = 0; looks < LOOKS && !signal.aborted; looks++) {
    await new Promise<void>((resolve) => after(LOOK_EACH_MS, resolve));
    const answer = await requests.get(path, doctorAnswerOf, { signal });
    // A gateway that restarts forgets the examination; one that is slow does not.
    if (!answer.ok && answer.status === 404) return { outcome: "failed", text: answer.message };
    if (!answer.ok || answer.value.state === "running") continue;
    const { state, problem, sick, name } = answer.value;
    if (state !== "done") return { outcome: "failed", text: problem };
    return { outcome: sick ? "sick" : "healthy", text: name };
  }
  return { outcome: "failed", text: null };
}

export type Exported =
  | { readonly file: Blob }
  /** The meter at which it stopped, or null if the files do not fit together; and the gateway's sentence. */
  | { readonly stoppedAt: string | null; readonly message: string | null };

/** The stored intervals of meters as one file, one after the other so that the gateway stays free for others. */
export async function exportAll(
  ids: readonly string[],
  requests: Pick<Requests, "file">,
  signal: AbortSignal,
  progress: (done: number) => void,
): Promise<Exported> {
  const files: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (const id of ids) {
    const path = `points/${encodeURIComponent(id)}/export?kind=intervals&format=csv`;
    const answer = await requests.file(path, { signal, timeout: EXPORT_TIMEOUT_MS });
    if (!answer.ok) return { stoppedAt: id, message: answer.message };
    bytes += number(answer.value.content.size) ?? 0;
    if (bytes > MOST_BYTES) return { stoppedAt: id, message: null };
    files.push(new Uint8Array(await answer.value.content.arrayBuffer()));
    progress(files.length);
  }
  const file = joinCsv(files);
  return file === null ? { stoppedAt: null, message: null } : { file };
}
