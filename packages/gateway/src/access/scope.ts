/** What somebody may do: each scope includes those before it. */

/** Reading values and history; then what changes how the gateway works; then who may do what. */
export const scopes = ["read", "operate", "admin"] as const;
export type Scope = (typeof scopes)[number];

export const isScope = (value: unknown): value is Scope => scopes.some((scope) => scope === value);

/** Whether a right to `has` includes `needed`. */
export const includes = (has: Scope, needed: Scope): boolean => scopes.indexOf(has) >= scopes.indexOf(needed);

/** On whose behalf a request is made. */
export interface Actor {
  /** `local`: nobody in particular, on a loopback address without users. */
  readonly kind: "user" | "token" | "ingress" | "local";
  readonly name: string;
  readonly scope: Scope;
}

/** Everybody who reaches a gateway on loopback that has no users. */
export const localActor: Actor = { kind: "local", name: "local", scope: "admin" };
