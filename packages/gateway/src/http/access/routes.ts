/** How the API describes this resource. */
import { createRoute, z } from "@hono/zod-openapi";
import { longestPassword } from "../../access/names.ts";
import { scopes } from "../../access/scope.ts";
import type { SessionAnswer } from "../api.ts";
import { answer, problem } from "../route-parts.ts";

const sessionAnswer = z
  .object({
    state: z.enum(["signed-in", "signed-out", "open"]).openapi({
      description: "`open`: on a loopback address without users, where everybody may do everything",
    }),
    name: z.string().nullable().openapi({ description: "Of the user or token; null if nobody is signed in" }),
    kind: z.enum(["user", "token", "ingress", "local"]).nullable(),
    scope: z.enum(scopes).nullable(),
    pairing: z.boolean().openapi({ description: "Whether the first user can be made with the code on the console" }),
    parts: z
      .array(z.string())
      .readonly()
      .optional()
      .openapi({ description: "What this gateway has beside its meters, such as `fleet`" }),
  })
  .openapi("Session") satisfies z.ZodType<SessionAnswer>;

const signedIn = { state: "signed-in", name: "anna", kind: "user", scope: "admin", pairing: false } as const;
const signedOut = { state: "signed-out", name: null, kind: null, scope: null, pairing: false } as const;

const name = z.string().min(1).max(63).openapi({ example: "anna" });
const password = z.string().min(1).max(longestPassword);
const json = <T extends z.ZodType>(schema: T, example: z.input<T>) => ({
  body: { required: true, content: { "application/json": { schema, example } } },
});
const answers = {
  200: answer(sessionAnswer, "Signed in; the session is in a cookie", signedIn),
  400: problem("A field is missing or not valid"),
  401: problem("Name, password or code are wrong"),
  429: problem("Too many failures: try again after `Retry-After` seconds"),
  503: problem("Too many sign in at once: try again"),
};

export const sessionRoute = createRoute({
  method: "get",
  path: "/api/v1/session",
  tags: ["access"],
  summary: "Who you are, and what you may do",
  responses: { 200: answer(sessionAnswer, "You, or nobody", signedIn) },
});

export const signInRoute = createRoute({
  method: "post",
  path: "/api/v1/session",
  tags: ["access"],
  summary: "Signs in with name and password",
  request: json(z.object({ name, password }), { name: "anna", password: "correct horse battery staple" }),
  responses: answers,
});

export const signOutRoute = createRoute({
  method: "delete",
  path: "/api/v1/session",
  tags: ["access"],
  summary: "Signs out and ends the session",
  responses: { 200: answer(sessionAnswer, "Signed out", signedOut) },
});

export const pairingRoute = createRoute({
  method: "post",
  path: "/api/v1/session/pairing",
  tags: ["access"],
  summary: "Makes the first user with the code on the console, and signs in",
  request: json(z.object({ code: z.string().min(1).max(20), name, password }), {
    code: "1234 5678",
    name: "anna",
    password: "correct horse battery staple",
  }),
  responses: { ...answers, 409: problem("Pairing is over, or the name or password cannot be used") },
});

export const ownPasswordRoute = createRoute({
  method: "post",
  path: "/api/v1/session/password",
  tags: ["access"],
  summary: "Sets another password for the user who is signed in",
  description: "All other sessions of the user end, and this one goes on with a new cookie.",
  request: json(z.object({ old: password, password }), {
    old: "correct horse battery staple",
    password: "another horse without a battery",
  }),
  responses: { ...answers, 409: problem("A token has no password, or the new one cannot be used", "not-possible") },
});
