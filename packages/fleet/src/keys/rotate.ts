/** Makes the fleet's key, and exchanges it for another one while its processes go on reading. */
import { sealingKeyLength } from "@meterport/gateway/settings/sealing";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Entropy } from "@meterport/protocol/ports";
import type { Database, Run } from "../books/database.ts";
import type { Fleet } from "../books/migrate.ts";
import { checkKeys, fleetKeyRows, keyText, knownKeys, newestOf, proofOf, sealNext } from "./fleet-keys.ts";
import type { KeyBook } from "./key-book.ts";
import {
  addFleetKey,
  countKeys,
  forgetFleetKeys,
  lockKeys,
  pageOfKeys,
  readBehind,
  readKeyless,
  sayNext,
  takeOldKeys,
} from "./sql/key-rows.ts";

export const newFleetKey = (entropy: Entropy): Secret => new Secret(entropy(sealingKeyLength));

const locked = <T>(database: Database, work: (run: Run) => Promise<T>): Promise<T> =>
  database.transaction(async (run) => {
    await run(lockKeys, [database.place.schema]);
    return work(run);
  });

/**
 * Makes a key the first one of a fleet. The same again changes nothing.
 *
 * @throws UsageError (`fleet-key`) if the fleet has another one; PostgresError
 */
export const makeFleetKey = (database: Database, fleet: Fleet, key: Secret, entropy: Entropy): Promise<void> =>
  locked(database, async (run) => {
    const rows = await fleetKeyRows(run);
    if (rows.length === 0) await run(addFleetKey, [1, proofOf(fleet.id, 1, key, entropy)]);
    else checkKeys(fleet, rows, knownKeys(fleet.id, rows, [key]));
  });

export interface Rotation {
  /** The number of the new key. */
  readonly number: number;
  /** What must be in the new file. */
  readonly key: Secret;
}

/**
 * Makes another key the next one of the fleet. If a rotation is under way, it is that one's key.
 *
 * @param offered the key that is to be the next
 * @throws UsageError (`fleet-key`) if the present key is not that of the fleet, or another one is the next already; PostgresError
 */
export const beginRotation = (
  database: Database,
  fleet: Fleet,
  present: Secret,
  offered: Secret,
  entropy: Entropy,
): Promise<Rotation> =>
  locked(database, async (run) => {
    const rows = await fleetKeyRows(run);
    const keys = knownKeys(fleet.id, rows, [present]);
    checkKeys(fleet, rows, keys);
    const number = newestOf(rows);
    const key = keys.get(number);
    // The newest key follows from the present one while a rotation is under way.
    if (key === undefined || keyText(key) !== keyText(present)) {
      if (key !== undefined && keyText(key) === keyText(offered)) return { number, key };
      throw new UsageError(
        "fleet-key",
        `the keys of the fleet "${fleet.name}" (${fleet.id}) are being rotated to key ${number}, and the new key that is given is another one: give the file that was written when that began`,
      );
    }
    if (keyText(offered) === keyText(present))
      throw new UsageError("fleet-key", "the new key is the same as the present one: name a new file");
    await run(addFleetKey, [number + 1, proofOf(fleet.id, number + 1, offered, entropy)]);
    await run(sayNext, [number, sealNext(fleet.id, number, present, offered, entropy)]);
    return { number: number + 1, key: offered };
  });

/** Rows of one transaction. */
const page = 500;
const mostProblems = 20;

export interface Resealed {
  readonly done: number;
  /** Keys that do not open, a sentence each; the first ones. */
  readonly problems: readonly string[];
}

/**
 * Seals all keys of meters with the newest key of the fleet, a few at a time. What was cut off goes on with the next call.
 *
 * @throws UsageError, PostgresError
 */
