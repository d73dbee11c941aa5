/** Who may use the gateway: users and tokens of the data folder, sessions, and the first pairing. */
import type { Log } from "@meterport/engine/ports/log";
import { UsageError } from "@meterport/protocol/errors";
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import { type AccessBook, accessBook } from "./access-book.ts";
import { type AccessContent, readAccessFile, type StoredUser, versionOf } from "./access-file.ts";
import { Attempts, addressKey } from "./attempts.ts";
import { checkedName, nameKey, passwordProblem } from "./names.ts";
import { Pairing } from "./pairing.ts";
import { type Cost, nobodysHash, PasswordChecks, type PasswordHash, usualCost } from "./password.ts";
import type { Actor } from "./scope.ts";
import { Sessions } from "./sessions.ts";
import { hashOf, isToken } from "./token.ts";

export interface AccessOptions {
  /** The data folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /** For tests. */
  readonly cost?: Cost | undefined;
}

/** How signing in ended. */
export type SignIn =
  | { readonly result: "done"; readonly id: string; readonly actor: Actor }
  | { readonly result: "wrong" }
  /** Too many failures: not before this many milliseconds. */
  | { readonly result: "wait"; readonly wait: Millis }
  | { readonly result: "busy" };

export type Paired = SignIn | { readonly result: "refused"; readonly message: string };

export interface Credentials {
  readonly name: string;
  readonly password: string;
  readonly address: string;
}

/** How somebody's change of their own password ended; `done` has a new session, and all others have ended. */
export type PasswordChange = SignIn | { readonly result: "refused"; readonly message: string };

export interface Access {
  /** Users and tokens. What was changed in it holds at once after `look`. */
  readonly book: AccessBook;
  /** Reads the file again, if it has changed. */
  readonly look: () => void;
  readonly hasUsers: () => boolean;
  /** Whether even a person on this machine has to sign in: there is or was a user, or pairing was opened for the first one. */
  readonly asksWho: () => boolean;
  /** Whether anybody has a right at all. */
  readonly isConfigured: () => boolean;
  /** The owner of a token that is known and has not expired. */
  readonly byToken: (token: string) => Actor | undefined;
  readonly bySession: (id: string) => Actor | undefined;
  readonly signIn: (credentials: Credentials) => Promise<SignIn>;
  readonly signOut: (id: string) => void;
  /** A user who knows the old password sets another one. */
  readonly changePassword: (credentials: Credentials, password: string) => Promise<PasswordChange>;
  /** Opens pairing, and gives the code to show on the console; undefined if there is a user already. */
  readonly openPairing: () => string | undefined;
  readonly isPairing: () => boolean;
  /** Makes the first user, an admin, and signs them in. */
  readonly pair: (code: string, credentials: Credentials) => Promise<Paired>;
}

/** The file is looked at no more often. */
const lookEvery: Millis = 1_000;
/** The last use of a token is written no more often. */
const noteEvery: Millis = 3_600_000;

/** Somebody who guesses from one address waits up to a quarter of an hour. */
const ofAddress = { free: 5, longest: 900_000 };
/** Shorter, because anybody can make the true user wait. */
const ofName = { free: 10, longest: 30_000 };
/** The same for this machine's own addresses: behind a proxy they are everybody's. */
const ofThisMachine = { free: 10, longest: 30_000 };

const isThisMachine = (key: string): boolean => key.startsWith("127.") || key === "0:0:0:0::/64";

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** All but when tokens were used. */
const rightsOf = ({ users, tokens }: AccessContent): string =>
  JSON.stringify([users, tokens.map(({ used: _, ...token }) => token)]);

/** The file's content, read again when it has changed. */
class Watched {
  readonly #path: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #log: Log;
  #version: string | undefined;
  #content: AccessContent;
  #looked: Millis;
  #closed: boolean;
  /** What is wrong with the file, if that was logged already. */
  #problem: string | undefined;

  constructor(path: string, clock: Pick<Clock, "now">, log: Log) {
    this.#path = path;
    this.#clock = clock;
    this.#log = log;
    this.#version = versionOf(path);
    this.#content = readAccessFile(path);
    this.#closed = this.#content.closed === true;
    this.#looked = clock.now();
  }

