/** What a request shows to say on whose behalf it comes. */
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import type { Access } from "../../access/access.ts";
import { type Actor, localActor } from "../../access/scope.ts";
import { peerOf } from "../checks.ts";
import { isLoopback } from "../host-check.ts";

/** Browsers accept the prefix over TLS only, and then no other host or path can set the cookie. */
const secureCookie = "__Host-meterport";
const plainCookie = "meterport";
export const cookieName = (secure: boolean): string => (secure ? secureCookie : plainCookie);

/** The session that the browser shows, if any. */
export const sessionOf = (c: Context): string | undefined =>
  getCookie(c, secureCookie) ?? (peerOf(c).tls ? undefined : getCookie(c, plainCookie));

const longestName = 100;

/** Header values are Latin-1 for Node; Home Assistant sends UTF-8. */
const headerText = (value: string): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
};

/** Who a request is by; `bad` if it shows a token that is not valid. */
export type Shown =
  | { readonly actor: Actor; readonly by: "token" | "cookie" | "ingress" | "place" }
  | { readonly actor: undefined; readonly by: "nothing" | "bad-token" };

const nobody: Shown = { actor: undefined, by: "nothing" };

/** Who a token belongs to; `header` gives the other headers of its request. */
export type TokenOwner = (token: string, header: (name: string) => string | undefined) => Actor | undefined;

/**
 * Who a request is by. A token counts alone: if it is not valid, nothing else is looked at.
 *
 * @param ownerOf is asked for tokens that `access` does not know
 * @param bound the address to listen on: on loopback, everybody may do everything until there is a user
 */
export const shownBy =
  (access: Access | undefined, bound: string, ownerOf: TokenOwner = () => undefined) =>
  (c: Context): Shown => {
    const { ingress } = peerOf(c);
    if (ingress !== undefined) {
      const name = headerText(c.req.header(ingress.userHeader) ?? "")
        .trim()
        .slice(0, longestName);
      return name === "" ? nobody : { actor: { kind: "ingress", name, scope: ingress.scope }, by: "ingress" };
    }
    const bearer = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (bearer !== undefined) {
      const actor = access?.byToken(bearer) ?? ownerOf(bearer, (name) => c.req.header(name));
      return actor === undefined ? { actor: undefined, by: "bad-token" } : { actor, by: "token" };
    }
    const id = sessionOf(c);
    const actor = id === undefined ? undefined : access?.bySession(id);
    if (actor !== undefined) return { actor, by: "cookie" };
    return isLoopback(bound) && access?.asksWho() !== true ? { actor: localActor, by: "place" } : nobody;
  };
