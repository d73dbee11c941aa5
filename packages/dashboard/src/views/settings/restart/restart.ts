/** Starts the gateway again and waits until it is back. */
import { oneOf, record } from "../../../state/loose.ts";
import type { Answer, Requests } from "../../../state/requests.ts";
import { aboutOf } from "../form/config-answers.ts";

const RESTARTERS = ["systemd", "container", "home-assistant"] as const;
export type Restarter = (typeof RESTARTERS)[number];

/** `GET restart`: what starts the gateway again, null if nothing does. */
export function restarterOf(data: unknown): { readonly by: Restarter | null } | null {
  const loose = record(data);
  return loose === null ? null : { by: oneOf(RESTARTERS, loose.by) };
}

export interface Waiting {
  readonly requests: Pick<Requests, "get" | "send">;
  /** Elapsed milliseconds. */
  readonly clock: () => number;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type Outcome =
  | { readonly result: "back" | "missing" }
  | { readonly result: "refused"; readonly message: string | null };

const EACH_MS = 1000;
/** Opening a large store after a crash takes that long. */
const LONGEST_MS = 120_000;
/** An answer that takes longer is none: the old process may take requests that it does not answer any more. */
const TIMEOUT_MS = 3000;

/** Asks for a new start; it is back when a gateway answers that was started after the request. */
export async function restarted({ requests, clock, pause }: Waiting, signal: AbortSignal): Promise<Outcome> {
  const begun = clock();
  const asked: Answer<unknown> = await requests.send("POST", "restart", null, (data) => data ?? {}, {});
  if (!asked.ok) return { result: "refused", message: asked.message };
  while (clock() - begun < LONGEST_MS && !signal.aborted) {
    await pause(EACH_MS, signal);
    const answer = await requests.get("health", aboutOf, { signal, timeout: TIMEOUT_MS });
    const uptime = answer.ok ? answer.value.uptime : null;
    if (uptime !== null && uptime * 1000 < clock() - begun) return { result: "back" };
  }
  return { result: "missing" };
}