  /** Whether there is or was a user. A file that disappears while the gateway runs opens nothing. */
  get closed(): boolean {
    return this.content.closed === true || this.#closed;
  }

  get content(): AccessContent {
    if (this.#clock.now() - this.#looked >= lookEvery) this.look();
    return this.#content;
  }

  look(): void {
    this.#looked = this.#clock.now();
    try {
      const version = versionOf(this.#path);
      if (version === this.#version && this.#problem === undefined) return;
      const before = rightsOf(this.#content);
      this.#content = readAccessFile(this.#path);
      // Only now: what cannot be read this time is read the next time, even if it has not changed.
      this.#version = version;
      this.#problem = undefined;
      const { users, tokens, closed } = this.#content;
      this.#closed ||= closed === true;
      if (rightsOf(this.#content) !== before)
        this.#log.info(`access: users and tokens have changed: ${users.length} and ${tokens.length} of them now`);
    } catch (error) {
      // A mistake in the file neither locks anybody out nor lets anybody in.
      const problem = sentenceOf(error);
      if (problem !== this.#problem)
        this.#log.error(`access: ${problem}; until then the previous users and tokens are in effect`);
      this.#problem = problem;
    }
  }
}

const findUser = (content: AccessContent, name: string): StoredUser | undefined =>
  content.users.find((user) => nameKey(user.name) === nameKey(name));

/** Guards the passwords: pauses for who guesses, and the same answer and work for a name that does not exist. */
class Door {
  readonly #clock: Clock;
  readonly #addresses = new Attempts(ofAddress);
  readonly #machine = new Attempts(ofThisMachine);
  readonly #names = new Attempts(ofName);
  readonly #checks = new PasswordChecks();
  readonly #nobody: PasswordHash;

  constructor({ clock, entropy, cost = usualCost }: AccessOptions) {
    this.#clock = clock;
    this.#nobody = nobodysHash(entropy, cost);
  }

  #of(key: string): Attempts {
    return isThisMachine(key) ? this.#machine : this.#addresses;
  }

  waitOf(address: string, name?: string): Millis {
    const now = this.#clock.now();
    const ofThis = name === undefined ? 0 : this.#names.wait(nameKey(name), now);
    const key = addressKey(address);
    return Math.max(this.#of(key).wait(key, now), ofThis);
  }

  /** Counts a failure of an address that may turn out to be none: see `passed`. */
  count(address: string): void {
    const key = addressKey(address);
    this.#of(key).begin(key, this.#clock.now());
  }

  passed(address: string): void {
    const key = addressKey(address);
    this.#of(key).succeeded(key);
  }

  async check({ name, password, address }: Credentials, user: StoredUser | undefined): Promise<boolean | undefined> {
    const [one, other, now] = [addressKey(address), nameKey(name), this.#clock.now()];
    const addresses = this.#of(one);
    addresses.begin(one, now);
    this.#names.begin(other, now);
    const fits = await this.#checks.check(password, user?.password ?? this.#nobody);
    if (fits === undefined) {
      addresses.withdraw(one);
      this.#names.withdraw(other);
      return undefined;
    }
    if (!fits || user === undefined) return false;
    addresses.succeeded(one);
    this.#names.succeeded(other);
    return true;
  }
}

const newUserProblem = (name: string, password: string): string | undefined => {
  try {
    return passwordProblem(password, checkedName(name, "user"));
  } catch (error) {
    return sentenceOf(error);
  }
};

const actorOfUser = ({ name, scope }: StoredUser): Actor => ({ kind: "user", name, scope });

/** @throws UsageError if `access.json` cannot be read or is damaged */
export const createAccess = (options: AccessOptions): Access => {
  const { clock, entropy, log } = options;
  const book = accessBook(options);
  const watched = new Watched(book.path, clock, log);
  const sessions = new Sessions(options);
  const door = new Door(options);
  let pairing: Pairing | undefined;

  const noted = new Map<string, Millis>();
  const noteUse = (hash: string): void => {
    const now = clock.now();
    const last = noted.get(hash);
    if (last !== undefined && now - last < noteEvery) return;
    noted.set(hash, now);
    try {
      book.noteUse(new Map([[hash, new Date(clock.wall()).toISOString()]]));
    } catch (error) {
      log.warn(`access: the use of a token was not noted: ${sentenceOf(error)}`);
    }
  };
  const hasUsers = (): boolean => watched.content.users.length > 0;
  const isPairing = (): boolean => pairing?.isOpen === true && !hasUsers();
  const begin = (user: StoredUser, address: string): SignIn => {
    log.info(`access: ${user.name} signed in from ${address}`);
    return { result: "done", id: sessions.begin(user.name, user.stamp), actor: actorOfUser(user) };
  };

  const signIn: Access["signIn"] = async (credentials) => {
    const { name, address } = credentials;
    const wait = door.waitOf(address, name);
    if (wait > 0) return { result: "wait", wait };
    watched.look();
    const user = findUser(watched.content, name);
    const fits = await door.check(credentials, user);
    if (fits === undefined) return { result: "busy" };
    if (fits && user !== undefined) return begin(user, address);
    // An unknown name may be a password that was typed into the wrong field.
    log.warn(`access: a failed attempt to sign in from ${address}${user === undefined ? "" : ` as ${user.name}`}`);
    return { result: "wrong" };
  };

  const changePassword: Access["changePassword"] = async (credentials, password) => {
    const { name, address } = credentials;
    const problem = passwordProblem(password, name);
    if (problem !== undefined) return { result: "refused", message: problem };
    const wait = door.waitOf(address, name);
    if (wait > 0) return { result: "wait", wait };
    watched.look();
    const user = findUser(watched.content, name);
    const fits = await door.check(credentials, user);
    if (fits === undefined) return { result: "busy" };
    if (!fits || user === undefined) {
      log.warn(`access: a failed attempt to change a password from ${address}`);
      return { result: "wrong" };
    }
    try {
      await book.setPassword(user.name, password);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { result: "refused", message: error.message };
    }
    watched.look();
    const now = findUser(watched.content, name);
    if (now === undefined) return { result: "refused", message: "this user was removed at once" };
    log.info(`access: ${now.name} has changed their password; their other sessions have ended`);
    return { result: "done", id: sessions.begin(now.name, now.stamp), actor: actorOfUser(now) };
  };

  return {
    book,
    look: () => watched.look(),
    changePassword,
    hasUsers,
    asksWho: () => watched.closed || pairing !== undefined,
    isConfigured: () => hasUsers() || watched.content.tokens.length > 0,
    byToken: (token) => {
      if (!isToken(token)) return undefined;
      // Comparing hashes tells nothing of the token, however long it takes.
      const hash = hashOf(token);
      const stored = watched.content.tokens.find((each) => each.hash === hash);
      if (stored === undefined) return undefined;
      if (stored.expires !== null && !(clock.wall() < Date.parse(stored.expires))) return undefined;
      noteUse(hash);
      return { kind: "token", name: stored.name, scope: stored.scope };
    },
    bySession: (id) => {
      const session = sessions.find(id);
      const user = session === undefined ? undefined : findUser(watched.content, session.user);
      // Another stamp is another password, or another user of the same name.
      return user === undefined || user.stamp !== session?.stamp ? undefined : actorOfUser(user);
    },
    signIn,
    signOut: (id) => sessions.end(id),
    openPairing: () => {
      watched.look();
      if (hasUsers()) return undefined;
      pairing = new Pairing(clock, entropy);
      return pairing.shown;
    },
    isPairing,
    pair: async (code, { name, password, address }) => {
      const wait = door.waitOf(address);
      if (wait > 0) return { result: "wait", wait };
      if (pairing === undefined || !isPairing())
        return {
          result: "refused",
          message: "pairing is over: restart the gateway for a new code, or run meterport user add on its machine",
        };
      // A bad name or password costs no try, and says nothing of the code.
      const problem = newUserProblem(name, password);
      if (problem !== undefined) return { result: "refused", message: problem };
      door.count(address);
      if (!pairing.fits(code)) {
        log.warn(`access: a wrong pairing code from ${address}${pairing.isOpen ? "" : "; pairing is over"}`);
        return { result: "wrong" };
      }
      door.passed(address);
      try {
        await book.addUser(name, password, "admin", true);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        return { result: "refused", message: error.message };
      }
      pairing.end();
      watched.look();
      const user = findUser(watched.content, name);
      if (user === undefined) return { result: "refused", message: "the new user was removed at once" };
      return begin(user, address);
    },
  };
};
