/** `/api/v1/users` and `/api/v1/tokens`: who may use the gateway, as `meterport user` and `meterport token` change it. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { UsageError } from "@meterport/protocol/errors";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { Millis } from "@meterport/protocol/ports";
import type { Context } from "hono";
import type { Access } from "../../access/access.ts";
import type { AccessBook } from "../../access/access-book.ts";
import { nameKey, passwordProblem } from "../../access/names.ts";
import type { Scope } from "../../access/scope.ts";
import { refuse, shown } from "../answers.ts";
import { badRequest, give } from "../give.ts";
import * as routes from "./routes.ts";

const day: Millis = 86_400_000;
const shortestLife: Millis = 60_000;
const longestLife = 3_650 * day;

const unavailable = (c: Context) =>
  refuse(c, 503, "not-available", "this gateway was started without users and tokens");
const impossible = (c: Context, message: string) => refuse(c, 409, "not-possible", message);
const made = <B>(c: Context, body: B) => c.json(body as never, 201);

const find = <T extends { readonly name: string }>(entries: readonly T[], name: string): T | undefined =>
  entries.find((entry) => nameKey(entry.name) === nameKey(name));

const noUser = (c: Context, name: string) =>
  refuse(c, 404, "no-such-user", `there is no user ${shown(name)}: GET /api/v1/users lists all`);
const noToken = (c: Context, name: string) =>
  refuse(c, 404, "no-such-token", `there is no token ${shown(name)}: GET /api/v1/tokens lists all`);

/** Hashing a password takes a moment and much memory, so one is hashed at a time. */
class Turns {
  #busy = false;

  /** Undefined if another one is in progress. */
  async take<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#busy) return undefined;
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}

const isBusy = (c: Context) => refuse(c, 503, "busy", "another password is being stored: try again");

/** Whether nobody could administer the gateway by its page without this user. */
const isLastAdmin = (book: AccessBook, name: string): boolean => {
  const admins = book.users().filter(({ scope }) => scope === "admin");
  return admins.length === 1 && find(admins, name) !== undefined;
};

const lastAdmin = (c: Context, name: string) =>
  impossible(
    c,
    `${name} is the last admin who can sign in: make another one first, or use meterport user on the machine`,
  );

/** What the files refuse, as an answer: a name or password that cannot be used, or a file that cannot be written. */
const refused = (c: Context, error: unknown) => {
  if (!(error instanceof UsageError)) throw error;
  return error.code === "access" ? refuse(c, 503, "not-available", error.message) : badRequest(c, error.message);
};

/** Runs a handler with the users and tokens, which may refuse. */
const withAccess = async <T>(c: Context, access: Access | undefined, work: (access: Access) => T | Promise<T>) => {
  if (access === undefined) return unavailable(c);
  try {
    return await work(access);
  } catch (error) {
    return refused(c, error);
  }
};

const addUsers = (app: OpenAPIHono, access: Access | undefined, turns: Turns): void => {
  app.openapi(routes.usersRoute, (c) =>
    withAccess(c, access, ({ book }) => give(c, routes.usersAnswer, { users: book.users() })),
  );

  app.openapi(routes.addUserRoute, (c) =>
    withAccess(c, access, async ({ book, look }) => {
      const { name, password, scope: asked } = c.req.valid("json");
      const users = book.users();
      const isFirst = users.length === 0;
      if (find(users, name) !== undefined)
        return impossible(c, `there is a user ${shown(name)} already: choose another name, or change this one`);
      if (isFirst && asked !== undefined && asked !== "admin")
        return impossible(c, "the first user must be an admin, since everybody has to sign in then");
      const scope: Scope = asked ?? (isFirst ? "admin" : "read");
      const entry = await turns.take(() => book.addUser(name, password, scope, isFirst));
      if (entry === undefined) return isBusy(c);
      look();
      return made(c, entry);
    }),
  );
};

const addUserChanges = (app: OpenAPIHono, access: Access | undefined, turns: Turns): void => {
  app.openapi(routes.changeUserRoute, (c) =>
    withAccess(c, access, async ({ book, look }) => {
      const { name } = c.req.valid("param");
      const { scope, password } = c.req.valid("json");
      const user = find(book.users(), name);
      if (user === undefined) return noUser(c, name);
      const problem = password === undefined ? undefined : passwordProblem(password, user.name);
      if (problem !== undefined) return badRequest(c, problem);
      if (scope !== undefined && scope !== "admin" && isLastAdmin(book, name)) return lastAdmin(c, user.name);
      const done = await turns.take(async () => {
        if (scope !== undefined) book.setScope(user.name, scope);
        if (password !== undefined) await book.setPassword(user.name, password);
        return true;
      });
      if (done === undefined) return isBusy(c);
      look();
      return give(c, routes.user, find(book.users(), name) ?? user);
    }),
  );

  app.openapi(routes.removeUserRoute, (c) =>
    withAccess(c, access, ({ book, look }) => {
      const { name } = c.req.valid("param");
      const user = find(book.users(), name);
      if (user === undefined) return noUser(c, name);
      if (isLastAdmin(book, name)) return lastAdmin(c, user.name);
      book.removeUser(user.name);
      look();
      return give(c, routes.removedAnswer, { removed: user.name });
    }),
  );
};

/** Undefined for a text that is no such time. */
const lifeOf = (text: string): Millis | undefined => {
  const life = parseDuration(text);
  return life !== undefined && life >= shortestLife && life <= longestLife ? life : undefined;
};

const addTokens = (app: OpenAPIHono, access: Access | undefined): void => {
  app.openapi(routes.tokensRoute, (c) =>
    withAccess(c, access, ({ book }) => give(c, routes.tokensAnswer, { tokens: book.tokens() })),
  );

  app.openapi(routes.addTokenRoute, (c) =>
    withAccess(c, access, ({ book, look }) => {
      const { name, scope = "read", expires } = c.req.valid("json");
      if (find(book.tokens(), name) !== undefined)
        return impossible(c, `there is a token ${shown(name)} already: choose another name, or remove it first`);
      const life = expires === undefined ? undefined : lifeOf(expires);
      if (expires !== undefined && life === undefined)
        return badRequest(c, `expires ${shown(expires)} is not a length of time from 1min to 3650d: write 90d or 12h`);
      const { token, entry } = book.addToken(name, scope, life);
      look();
      return made(c, { ...entry, token });
    }),
  );

  app.openapi(routes.removeTokenRoute, (c) =>
    withAccess(c, access, ({ book, look }) => {
      const { name } = c.req.valid("param");
      const token = find(book.tokens(), name);
      if (token === undefined) return noToken(c, name);
      book.removeToken(token.name);
      look();
      return give(c, routes.removedAnswer, { removed: token.name });
    }),
  );
};

export const addPeople = (app: OpenAPIHono, access: Access | undefined): void => {
  const turns = new Turns();
  addUsers(app, access, turns);
  addUserChanges(app, access, turns);
  addTokens(app, access);
};
