/** How many requests were answered, by the class of their status. */
import type { MiddlewareHandler } from "hono";

const classes = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;
export type StatusClass = (typeof classes)[number];

export class HttpCounts {
  readonly #counts: Record<StatusClass, number> = { "1xx": 0, "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0 };

  get byClass(): Readonly<Record<StatusClass, number>> {
    return this.#counts;
  }

  readonly middleware: MiddlewareHandler = async (c, next) => {
    await next();
    const name = classes[Math.floor(c.res.status / 100) - 1];
    if (name !== undefined) this.#counts[name]++;
  };
}
