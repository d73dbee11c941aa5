/** `/api/v1/session`: signing in and out, and who one is. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import type { Access, Paired, SignIn } from "../../access/access.ts";
import type { Actor } from "../../access/scope.ts";
import { longestSession } from "../../access/sessions.ts";
import type { ApiProblem, SessionAnswer } from "../api.ts";
import { peerOf } from "../checks.ts";
import { cookieName, sessionOf } from "./credentials.ts";
import { ownPasswordRoute, pairingRoute, sessionRoute, signInRoute, signOutRoute } from "./routes.ts";

/** Also behind a proxy that ends TLS: the browser says how it reached the page. */
const isSecure = (c: Context): boolean => peerOf(c).tls || /^https:/i.test(c.req.header("origin") ?? "");

const answerFor = (actor: Actor | undefined, pairing: boolean, part: string | undefined): SessionAnswer => {
  if (actor === undefined) return { state: "signed-out", name: null, kind: null, scope: null, pairing };
  const { name, kind, scope } = actor;
  const parts = part === undefined ? {} : { parts: [part] };
  return { state: kind === "local" ? "open" : "signed-in", name, kind, scope, pairing, ...parts };
};

const failed = (c: Context, outcome: Exclude<SignIn, { readonly result: "done" }>) => {
  if (outcome.result === "wait") {
    const seconds = Math.ceil(outcome.wait / 1_000);
    const message = `too many failed attempts: try again in ${seconds} s`;
    return c.json({ error: "too-many-attempts", message } satisfies ApiProblem, 429, {
      "retry-after": String(seconds),
    });
  }
  if (outcome.result === "busy") {
    const message = "too many people are signing in at once: try again in a few seconds";
    return c.json({ error: "busy", message } satisfies ApiProblem, 503, { "retry-after": "3" });
  }
  const message = "the name or the password is wrong: check both and try again";
  return c.json({ error: "wrong-credentials", message } satisfies ApiProblem, 401);
};

export const addSession = (app: OpenAPIHono, access: Access | undefined, part: string | undefined): void => {
  const answer = (actor: Actor | undefined) => answerFor(actor, access?.isPairing() === true, part);
  const begin = (c: Context, { id, actor }: Extract<SignIn, { readonly result: "done" }>): SessionAnswer => {
    // The session that this one replaces would be of use to nobody.
    const before = sessionOf(c);
    if (before !== undefined) access?.signOut(before);
    const secure = isSecure(c);
    const maxAge = longestSession / 1_000;
    setCookie(c, cookieName(secure), id, { path: "/", httpOnly: true, sameSite: "Strict", secure, maxAge });
    return answer(actor);
  };

  app.openapi(sessionRoute, (c) => c.json(answer(c.var.actor), 200));

  app.openapi(signInRoute, async (c) => {
    const { name, password } = c.req.valid("json");
    const address = peerOf(c).address;
    const outcome: SignIn = (await access?.signIn({ name, password, address })) ?? { result: "wrong" };
    return outcome.result === "done" ? c.json(begin(c, outcome), 200) : failed(c, outcome);
  });

  app.openapi(signOutRoute, (c) => {
    const id = sessionOf(c);
    if (id !== undefined) access?.signOut(id);
    for (const secure of [true, false]) deleteCookie(c, cookieName(secure), { path: "/", secure });
    return c.json(answer(undefined), 200);
  });

  app.openapi(ownPasswordRoute, async (c) => {
    const actor = c.var.actor;
    const refused = (message: string) => c.json({ error: "not-possible", message } satisfies ApiProblem, 409);
    if (access === undefined || actor?.kind !== "user")
      return refused("only a user who is signed in has a password: sign in with it first");
    const { old, password } = c.req.valid("json");
    const outcome = await access.changePassword(
      { name: actor.name, password: old, address: peerOf(c).address },
      password,
    );
    if (outcome.result === "done") return c.json(begin(c, outcome), 200);
    if (outcome.result === "refused") return refused(outcome.message);
    if (outcome.result !== "wrong") return failed(c, outcome);
    const message = "the old password is wrong: check it and try again";
    return c.json({ error: "wrong-credentials", message } satisfies ApiProblem, 401);
  });

  app.openapi(pairingRoute, async (c) => {
    const { code, name, password } = c.req.valid("json");
    const over: Paired = { result: "refused", message: "this gateway does not pair: sign in instead" };
    const outcome = (await access?.pair(code, { name, password, address: peerOf(c).address })) ?? over;
    if (outcome.result === "done") return c.json(begin(c, outcome), 200);
    if (outcome.result === "refused")
      return c.json({ error: "no-pairing", message: outcome.message } satisfies ApiProblem, 409);
    if (outcome.result !== "wrong") return failed(c, outcome);
    const message = "the code is wrong: it is in the gateway's log, and valid for ten minutes and five attempts";
    return c.json({ error: "wrong-code", message } satisfies ApiProblem, 401);
  });
};
