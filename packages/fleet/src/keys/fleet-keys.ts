/** The keys that seal those of meters: which of them a process has, and which the fleet uses. */
import { seal, unseal } from "@meterport/gateway/settings/sealing";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Entropy } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import type { Fleet } from "../books/migrate.ts";
import { readFleetKeys } from "./sql/key-rows.ts";

/** As the database has it: nothing in it opens anything. */
export interface FleetKeyRow {
  readonly number: number;
  readonly proof: string;
  /** The key after it, sealed with it, while keys are rotated. */
  readonly next: string | null;
}

/** Keys of the fleet that a process has, by number. */
export type FleetKeys = ReadonlyMap<number, Secret>;

const ownWord = "fleet";

/** What a proof belongs to. */
const ofKey = (fleet: string, number: number): string => `${fleet}\nkey ${number}`;
const ofNext = (fleet: string, number: number): string => `${fleet}\nkey after ${number}`;

export const fleetKeyRows = async (run: Run): Promise<readonly FleetKeyRow[]> =>
  (await run(readFleetKeys)).rows.map(({ key_id, proof, next }) => ({
    ...{ number: Number(key_id), proof: String(proof), next: next === null ? null : String(next) },
  }));

export const proofOf = (fleet: string, number: number, key: Secret, entropy: Entropy): string =>
  seal(ownWord, key, entropy, ofKey(fleet, number));

/** The text of a key: what its file holds. */
export const keyText = (key: Secret): string => Buffer.from(key.reveal()).toString("hex");

export const sealNext = (fleet: string, number: number, key: Secret, next: Secret, entropy: Entropy): string =>
  seal(keyText(next), key, entropy, ofNext(fleet, number));

/** What was sealed; undefined if it was with another key, or for another place. */
export const openedBy = (sealed: string, key: Secret, bound: string): string | undefined => {
  try {
    return unseal(sealed, key, bound);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
};

/** The keys of a fleet that follow from those that are given. */
export const knownKeys = (fleet: string, rows: readonly FleetKeyRow[], given: readonly Secret[]): FleetKeys => {
  const keys = new Map<number, Secret>();
  for (const { number, proof, next } of rows) {
    const key = keys.get(number) ?? given.find((each) => openedBy(proof, each, ofKey(fleet, number)) === ownWord);
    if (key === undefined) continue;
    keys.set(number, key);
    const text = next === null ? undefined : openedBy(next, key, ofNext(fleet, number));
    if (text !== undefined) keys.set(number + 1, new Secret(Buffer.from(text, "hex")));
  }
  return keys;
};

/** The newest key among those that are given themselves; 0 if none of them is one of the fleet's. */
export const givenNumber = (fleet: string, rows: readonly FleetKeyRow[], given: readonly Secret[]): number => {
  const own = rows.filter(({ number, proof }) =>
    given.some((each) => openedBy(proof, each, ofKey(fleet, number)) === ownWord),
  );
  return own.at(-1)?.number ?? 0;
};

/** The number of the key with which new keys are sealed; 0 before there is one. */
export const newestOf = (rows: readonly FleetKeyRow[]): number => rows.at(-1)?.number ?? 0;

/** @throws UsageError if none of the given keys is one of the fleet's */
export const checkKeys = ({ id, name }: Fleet, rows: readonly FleetKeyRow[], keys: FleetKeys): void => {
  if (rows.length === 0)
    throw new UsageError(
      "no-fleet-key",
      `the fleet "${name}" (${id}) has no key yet: run meterport fleet init, which makes one`,
    );
  if (keys.size === 0)
    throw new UsageError(
      "fleet-key",
      `the key that is given is not that of the fleet "${name}" (${id}), which uses key ${newestOf(rows)}: give the file that meterport fleet init or meterport fleet key rotate wrote`,
    );
};
