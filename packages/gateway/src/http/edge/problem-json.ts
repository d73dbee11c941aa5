/** RFC 9457: the same error as `application/problem+json` for clients that ask for it. */
import type { MiddlewareHandler } from "hono";
import type { ApiProblem } from "../api.ts";

export const problemType = "application/problem+json";

/** A problem as RFC 9457 shapes it, with today's two fields beside. */
export interface Problem extends ApiProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
}

/** Whether an Accept header names the type itself; a wildcard gives plain JSON, as before. */
const asks = (accept: string | undefined): boolean =>
  accept !== undefined && /\bapplication\/problem\+json\b/i.test(accept);

/**
 * The words of a code.
 *
 * @example
 * titleOf("no-such-meter") // "No such meter"
 */
export const titleOf = (error: string): string => {
  const words = error.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const problemOf = ({ error, message, problems }: ApiProblem, status: number, path: string): Problem => ({
  type: `urn:meterport:problem:${error}`,
  title: titleOf(error),
  status,
  detail: message,
  instance: path,
  error,
  message,
  ...(problems === undefined ? {} : { problems }),
});

export const problemJson = (): MiddlewareHandler => async (c, next) => {
  await next();
  if (c.res.status < 400 || c.req.method === "HEAD" || !asks(c.req.header("accept"))) return;
  if (!/^application\/json\b/i.test(c.res.headers.get("content-type") ?? "")) return;
  const problem = (await c.res.json()) as ApiProblem;
  const headers = new Headers(c.res.headers);
  headers.set("content-type", problemType);
  headers.delete("content-length");
  const { status } = c.res;
  // Without this, the headers of the old answer would win.
  c.res = undefined;
  c.res = new Response(JSON.stringify(problemOf(problem, status, c.req.path)), { status, headers });
};
