/** Lets a request through if its sender has the right that the route needs. */
import type { Context, MiddlewareHandler } from "hono";
import type { Access } from "../../access/access.ts";
import { type Actor, includes, type Scope } from "../../access/scope.ts";
import type { ApiProblem } from "../api.ts";
import { hostOf, peerOf } from "../checks.ts";
import type { HostCheck } from "../host-check.ts";
import { type Shown, shownBy, type TokenOwner } from "./credentials.ts";
import { needOf } from "./route-scopes.ts";
import type { StreamBudget } from "./stream-budget.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** Who the request is by; undefined on a route that needs no right. */
    actor: Actor | undefined;
  }
}

/** Far above any request of the API; imports of files are for the command. */
const longestBody = 1 << 20;
/** Enough to sign in. */
const longestAnonymousBody = 16 << 10;

export interface AuthorizeOptions {
  /** Undefined: nobody can sign in, and loopback is open. */
  readonly access: Access | undefined;
  /** The address to listen on. */
  readonly host: string;
  readonly hosts: HostCheck;
  readonly budget: StreamBudget;
  /** Who a token belongs to that `access` does not know. */
  readonly actorOf?: TokenOwner | undefined;
}

const refusal = (
  c: Context,
  status: 401 | 403 | 411 | 413 | 415,
  error: string,
  message: string,
  headers = {},
): Response => c.json({ error, message } satisfies ApiProblem, status, headers);

const signInNeeded = (c: Context, by: Shown["by"]): Response => {
  const message =
    by === "bad-token"
      ? "this token is not valid: it was removed, has expired or is incomplete; meterport token add NAME makes another"
      : peerOf(c).ingress !== undefined
        ? "the ingress names no user: set http.ingress.user_header to the header that does"
        : "sign in on the page, or send Authorization: Bearer TOKEN; meterport token add NAME makes a token";
  return refusal(c, 401, "sign-in-needed", message, { "www-authenticate": 'Bearer realm="meterport"' });
};

const lacking = (c: Context, { name, scope }: Actor, needed: Scope): Response =>
  refusal(c, 403, "forbidden", `this needs the right ${needed}, and ${name} has ${scope}`);

/** Our page sends it. Browsers let no page of another origin do so without our consent, which we never give. */
const ownHeader = "x-meterport";

const foreign = (c: Context): Response =>
  refusal(
    c,
    403,
    "cross-origin",
    "this request comes from a page of another origin: use a token instead of the page's session",
  );

/** Why a request that changes something may come from a foreign page, whose browser adds the cookie or is on this machine. */
const forged = (c: Context, hosts: HostCheck, by: Shown["by"]): Response | undefined => {
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") return foreign(c);
  // The ingress changes Host, so there the header and the browser's own word must do.
  if (by !== "ingress") {
    if (origin === undefined && by === "cookie") return foreign(c);
    if (origin !== undefined) {
      const from = URL.canParse(origin) ? new URL(origin).host : "";
      // A proxy may ask us by another name than the page's.
      if (from === "" || (from !== hostOf(c).toLowerCase() && !hosts.lists(from))) return foreign(c);
    }
  }
  const isJson = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(c.req.header("content-type") ?? "");
  if (isJson || c.req.header(ownHeader) !== undefined) return undefined;
  return refusal(c, 415, "not-json", `send the body as application/json, or without a body the header ${ownHeader}: 1`);
};

/** Node never passes on more than the announced length, and a request with neither header has no body. */
const tooLong = (c: Context, most: number): Response | undefined => {
  const close = { connection: "close" };
  if (c.req.header("transfer-encoding") !== undefined)
    return refusal(c, 411, "no-length", "send the length of the body as Content-Length", close);
  const length = Number(c.req.header("content-length") ?? 0);
  if (length <= most) return undefined;
  return refusal(c, 413, "too-long", `the body is longer than ${most} bytes: send less at once`, close);
};

const isSafe = (method: string): boolean => ["GET", "HEAD", "OPTIONS"].includes(method);

/** Sets `c.var.actor`, or answers in place of the route. */
export const authorize = ({ access, host, hosts, budget, actorOf }: AuthorizeOptions): MiddlewareHandler => {
  const show = shownBy(access, host, actorOf);
  return async (c, next) => {
    const { method, path } = c.req;
    const need = needOf(method, path, c.req.query("redacted") === "1");
    if (need === "own") {
      // A token that no browser adds by itself, so no foreign page can use it.
      const refused = tooLong(c, longestBody);
      if (refused !== undefined) return refused;
      // Its streams are its own to bound: they are those of machines, and take no place of a page's.
      await next();
      return undefined;
    }
    const { actor, by } = show(c);
    c.set("actor", actor);
    const isOpen = need === "anyone" || need === "bare";
    if (!isOpen && actor === undefined) return signInNeeded(c, by);
    if (!isSafe(method) && by !== "token") {
      const refused = forged(c, hosts, by);
      if (refused !== undefined) return refused;
    }
    if (!isOpen && actor !== undefined && !includes(actor.scope, need)) return lacking(c, actor, need);
    const refused = tooLong(c, actor === undefined ? longestAnonymousBody : longestBody);
    if (refused !== undefined) return refused;
    await next();
    // Whether it works is no secret, and everything else is.
    if (need === "bare" && actor === undefined)
      c.res = c.json({ status: c.res.ok ? "ok" : "failed" }, c.res.ok ? 200 : 503);
    else c.res = budget.admit(c.res, peerOf(c).address, () => isOpen || show(c).actor !== undefined);
    return undefined;
  };
};
