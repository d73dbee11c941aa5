/** Short numbers of points and channels, and the partitions of the large tables. */
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "./postgres-run.ts";
import { hasMonths } from "./postgres-timescale.ts";
import { slices } from "./slices.ts";

/** The numbers of names, made where there are none yet. In the transaction of a batch. */
export const keysOf = async (
  run: Run,
  table: "point" | "channel",
  names: Iterable<string>,
): Promise<(name: string) => number> => {
  const keys = new Map<string, number>();
  for (const part of slices([...new Set(names)])) {
    const find = async (): Promise<void> => {
      const { rows } = await run(`SELECT id, key FROM ${table} WHERE id = ANY ($1::text[])`, [part]);
      for (const { id, key } of rows) keys.set(String(id), Number(key));
    };
    await find();
    const missing = part.filter((name) => !keys.has(name));
    if (missing.length === 0) continue;
    await run(`INSERT INTO ${table} (id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING`, [missing]);
    await find();
  }
  return (name) => keys.get(name) ?? unknownName(name);
};

const unknownName = (name: string): never => {
  throw new RangeError(`${JSON.stringify(name.slice(0, 40))} cannot be stored as a name`);
};

/** The months of readings, and the years of intervals. */
export const partitioned = { reading: "month", interval_value: "year" } as const;
export type Partitioned = keyof typeof partitioned;

export interface Partition {
  readonly name: string;
  readonly from: Millis;
  readonly to: Millis;
}

/**
 * The partition of a moment: a month or a year of UTC.
 *
 * @example
 * partitionAt("reading", Date.UTC(2026, 0, 31)).name // "reading_2026_01"
 */
export const partitionAt = (table: Partitioned, time: Millis): Partition => {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const named = `${table}_${String(year).padStart(4, "0").replace("-", "bc")}`;
  return partitioned[table] === "year"
    ? { name: named, from: Date.UTC(year, 0), to: Date.UTC(year + 1, 0) }
    : {
        name: `${named}_${String(month + 1).padStart(2, "0")}`,
        from: Date.UTC(year, month),
        to: Date.UTC(year, month + 1),
      };
};

/** Partitions that exist, so that each is made once. */
export class Partitions {
  readonly #known = new Set<string>();
  #hasMonths: boolean | undefined;

  /** Whether readings are in partitions at all, and not in a hypertable. */
  async hasMonths(run: Run): Promise<boolean> {
    this.#hasMonths ??= await hasMonths(run);
    return this.#hasMonths;
  }

  /** Those of these moments exist afterwards. In the transaction of a batch. */
  async make(run: Run, table: Partitioned, times: Iterable<Millis>): Promise<void> {
    if (table === "reading" && !(await this.hasMonths(run))) return;
    let last: Partition | undefined;
    for (const time of times) {
      if (last !== undefined && time >= last.from && time < last.to) continue;
      last = partitionAt(table, time);
      const { name, from, to } = last;
      if (this.#known.has(name)) continue;
      const { rows } = await run(`SELECT to_regclass('${name}') IS NOT NULL AS known`);
      if (rows[0]?.known !== true)
        await run(`CREATE TABLE ${name} PARTITION OF ${table} FOR VALUES FROM (${from}) TO (${to})`);
      this.#known.add(name);
    }
  }

  /** After a transaction that was rolled back, or partitions that were dropped. */
  forget(): void {
    this.#known.clear();
    this.#hasMonths = undefined;
  }
}
