/** The checks of every request before its resource sees it, and the headers of every answer. */
import type { MiddlewareHandler } from "hono";
import { shown } from "./answers.ts";
import type { ApiProblem } from "./api.ts";

const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/** Passes only requests that read and are meant for this gateway, which `allowed` decides by the Host header. */
export const checks =
  (allowed: (host: string) => boolean): MiddlewareHandler =>
  async (c, next) => {
    const host = c.req.header("host") ?? new URL(c.req.url).host;
    if (!allowed(host)) {
      const message = `this gateway does not answer to the name ${shown(host)}; if that is its name, add it to http.allowed_hosts in the configuration`;
      c.res = c.json({ error: "unknown-host", message } satisfies ApiProblem, 421);
    } else if (c.req.method !== "GET" && c.req.method !== "HEAD") {
      const message = `${shown(c.req.method)} is not possible: this API only reads`;
      c.res = c.json({ error: "method-not-allowed", message } satisfies ApiProblem, 405, { allow: "GET, HEAD" });
    } else {
      await next();
    }
    for (const [name, value] of Object.entries(securityHeaders)) c.res.headers.set(name, value);
    if (c.req.path.startsWith("/api/")) c.res.headers.set("cache-control", "no-store");
  };
