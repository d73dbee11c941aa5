/** Tries a link on the gateway, with or without a key: the gateway tests one at a time, and is asked until it knows. */
import type { Answer, Requests } from "../../state/requests.ts";
import { type TestRecord, testOf, type Verdict } from "./answers.ts";

export type TestResult =
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  /** The gateway's sentence, if it gave one. */
  | { readonly kind: "problem"; readonly code: string; readonly message: string | null };

export interface TesterOptions {
  readonly requests: Pick<Requests, "get" | "send">;
  /** Resolves after this many milliseconds, later while nobody sees the page. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

const EACH_MS = 350;
/** A test takes 45 s at most, and another one may be in progress before it. */
const MOST_ROUNDS = Math.ceil(120_000 / EACH_MS);

/**
 * The result of one test; null if it was given up.
 *
 * @param key null to find out only whether something answers
 */
export async function tryLink(
  { link, key }: { readonly link: string; readonly key: string | null },
  { requests, pause }: TesterOptions,
  signal: AbortSignal,
): Promise<TestResult | null> {
  const body = key === null ? { link } : { link, key };
  let begun: TestRecord | null = null;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (round > 0) await pause(EACH_MS, signal);
    if (signal.aborted) return null;
    const answer: Answer<TestRecord> =
      begun === null
        ? await requests.send("POST", "link/test", body, testOf, { signal })
        : await requests.get("link/test", testOf, { signal });
    if (signal.aborted) return null;
    if (!answer.ok) {
      // The test of somebody else, or our own that nobody waits for any more.
      if (answer.code === "busy" && begun === null) continue;
      return { kind: "problem", code: answer.code, message: answer.message };
    }
    const value: TestRecord = answer.value;
    if (begun !== null && value.started !== begun.started)
      return { kind: "problem", code: "other-test", message: null };
    begun = value;
    if (value.state === "failed") return { kind: "problem", code: "failed", message: value.problem };
    if (value.state === "done" && value.verdict !== null) return { kind: "verdict", verdict: value.verdict };
  }
  return { kind: "problem", code: "busy", message: null };
}
