/** The proofs of one kind of fact in one batch: each is stored once, and one that nothing has any more is deleted. */
import type { Proof } from "@meterport/engine/model/proof";
import type { Millis } from "@meterport/protocol/ports";
import { type ProofSpan, spanAround } from "../proof-span.ts";
import type { SqliteSession } from "./sqlite-session.ts";

// Channel by channel, so that each is one short scan of the intervals' key.
const stillUsed = `SELECT 1 FROM channel CROSS JOIN interval ON interval.meter = :point AND interval.channel = channel.key
    AND interval.end >= :from AND interval.end <= :to
  WHERE interval.proof = :proof LIMIT 1`;

export class SqliteProofs {
  readonly #session: SqliteSession;
  readonly #stored = new Map<Proof, number>();
  readonly #left = new Map<number, ProofSpan>();

  constructor(session: SqliteSession) {
    this.#session = session;
  }

  /** Its key; null without a proof. */
  keyOf(proof: Proof | undefined): number | null {
    if (proof === undefined) return null;
    const known = this.#stored.get(proof);
    if (known !== undefined) return known;
    const { time, table, offset, raw, profile, clockOffset, note } = proof;
    this.#session
      .prepare(
        "INSERT INTO proof (time, table_id, offset, raw, profile, clock_offset, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
      )
      .run(time, table, offset, raw, profile, clockOffset, note);
    const key = Number(this.#session.prepare("SELECT last_insert_rowid() AS key").get()?.key);
    this.#stored.set(proof, key);
    return key;
  }

  /** An interval no longer has the proof of this key. */
  leave(key: number, point: number, interval: { readonly end: Millis; readonly seconds: number }): void {
    this.#left.set(key, spanAround(this.#left.get(key), point, interval));
  }

  /** Deletes those that were left by the last interval that had them; at the end of the batch. */
  drop(): void {
    for (const [proof, span] of this.#left)
      if (this.#session.prepare(stillUsed).all({ proof, ...span }).length === 0)
        this.#session.prepare("DELETE FROM proof WHERE key = ?").run(proof);
    this.#left.clear();
  }
}
