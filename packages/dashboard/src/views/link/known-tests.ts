import type { Answer, Requests } from "../../state/requests.ts";
import { type Tests, testsOf } from "./link-answers.ts";

/** Asks whether there is a test of this kind: browsers complain of each question about one that is not there. */
export function knownTest(
  requests: Pick<Requests, "get">,
  point: string,
  kind: keyof Tests,
): (signal: AbortSignal) => Promise<Answer<boolean>> {
  return async (signal) => {
    const path = `points/${encodeURIComponent(point)}/link/tests`;
    const answer = await requests.get(path, testsOf, { signal });
    return answer.ok ? { ok: true, value: answer.value[kind] } : answer;
  };
}
