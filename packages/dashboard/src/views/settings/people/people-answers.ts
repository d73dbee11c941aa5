/** The gateway's answers about users and tokens. */
import { listOf, oneOf, record, text, timeOf } from "../../../state/loose.ts";

export const RIGHTS = ["read", "operate", "admin"] as const;
export type Right = (typeof RIGHTS)[number];

export interface User {
  readonly name: string;
  readonly right: Right;
  /** Milliseconds since 1970; null if the gateway does not say. */
  readonly created: number | null;
}

export interface Token extends User {
  /** To the hour; null if never. */
  readonly used: number | null;
  /** Null if never. */
  readonly expires: number | null;
}

const MOST = 1000;

export function userOf(data: unknown): User | null {
  const loose = record(data);
  const [name, right] = [text(loose?.name), oneOf(RIGHTS, loose?.scope)];
  return loose === null || name === null || right === null ? null : { name, right, created: timeOf(loose.created) };
}

function tokenOf(data: unknown): Token | null {
  const [user, loose] = [userOf(data), record(data)];
  if (user === null) return null;
  return { ...user, used: timeOf(loose?.used), expires: timeOf(loose?.expires) };
}

export function usersOf(data: unknown): User[] | null {
  return listOf(record(data)?.users, MOST, userOf);
}

export function tokensOf(data: unknown): Token[] | null {
  return listOf(record(data)?.tokens, MOST, tokenOf);
}

/** The token itself, which is given once. */
export function newTokenOf(data: unknown): string | null {
  return text(record(data)?.token);
}

const SHORTEST_PASSWORD = 10;

/** What the gateway would refuse in any case. */
export function isPassword(password: string): boolean {
  return [...password].length >= SHORTEST_PASSWORD;
}

/** Whether a time has passed; false if there is none. */
export function isPast(time: number | null, now: number): boolean {
  return time !== null && time <= now;
}