export const resealKeys = async (
  database: Database,
  book: KeyBook,
  onProgress: (done: number) => void = () => {},
): Promise<Resealed> => {
  await book.refresh(database.run);
  const problems: string[] = [];
  let [done, meter] = [0, 0];
  for (;;) {
    const { rows, broken } = await database.transaction(async (run) => {
      const { rows } = await run(takeOldKeys, [book.number, page, meter]);
      return { rows, broken: await book.reseal(run, rows) };
    });
    done += rows.length - broken.length;
    problems.push(...broken.slice(0, mostProblems - problems.length));
    onProgress(done);
    if (rows.length < page) return { done, problems };
    meter = Number(rows.at(-1)?.meter_id);
  }
};

/** Processes that are named. */
const mostBehind = 5;

const checkHolders = async (run: Run, number: number): Promise<void> => {
  const { rows } = await run(readBehind, [number, mostBehind]);
  if (rows.length === 0) return;
  const behind = rows.map(({ holder, key_id }) =>
    key_id === null ? `${String(holder)} does not say which key it has` : `${String(holder)} has key ${Number(key_id)}`,
  );
  throw new UsageError(
    "fleet-key",
    `not every process that reads has key ${number} of the fleet: ${behind.join(", ")}${rows.length === mostBehind ? " …" : ""}; give it the new file and restart it, or it could read no site that it takes from now on`,
  );
};

/**
 * Forgets the older keys of the fleet, so that only the newest one opens anything.
 *
 * @throws UsageError (`fleet-key`) if the key that is given is not the newest, or if meters or processes that read need an older one;
 *   PostgresError
 */
export const endRotation = (database: Database, fleet: Fleet, newest: Secret): Promise<number> =>
  locked(database, async (run) => {
    const rows = await fleetKeyRows(run);
    const keys = knownKeys(fleet.id, rows, [newest]);
    checkKeys(fleet, rows, keys);
    const number = newestOf(rows);
    const key = keys.get(number);
    if (key === undefined || keyText(key) !== keyText(newest))
      throw new UsageError(
        "fleet-key",
        `the key that is given is not the newest of the fleet, number ${number}: give the file that meterport fleet key rotate wrote`,
      );
    await checkHolders(run, number);
    await run(forgetFleetKeys, [number]);
    const left = (await fleetKeyRows(run)).length - 1;
    if (left > 0)
      throw new UsageError(
        "fleet-key",
        `some keys of meters are still sealed with an older key of the fleet: run meterport fleet key rotate again, or meterport fleet key check, which names those that do not open`,
      );
    return number;
  });

export interface KeyCheck {
  /** The number of the fleet's newest key. */
  readonly number: number;
  /** Keys that open. */
  readonly opened: number;
  /** Those among them that a rotation has not reached. */
  readonly old: number;
  /** Meters that have a link and no key. */
  readonly missing: number;
  /** The first of these. */
  readonly keyless: readonly string[];
  /** Keys that do not open, a sentence each; the first ones. */
  readonly problems: readonly string[];
  readonly broken: number;
}

/** Opens the keys of all meters. @throws UsageError, PostgresError */
export const checkAllKeys = async (run: Run, book: KeyBook): Promise<KeyCheck> => {
  await book.refresh(run);
  const problems: string[] = [];
  let [serial, opened, broken] = ["", 0, 0];
  for (;;) {
    const { rows } = await run(pageOfKeys, [serial, page]);
    for (const row of rows) {
      const key = book.opened(row);
      if (typeof key !== "string") opened++;
      else if (++broken <= mostProblems) problems.push(key);
    }
    serial = String(rows.at(-1)?.serial ?? serial);
    if (rows.length < page) break;
  }
  const counts = (await run(countKeys)).rows;
  const old = counts.reduce(
    (sum, { key_id, keys }) => sum + (key_id !== null && Number(key_id) < book.number ? Number(keys) : 0),
    0,
  );
  const missing = Number(counts.find(({ key_id }) => key_id === null)?.keys ?? 0);
  const keyless = (await run(readKeyless, [mostProblems])).rows.map((row) => String(row.serial));
  return { number: book.number, opened, old, missing, keyless, problems, broken };
};
