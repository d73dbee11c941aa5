/**
 * What processes of a fleet tell each other at once, as notifications of PostgreSQL. Who hears none finds the same with the next look, so news hold
 * only what is to be looked at: ids, and nothing that would have to be believed.
 */
import type { Run } from "../books/database.ts";

/** `visits`: targets that are due; `sites`: sites, meters or keys that changed; `jobs`: work for the role `jobs`. */
export const newsKinds = ["sites", "visits", "jobs"] as const;
export type NewsKind = (typeof newsKinds)[number];

export interface News {
  readonly kind: NewsKind;
  /** Whom it concerns; undefined for all. */
  readonly shards?: readonly number[] | undefined;
}

/** PostgreSQL takes 8,000 bytes with the end of the text. */
const longest = 7_999;

/** News as a notification carries them: "visits 3,17". What names too many shards is for all. */
export const newsText = ({ kind, shards }: News): string => {
  const text = shards === undefined ? kind : `${kind} ${[...new Set(shards)].join(",")}`;
  return text.length > longest ? kind : text;
};

/** Undefined for what is no news, such as those of a newer version. */
export const newsIn = (text: string): News | undefined => {
  const [, kind, shards] = /^(sites|visits|jobs)(?: ([0-9]{1,5}(?:,[0-9]{1,5})*))?$/.exec(text) ?? [];
  if (kind === undefined) return undefined;
  return { kind: kind as NewsKind, shards: shards?.split(",").map(Number) };
};

/** Two fleets may share a database. */
export const newsChannel = (schema: string): string => `meterport_${schema}`;

/** Sends a text to all who listen, when the transaction is committed. @throws PostgresError */
export const tellText = async (run: Run, text: string): Promise<void> => {
  await run("SELECT pg_notify('meterport_' || current_schema(), $1)", [text]);
};

/** News for nobody are not told. @throws PostgresError */
export const tellNews = async (run: Run, news: News): Promise<void> => {
  if (news.shards?.length !== 0) await tellText(run, newsText(news));
};
