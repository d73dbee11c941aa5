/** Intervals, registers, events and devices; each change of one gets an entry in the journal. */
import type { Device } from "@meterport/engine/model/device";
import {
  type Interval,
  intervalQualities,
  intervalSources,
  replaces,
  type StoredInterval,
} from "@meterport/engine/model/interval";
import type { JournalChange } from "@meterport/engine/model/journal-entry";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { Proof } from "@meterport/engine/model/proof";
import type { RegisterState } from "@meterport/engine/model/register-state";
import type {
  EventQuery,
  IntervalCoverage,
  IntervalGaps,
  IntervalQuery,
  IntervalSum,
  RegisterQuery,
  SharedProof,
  TimeRange,
} from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { deviceBody, deviceOf } from "../device-body.ts";
import {
  coverageIn,
  eventIn,
  eventText,
  flagsText,
  gapsIn,
  intervalOf,
  proofIn,
  rankOf,
  registerIn,
  sharedProofs,
  sumsIn,
} from "../fact-rows.ts";
import type { SqliteProofs } from "./sqlite-proofs.ts";
import type { SqliteSession } from "./sqlite-session.ts";

/** Called for each change, in the transaction that stores it. */
export type NoteChange = (point: number, change: JournalChange) => void;

const insertInterval = `INSERT INTO interval
  (meter, channel, end, seconds, value, source, quality, flags, register, revision, stored, proof)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET seconds = excluded.seconds, value = excluded.value, source = excluded.source,
    quality = excluded.quality, flags = excluded.flags, register = excluded.register, revision = excluded.revision,
    stored = excluded.stored, proof = excluded.proof`;

const qualityCounts = intervalQualities.map((_, n) => `sum(quality = ${n}) AS quality_${n}`).join(", ");
const sourceCounts = intervalSources
  .map((_, n) => `sum(value IS NOT NULL AND source = ${n}) AS source_${n}`)
  .join(", ");
// CROSS JOIN, so that the bounds lead and each finds its intervals by their key.
const sumIntervals = `SELECT slot, sum(value) AS value, sum(CASE WHEN value IS NULL THEN 0 ELSE seconds END) AS seconds,
    ${qualityCounts}, ${sourceCounts}
  FROM (SELECT key AS slot, value AS since, lead(value) OVER (ORDER BY key) AS until FROM json_each(:bounds)) AS wanted
  CROSS JOIN interval ON meter = :meter AND channel = :channel AND end > since AND end <= until
  GROUP BY slot`;

// In the order of its key, so that each point is one scan. CROSS JOIN keeps SQLite from beginning with the intervals.
const coverIntervals = `SELECT meter.id AS id, first.end AS first_end, first.seconds AS first_seconds,
    (SELECT sum(seconds) FILTER (WHERE value IS NOT NULL) FROM interval
      WHERE meter = first.meter AND channel = first.channel AND end > :from AND end <= :to) AS seconds,
    newest.end AS newest_end, newest.seconds AS newest_seconds
  FROM json_each(:points) AS wanted CROSS JOIN meter ON meter.id = wanted.value CROSS JOIN interval AS first
    ON first.meter = meter.key AND first.channel = :channel AND first.end =
      (SELECT end FROM interval WHERE meter = meter.key AND channel = :channel ORDER BY end LIMIT 1)
  LEFT JOIN interval AS newest ON newest.meter = meter.key AND newest.channel = :channel AND newest.end =
    (SELECT end FROM interval WHERE meter = meter.key AND channel = :channel AND value IS NOT NULL
      ORDER BY end DESC LIMIT 1)`;

// The end of the range counts as a last interval, so that the gap before it is one of them.
const findGaps = `SELECT start, until, count(*) OVER () AS count, max(until - start) OVER () AS longest FROM (
    SELECT begin AS until, lag(end, 1, :from) OVER (ORDER BY end, begin) AS start FROM (
      SELECT end - 1000 * seconds AS begin, end FROM interval
        WHERE meter = :meter AND channel = :channel AND end > :from AND end <= :to AND value IS NOT NULL
      UNION ALL SELECT :to, :to))
  WHERE until > start ORDER BY start LIMIT :limit`;

