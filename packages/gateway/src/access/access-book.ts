/** Makes, lists and removes users and tokens in a data folder, while a daemon runs or not. */
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import {
  type AccessContent,
  mostTokens,
  mostUsers,
  readAccessFile,
  type StoredToken,
  type StoredUser,
  whileLocked,
  writeAccessFile,
} from "./access-file.ts";
import { checkedName, nameKey, passwordProblem } from "./names.ts";
import { type Cost, hashPassword, usualCost } from "./password.ts";
import type { Scope } from "./scope.ts";
import { hashOf, newSecret, newToken } from "./token.ts";

/** A user without what proves that it is them. */
export type UserEntry = Omit<StoredUser, "password" | "stamp">;
export type TokenEntry = Omit<StoredToken, "hash">;

export interface AccessBookOptions {
  /** The data folder. */
  readonly folder: string;
  readonly clock: Pick<Clock, "wall">;
  readonly entropy: Entropy;
  /** For tests. */
  readonly cost?: Cost | undefined;
}

export interface AccessBook {
  /** Of `access.json`. */
  readonly path: string;
  readonly users: () => readonly UserEntry[];
  readonly tokens: () => readonly TokenEntry[];
  /** @param onlyFirst refuses if there is a user already */
  readonly addUser: (name: string, password: string, scope: Scope, onlyFirst?: boolean) => Promise<UserEntry>;
  readonly removeUser: (name: string) => void;
  /** Takes effect for the user's sessions too. */
  readonly setScope: (name: string, scope: Scope) => UserEntry;
  /** Ends the user's sessions too. */
  readonly setPassword: (name: string, password: string) => Promise<void>;
  /** The token itself is in the answer and nowhere else. */
  readonly addToken: (
    name: string,
    scope: Scope,
    life?: Millis,
  ) => { readonly token: string; readonly entry: TokenEntry };
  readonly removeToken: (name: string) => void;
  /** Notes when tokens were last used, by their hash. */
  readonly noteUse: (used: ReadonlyMap<string, string>) => void;
}

const entryOfUser = ({ name, scope, created }: StoredUser): UserEntry => ({ name, scope, created });
const entryOfToken = ({ name, scope, created, used, expires }: StoredToken): TokenEntry => ({
  name,
  scope,
  created,
  used,
  expires,
});

const named = <T extends { readonly name: string }>(entries: readonly T[], name: string): T | undefined =>
  entries.find((entry) => nameKey(entry.name) === nameKey(name));

const unknown = (what: "user" | "token"): UsageError =>
  new UsageError("name", `there is no ${what} of that name; meterport ${what} list shows all`);

const goodPassword = (password: string, name: string): string => {
  const problem = passwordProblem(password, name);
  if (problem !== undefined) throw new UsageError("password", problem);
  return password;
};

/** Each of its functions throws a UsageError with one sentence, which never holds a password or a token. */
export const accessBook = ({ folder, clock, entropy, cost = usualCost }: AccessBookOptions): AccessBook => {
  const path = join(folder, "access.json");
  const change = <T>(how: (content: AccessContent) => readonly [AccessContent, T]): T =>
    whileLocked(path, clock.wall(), () => {
      const [next, result] = how(readAccessFile(path));
      writeAccessFile(path, next);
      return result;
    });
  const now = (): string => new Date(clock.wall()).toISOString();
  const secretOf = async (password: string) => ({
    password: await hashPassword(password, entropy, cost),
    stamp: newSecret(entropy).slice(0, 16),
  });
  return {
    path,
    users: () => readAccessFile(path).users.map(entryOfUser),
    tokens: () => readAccessFile(path).tokens.map(entryOfToken),
    addUser: async (given, password, scope, onlyFirst = false) => {
      const name = checkedName(given, "user");
      const secret = await secretOf(goodPassword(password, name));
      return change((content) => {
        const { users } = content;
        if (onlyFirst && users.length > 0) throw new UsageError("name", "there is a user already");
        if (named(users, name) !== undefined)
          throw new UsageError(
            "name",
            `there is a user ${name} already: choose another name, or change this one with meterport user passwd or meterport user scope`,
          );
        if (users.length >= mostUsers)
          throw new UsageError("name", `there are ${mostUsers} users already, which is the limit: remove one first`);
        const user: StoredUser = { name, scope, created: now(), ...secret };
        return [{ ...content, users: [...users, user] }, entryOfUser(user)];
      });
    },
    removeUser: (name) =>
      change((content) => {
        const user = named(content.users, name);
        if (user === undefined) throw unknown("user");
        return [{ ...content, users: content.users.filter((other) => other !== user) }, undefined];
      }),
    setScope: (name, scope) =>
      change((content) => {
        const user = named(content.users, name);
        if (user === undefined) throw unknown("user");
        const next = { ...user, scope };
        return [
          { ...content, users: content.users.map((other) => (other === user ? next : other)) },
          entryOfUser(next),
        ];
      }),
    setPassword: async (name, password) => {
      if (named(readAccessFile(path).users, name) === undefined) throw unknown("user");
      const secret = await secretOf(goodPassword(password, name));
      change((content) => {
        const user = named(content.users, name);
        if (user === undefined) throw unknown("user");
        const next = content.users.map((other) => (other === user ? { ...user, ...secret } : other));
        return [{ ...content, users: next }, undefined];
      });
    },
    addToken: (given, scope, life) => {
      const name = checkedName(given, "token");
      const token = newToken(entropy);
      return change((content) => {
        const { tokens } = content;
        if (named(tokens, name) !== undefined)
          throw new UsageError("name", `there is a token ${name} already: choose another name, or remove it first`);
        if (tokens.length >= mostTokens)
          throw new UsageError("name", `there are ${mostTokens} tokens already, which is the limit: remove one first`);
        const expires = life === undefined ? null : new Date(clock.wall() + life).toISOString();
        const stored: StoredToken = { name, scope, hash: hashOf(token), created: now(), used: null, expires };
        return [
          { ...content, tokens: [...tokens, stored] },
          { token, entry: entryOfToken(stored) },
        ];
      });
    },
    removeToken: (name) =>
      change((content) => {
        const token = named(content.tokens, name);
        if (token === undefined) throw unknown("token");
        return [{ ...content, tokens: content.tokens.filter((other) => other !== token) }, undefined];
      }),
    noteUse: (used) =>
      whileLocked(path, clock.wall(), () => {
        const content = readAccessFile(path);
        // A file that was removed meanwhile is not made again.
        if (!content.tokens.some(({ hash }) => used.has(hash))) return;
        const tokens = content.tokens.map((token) => ({ ...token, used: used.get(token.hash) ?? token.used }));
        writeAccessFile(path, { ...content, tokens });
      }),
  };
};
