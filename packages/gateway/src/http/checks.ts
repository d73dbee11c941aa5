/** The check of every request before anything else, and the headers of every answer. */
import type { Context, MiddlewareHandler } from "hono";
import { shown } from "./answers.ts";
import type { ApiProblem } from "./api.ts";
import type { HostCheck } from "./host-check.ts";
import { noPeer, type Peer } from "./peer.ts";

const securityHeaders = (frames: "'none'" | "'self'"): Readonly<Record<string, string>> => ({
  "content-security-policy": `default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors ${frames}`,
  "x-content-type-options": "nosniff",
  "x-frame-options": frames === "'none'" ? "DENY" : "SAMEORIGIN",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
});

const usualHeaders = securityHeaders("'none'");
/** Home Assistant shows the page in a frame of its own page, at the same origin. */
const ingressHeaders = securityHeaders("'self'");

/** The other end of a request's connection. */
export const peerOf = (c: Context): Peer => (c.env as { readonly peer?: Peer } | undefined)?.peer ?? noPeer;

export const hostOf = (c: Context): string => c.req.header("host") ?? new URL(c.req.url).host;

/** Passes only requests that are meant for this gateway, by the Host header. */
export const checks =
  (hosts: HostCheck): MiddlewareHandler =>
  async (c, next) => {
    const host = hostOf(c);
    const peer = peerOf(c);
    // Nobody but the ingress can connect to its listener, and it passes on the names of its own pages.
    if (peer.ingress === undefined && !hosts.allows(host, peer.reached)) {
      const message = `this gateway does not answer to the name ${shown(host)}; if that is its name, add it to http.allowed_hosts in the configuration`;
      c.res = c.json({ error: "unknown-host", message } satisfies ApiProblem, 421);
    } else {
      await next();
    }
    const headers = peer.ingress === undefined ? usualHeaders : ingressHeaders;
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
    // Only the files of the page say otherwise: whatever else is answered may depend on who asks.
    if (c.req.path.startsWith("/api/") || !c.res.headers.has("cache-control"))
      c.res.headers.set("cache-control", "no-store");
  };
