/** Sessions of signed-in browsers: hashed, limited in number and time, and kept over a restart. */
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@meterport/engine/ports/log";
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import { z } from "zod";
import { replaceFile } from "./access-file.ts";
import { hashOf, isSecret, newSecret } from "./token.ts";

const day: Millis = 86_400_000;
/** A browser that is not used for so long has to sign in again. */
const longestIdle: Millis = 14 * day;
export const longestSession: Millis = 90 * day;
const mostOfUser = 20;
const mostInAll = 2_000;
const fileLimit = 1 << 20;
/** Use is noted at most this often, since each note writes the file. */
const noteEvery: Millis = day / 2;

const storedSession = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  user: z.string().max(63),
  stamp: z.string().max(64),
  began: z.number(),
  used: z.number(),
});
export type Session = z.output<typeof storedSession>;

export interface SessionsOptions {
  readonly folder: string;
  readonly clock: Pick<Clock, "wall">;
  readonly entropy: Entropy;
  readonly log: Pick<Log, "warn">;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #path: string;
  /** By hash, the one used longest ago first. */
  #sessions: ReadonlyMap<string, Session>;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#path = join(options.folder, "sessions.json");
    this.#sessions = new Map(this.#load().map((session) => [session.hash, session]));
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Begins a session and gives its identifier, which is kept nowhere. */
  begin(user: string, stamp: string): string {
    const id = newSecret(this.#options.entropy);
    const now = this.#options.clock.wall();
    const alive = [...this.#sessions.values()].filter((session) => this.#isAlive(session));
    const own = alive.filter((session) => session.user === user);
    const surplus = new Set(own.slice(0, Math.max(0, own.length - mostOfUser + 1)));
    const others = alive.filter((session) => !surplus.has(session)).slice(-(mostInAll - 1));
    this.#keep([...others, { hash: hashOf(id), user, stamp, began: now, used: now }]);
    return id;
  }

  /** The session of an identifier, if there is one and it is not over. */
  find(id: string): Session | undefined {
    const session = isSecret(id) ? this.#sessions.get(hashOf(id)) : undefined;
    if (session === undefined || !this.#isAlive(session)) return undefined;
    const now = this.#options.clock.wall();
    if (now - session.used >= noteEvery) {
      const others = [...this.#sessions.values()].filter((other) => other !== session);
      this.#keep([...others, { ...session, used: now }]);
    }
    return session;
  }

  end(id: string): void {
    const hash = isSecret(id) ? hashOf(id) : "";
    if (!this.#sessions.has(hash)) return;
    this.#keep([...this.#sessions.values()].filter((session) => session.hash !== hash));
  }

  #isAlive({ began, used }: Session): boolean {
    const now = this.#options.clock.wall();
    return now - used < longestIdle && now - began < longestSession;
  }

  #keep(sessions: readonly Session[]): void {
    this.#sessions = new Map(sessions.map((session) => [session.hash, session]));
    try {
      if (sessions.length === 0) rmSync(this.#path, { force: true });
      else replaceFile(this.#path, `${JSON.stringify({ sessions })}\n`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.warn(`${this.#path} cannot be written (${reason}): a restart will end all sessions`);
    }
  }

  /** A damaged file costs nothing but signing in again. */
  #load(): readonly Session[] {
    try {
      if (statSync(this.#path).size > fileLimit) return [];
      const { sessions } = z
        .object({ sessions: z.array(storedSession).max(mostInAll) })
        .parse(JSON.parse(readFileSync(this.#path, "utf8")));
      return sessions;
    } catch {
      return [];
    }
  }
}
