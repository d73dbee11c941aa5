/** How the API describes users and tokens. */
import { createRoute, z } from "@hono/zod-openapi";
import { longestPassword } from "../../access/names.ts";
import { scopes } from "../../access/scope.ts";
import { query } from "../query/params.ts";
import { answer, jsonBody, problem, wrongParameter } from "../route-parts.ts";
import { moment } from "../schemas.ts";

const name = z.string().min(1).max(63);
const scope = z.enum(scopes);
const password = z.string().min(1).max(longestPassword).openapi({ description: "At least 10 characters" });

export const user = z.object({ name, scope, created: moment("When it was made") }).openapi("User");
export const usersAnswer = z.object({ users: z.array(user) }).openapi("UsersAnswer");

const tokenFields = {
  name,
  scope,
  created: moment("When it was made"),
  used: moment("When it was used last, to the hour; null if never").nullable(),
  expires: moment("When it ends; null if never").nullable(),
};
export const token = z.object(tokenFields).openapi("Token");
export const tokensAnswer = z.object({ tokens: z.array(token) }).openapi("TokensAnswer");
const newTokenAnswer = z
  .object({ ...tokenFields, token: z.string().openapi({ description: "The token itself, which is shown only here" }) })
  .openapi("NewToken");
export const removedAnswer = z.object({ removed: name }).openapi("RemovedAnswer");

const anna = { name: "anna", scope: "admin", created: "2026-01-01T00:00:00.000Z" } as const;
const program = {
  name: "home-assistant",
  scope: "read",
  created: "2026-01-01T00:00:00.000Z",
  used: null,
  expires: "2027-01-01T00:00:00.000Z",
} as const;

const unavailable = problem("This gateway has no users", "not-available");
const wrong = problem("A field is not valid");
const conflict = problem("The name is taken, or nobody could administer the gateway any more", "not-possible");
const admin = "Needs the scope `admin`.";
const withoutBody = "Needs the scope `admin`, and the header `x-meterport: 1`, since there is no body.";
const params = (what: string, example: string) =>
  z.object({ name: z.string().openapi({ description: `The name of the ${what}`, example }) });

export const usersRoute = createRoute({
  method: "get",
  path: "/api/v1/users",
  tags: ["access"],
  summary: "People who may sign in",
  description: admin,
  request: { query: query({}) },
  responses: { 200: answer(usersAnswer, "Users", { users: [anna] }), 400: wrongParameter, 503: unavailable },
});

export const addUserRoute = createRoute({
  method: "post",
  path: "/api/v1/users",
  tags: ["access"],
  summary: "Makes a user",
  description: `The first one is an admin, later ones may read, unless \`scope\` says otherwise. With the first one everybody has to sign in. ${admin}`,
  request: {
    query: query({}),
    ...jsonBody(z.object({ name, password, scope: scope.optional() }), {
      name: "anna",
      password: "correct horse battery staple",
    }),
  },
  responses: { 201: answer(user, "The new user", anna), 400: wrong, 409: conflict, 503: unavailable },
});

export const changeUserRoute = createRoute({
  method: "patch",
  path: "/api/v1/users/{name}",
  tags: ["access"],
  summary: "Changes what a user may do, or sets another password",
  description: `Another password ends the user's sessions. ${admin}`,
  request: {
    params: params("user", "anna"),
    query: query({}),
    ...jsonBody(z.object({ scope: scope.optional(), password: password.optional() }), { scope: "operate" }),
  },
  responses: {
    200: answer(user, "The user", { ...anna, scope: "operate" }),
    400: wrong,
    404: problem("No such user", "no-such-user"),
    409: conflict,
    503: unavailable,
  },
});

export const removeUserRoute = createRoute({
  method: "delete",
  path: "/api/v1/users/{name}",
  tags: ["access"],
  summary: "Removes a user, and ends their sessions",
  description: withoutBody,
  request: { params: params("user", "anna"), query: query({}) },
  responses: {
    200: answer(removedAnswer, "The user is removed", { removed: "anna" }),
    400: wrongParameter,
    404: problem("No such user", "no-such-user"),
    409: conflict,
    503: unavailable,
  },
});

export const tokensRoute = createRoute({
  method: "get",
  path: "/api/v1/tokens",
  tags: ["access"],
  summary: "Tokens with which programs use the API",
  description: admin,
  request: { query: query({}) },
  responses: { 200: answer(tokensAnswer, "Tokens", { tokens: [program] }), 400: wrongParameter, 503: unavailable },
});

export const addTokenRoute = createRoute({
  method: "post",
  path: "/api/v1/tokens",
  tags: ["access"],
  summary: "Makes a token, which is shown once",
  description: admin,
  request: {
    query: query({}),
    ...jsonBody(
      z.object({
        name,
        scope: scope.optional().openapi({ description: "Default: read" }),
        expires: z.string().max(40).optional().openapi({
          description: "After how long it ends, from 1min to 3650d; never if omitted",
          example: "365d",
        }),
      }),
      { name: "home-assistant", scope: "read", expires: "365d" },
    ),
  },
  responses: {
    201: answer(newTokenAnswer, "The new token", { ...program, token: "mp_…" }),
    400: wrong,
    409: conflict,
    503: unavailable,
  },
});

export const removeTokenRoute = createRoute({
  method: "delete",
  path: "/api/v1/tokens/{name}",
  tags: ["access"],
  summary: "Removes a token, which then opens nothing",
  description: withoutBody,
  request: { params: params("token", "home-assistant"), query: query({}) },
  responses: {
    200: answer(removedAnswer, "The token is removed", { removed: "home-assistant" }),
    400: wrongParameter,
    404: problem("No such token", "no-such-token"),
    409: conflict,
    503: unavailable,
  },
});