export class SqliteFacts {
  readonly #session: SqliteSession;
  readonly #note: NoteChange;

  constructor(session: SqliteSession, note: NoteChange) {
    this.#session = session;
    this.#note = note;
  }

  /** Whether it changed anything; `proofs` are those of the intervals of this batch. */
  putInterval(interval: Interval, now: Millis, proofs: SqliteProofs): boolean {
    const [point, channel] = [this.#session.makePoint(interval.point), this.#session.makeChannel(interval.channel)];
    const row = this.#prepare("SELECT * FROM interval WHERE meter = ? AND channel = ? AND end = ?").get(
      ...[point, channel, interval.end],
    );
    const before = row === undefined ? undefined : rankOf(row);
    if (before !== undefined && !replaces(interval, before)) return false;
    const { proof, ...plain } = interval;
    const stored = { ...plain, revision: (before?.revision ?? 0) + 1, stored: now };
    this.#prepare(insertInterval).run(
      ...[point, channel, interval.end, interval.seconds, interval.value],
      ...[intervalSources.indexOf(interval.source), intervalQualities.indexOf(interval.quality)],
      ...[flagsText(interval.flags), interval.register],
      ...[stored.revision, now, proofs.keyOf(proof)],
    );
    if (row !== undefined && row.proof !== null)
      proofs.leave(Number(row.proof), point, { end: interval.end, seconds: Number(row.seconds) });
    this.#note(point, { kind: "interval", interval: stored });
    return true;
  }

  putRegister(state: RegisterState, proofs: SqliteProofs): boolean {
    const { proof, ...plain } = state;
    const point = this.#session.makePoint(state.point);
    const key = [point, state.register, state.tier, state.time] as const;
    const known = this.#prepare(
      "SELECT 1 FROM register_state WHERE meter = ? AND register = ? AND tier = ? AND time = ?",
    ).get(...key);
    if (known !== undefined) return false;
    this.#prepare("INSERT INTO register_state VALUES (?, ?, ?, ?, ?, ?, ?, ?)").run(
      ...[...key, state.value, state.reason, state.serial, proofs.keyOf(proof)],
    );
    this.#note(point, { kind: "register", register: plain });
    return true;
  }

  putEvent(event: PointEvent): boolean {
    const point = this.#session.makePoint(event.point);
    const before = this.#prepare("SELECT * FROM happening WHERE meter = ? AND id = ?").get(point, event.id);
    if (before !== undefined && eventText(eventIn(event.point, before)) === eventText(event)) return false;
    this.#prepare(
      "INSERT OR REPLACE INTO happening (meter, time, id, until, kind, number, origin, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ).run(...[point, event.time, event.id, event.until, event.kind, event.number, event.origin, event.detail]);
    this.#note(point, { kind: "event", event });
    return true;
  }

  putDevice(device: Device): boolean {
    const point = this.#session.makePoint(device.point);
    const { from } = device;
    const body = deviceBody(device);
    const before = this.#prepare("SELECT body FROM device WHERE meter = ? AND start = ?").get(point, from);
    if (before?.body === body) return false;
    this.#prepare("INSERT OR REPLACE INTO device (meter, start, body) VALUES (?, ?, ?)").run(point, from, body);
    this.#note(point, { kind: "device", device });
    return true;
  }

  intervals(point: string, { channel, from, to, limit }: IntervalQuery): readonly StoredInterval[] {
    return this.#prepare(
      "SELECT * FROM interval WHERE meter = ? AND channel = ? AND end > ? AND end <= ? ORDER BY end LIMIT ?",
    )
      .all(this.#session.point(point), this.#session.channel(channel), from, to, limit)
      .map((row) => intervalOf(point, channel, Number(row.end), row));
  }

  sums(point: string, channel: string, bounds: readonly Millis[]): readonly IntervalSum[] {
    const keys = { meter: this.#session.point(point), channel: this.#session.channel(channel) };
    const rows = this.#prepare(sumIntervals).all({ ...keys, bounds: JSON.stringify(bounds) });
    return sumsIn(bounds, rows, ({ slot }) => Number(slot));
  }

  coverage(points: readonly string[], channel: string, { from, to }: TimeRange): readonly IntervalCoverage[] {
    return this.#prepare(coverIntervals)
      .all({ points: JSON.stringify(points), channel: this.#session.channel(channel), from, to })
      .map(coverageIn);
  }

  gaps(point: string, { channel, from, to, limit }: IntervalQuery): IntervalGaps {
    const keys = { meter: this.#session.point(point), channel: this.#session.channel(channel) };
    const rows = this.#prepare(findGaps).all({ ...keys, from, to, limit });
    return gapsIn(rows);
  }

  channels(point: string): readonly string[] {
    return this.#prepare(
      "SELECT id FROM channel WHERE EXISTS (SELECT 1 FROM interval WHERE meter = ? AND channel = channel.key) ORDER BY id",
    )
      .all(this.#session.point(point))
      .map((row) => String(row.id));
  }

  intervalProof(point: string, channel: string, end: Millis) {
    const row = this.#prepare("SELECT * FROM interval WHERE meter = ? AND channel = ? AND end = ?").get(
      ...[this.#session.point(point), this.#session.channel(channel), end],
    );
    if (row === undefined) return undefined;
    return { interval: intervalOf(point, channel, end, row), proof: this.#proof(row.proof) };
  }

  #proof(key: unknown): Proof | null {
    const row = key === null ? undefined : this.#prepare("SELECT * FROM proof WHERE key = ?").get(Number(key));
    return row === undefined ? null : proofIn(row, row.offset);
  }

  intervalProofs(point: string, channel: string, ends: readonly Millis[]): readonly SharedProof[] {
    const rows = this.#prepare(
      `SELECT end, proof FROM interval WHERE meter = ? AND channel = ? AND end IN (SELECT value FROM json_each(?))
        AND proof IS NOT NULL ORDER BY end`,
    ).all(this.#session.point(point), this.#session.channel(channel), JSON.stringify(ends));
    return sharedProofs(rows.map(({ end, proof }) => ({ end: Number(end), key: Number(proof) }))).flatMap(
      ({ key, ends }) => {
        const row = this.#prepare("SELECT * FROM proof WHERE key = ?").get(key);
        return row === undefined ? [] : [{ proof: proofIn(row, row.offset), ends }];
      },
    );
  }

  registers(point: string, query: RegisterQuery): readonly RegisterState[] {
    const { from, to, register = null, tier = null, limit } = query;
    return this.#prepare(
      `SELECT * FROM register_state WHERE meter = :meter AND time >= :from AND time < :to
        AND (:register IS NULL OR register = :register) AND (:tier IS NULL OR tier = :tier) ORDER BY time, register, tier LIMIT :limit`,
    )
      .all({ meter: this.#session.point(point), from, to, register, tier, limit })
      .map((row) => registerIn(point, row));
  }

  registerProof(point: string, { register, tier, time }: Pick<RegisterState, "register" | "tier" | "time">) {
    const row = this.#prepare(
      "SELECT * FROM register_state WHERE meter = ? AND register = ? AND tier = ? AND time = ?",
    ).get(this.#session.point(point), register, tier, time);
    return row === undefined ? undefined : { state: registerIn(point, row), proof: this.#proof(row.proof) };
  }

  devices(point: string): readonly Device[] {
    return this.#prepare("SELECT start, body FROM device WHERE meter = ? ORDER BY start")
      .all(this.#session.point(point))
      .map((row) => deviceOf(point, Number(row.start), String(row.body)));
  }

  events(point: string, query: EventQuery): readonly PointEvent[] {
    const { from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER, kinds, before, limit } = query;
    const names = {
      meter: this.#session.point(point),
      from,
      to,
      kinds: kinds === undefined ? null : JSON.stringify(kinds),
      limit,
    };
    return this.#prepare(
      `SELECT * FROM happening WHERE meter = :meter AND time >= :from AND time < :to
        AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds)))
        AND (:beforeTime IS NULL OR time < :beforeTime OR (time = :beforeTime AND id < :beforeId))
        ORDER BY time DESC, id DESC LIMIT :limit`,
    )
      .all({ ...names, beforeTime: before?.time ?? null, beforeId: before?.id ?? null })
      .map((row) => eventIn(point, row));
  }

  readonly #prepare = (sql: string) => this.#session.prepare(sql);
}
