import assert from "node:assert/strict";
import { after, test } from "node:test";
import { inspect } from "node:util";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { peer } from "../../../../test/support/peers.ts";
import type { Database } from "../books/database.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import type { Fleet } from "../books/migrate.ts";
import { KeyBook } from "./key-book.ts";
import { beginRotation, checkAllKeys, endRotation, makeFleetKey, resealKeys } from "./rotate.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const fleet: Fleet = { id: "test", name: "Test", shards: 16 };
const keyOf = (byte: number): Secret => new Secret(new Uint8Array(32).fill(byte));
const [first, second, third] = [keyOf(1), keyOf(2), keyOf(3)];

/** Counts, so that no nonce comes twice. */
let count = 0;
const entropy = (length: number): Uint8Array => {
  count++;
  return Uint8Array.from({ length }, (_, n) => (count >> (8 * (n % 4))) & 0xff);
};

const meters = async (database: Database, serials: readonly string[]): Promise<void> => {
  await database.run("INSERT INTO meter (serial, link) SELECT s, 'tcp://' || s FROM unnest($1::text[]) AS u(s)", [
    serials,
  ]);
};

const plainOf = (n: number): string => `hex:${n.toString(16).padStart(40, "0")}`;

/** A fleet of so many meters with a key each. */
const made = async (size: number): Promise<{ readonly database: Database; readonly serials: readonly string[] }> => {
  const database = await servers.fleet();
  const serials = Array.from({ length: size }, (_, n) => String(7_000 + n));
  await meters(database, serials);
  await makeFleetKey(database, fleet, first, entropy);
  const book = await KeyBook.of(database.run, fleet, [first], entropy);
  await book.seal(database.run, new Map(serials.map((serial, n) => [serial, plainOf(n)])));
  return { database, serials };
};

const hexOf = (key: Uint8Array | undefined): string => Buffer.from(key ?? []).toString("hex");

/** Each meter's key is its own one. */
const assertRight = async (database: Database, book: KeyBook, serials: readonly string[]): Promise<void> => {
  const { keys, problems } = await book.open(database.run, serials);
  assert.deepEqual([...problems], []);
  for (const [n, serial] of serials.entries())
    assert.equal(`hex:${hexOf(keys.get(serial)?.at("optical").key)}`, plainOf(n), serial);
};

test("a key opens for its own meter, at either port, and shows nowhere", { skip }, async () => {
  const { database, serials } = await made(3);
  const book = await KeyBook.of(database.run, fleet, [first], entropy);
  await book.seal(database.run, new Map([["7001", "0123456789abcdefghij"]]));
  const { keys, problems } = await book.open(database.run, [...serials, "9999"]);
  assert.deepEqual([[...keys.keys()].sort(), [...problems]], [serials, []]);
  const key = keys.get("7001");
  assert.equal(Buffer.from(key?.at("mep").key ?? []).toString(), "0123456789abcdef");
  assert.equal(Buffer.from(key?.at("optical").key ?? []).toString(), "0123456789abcdefghij");
  const { rows } = await database.run("SELECT * FROM meter_key JOIN fleet_key USING (key_id)");
  for (const shown of [
    inspect(key, { depth: 9 }),
    JSON.stringify(key),
    inspect(book, { depth: 9 }),
    JSON.stringify(rows),
  ])
    assert.doesNotMatch(shown, /0123456789/);
});

test("a sealed key does not open for another meter, in another fleet, or after a change", { skip }, async () => {
  const { database } = await made(3);
  const book = await KeyBook.of(database.run, fleet, [first], entropy);
  const at = (serial: string): string => `(SELECT meter_id FROM meter WHERE serial = '${serial}')`;
  await database.run(
    `UPDATE meter_key SET sealed = (SELECT sealed FROM meter_key WHERE meter_id = ${at("7001")}) WHERE meter_id = ${at("7000")}`,
  );
  await database.run(`UPDATE meter_key SET sealed = left(sealed, 60) WHERE meter_id = ${at("7002")}`);
  const { keys, problems } = await book.open(database.run, ["7000", "7001", "7002"]);
  assert.deepEqual([...keys.keys()], ["7001"]);
  for (const serial of ["7000", "7002"])
    assert.match(problems.get(serial) ?? "", /^the key of meter \d+ does not open: somebody changed it, or moved it/);
  const { opened, broken, missing } = await checkAllKeys(database.run, book);
  assert.deepEqual([opened, broken, missing], [1, 2, 0]);
  await assert.rejects(
    KeyBook.of(database.run, { ...fleet, id: "south", name: "South" }, [first], entropy),
    /^UsageError: the key that is given is not that of the fleet "South" \(south\), which uses key 1: give the file/,
  );
});

test("the wrong fleet key, no fleet key and an unknown meter are one sentence each", { skip }, async () => {
  const database = await servers.fleet();
  await assert.rejects(KeyBook.of(database.run, fleet, [first], entropy), /has no key yet: run meterport fleet init/);
  await makeFleetKey(database, fleet, first, entropy);
  await makeFleetKey(database, fleet, first, entropy);
  await assert.rejects(makeFleetKey(database, fleet, second, entropy), /is not that of the fleet "Test" \(test\)/);
  await assert.rejects(KeyBook.of(database.run, fleet, [second], entropy), UsageError);
  const book = await KeyBook.of(database.run, fleet, [first], entropy);
  const strange = book.seal(database.run, new Map([["1", plainOf(1)]]));
  await assert.rejects(strange, /the fleet has no meter 1: import it first/);
  await meters(database, ["1"]);
  await assert.rejects(book.seal(database.run, new Map([["1", "too short"]])), /the key has 9 characters/);
  assert.equal((await checkAllKeys(database.run, book)).missing, 1);
});

test("a rotation goes on where it was cut off, and processes with the old key read all the time", {
  skip,
}, async () => {
  const { database, serials } = await made(1_200);
  const reading = await KeyBook.of(database.run, fleet, [first], entropy);
  const rotation = await beginRotation(database, fleet, first, second, entropy);
  assert.equal(rotation.number, 2);
  const cut = new Error("cut off");
  const rotating = await KeyBook.of(database.run, fleet, [first], entropy);
  await assert.rejects(
    resealKeys(database, rotating, () => {
      throw cut;
    }),
    cut,
  );
  const half = await checkAllKeys(database.run, rotating);
  assert.deepEqual([half.opened, half.old], [1_200, 700]);
  await assertRight(database, reading, serials);
  await assertRight(database, await KeyBook.of(database.run, fleet, [second, first], entropy), serials);
  await assert.rejects(
    beginRotation(database, fleet, first, third, entropy),
    /are being rotated to key 2, and the new/,
  );
  await assert.rejects(endRotation(database, fleet, second), /some keys of meters are still sealed with an older key/);

  assert.equal((await beginRotation(database, fleet, first, second, entropy)).number, 2);
  assert.deepEqual(await resealKeys(database, rotating), { done: 700, problems: [] });
  await assertRight(database, reading, serials);
  // What is imported meanwhile, also by a process with the old key, needs it no more.
  await reading.seal(database.run, new Map([["7000", plainOf(0)]]));
  await assert.rejects(endRotation(database, fleet, first), /is not the newest of the fleet, number 2/);
  // As holders note it. One that died does not count.
  await database.run(
    `INSERT INTO holder (holder, address, version, seen, key_id) VALUES ('a', '', '1', now(), $1), ('b', '', '1', now(), $2),
      ('c', '', '0', now(), NULL), ('dead', '', '1', now() - interval '2 minutes', 1)`,
    [reading.given, (await KeyBook.of(database.run, fleet, [second], entropy)).given],
  );
  await assert.rejects(
    endRotation(database, fleet, second),
    /not every process that reads has key 2 of the fleet: a has key 1, c does not say which key it has; give it the new file/,
  );
  await database.run("UPDATE holder SET key_id = 2");
  assert.equal(await endRotation(database, fleet, second), 2);
  await assertRight(database, await KeyBook.of(database.run, fleet, [second], entropy), serials);
  await assert.rejects(
    KeyBook.of(database.run, fleet, [first], entropy),
    /is not that of the fleet .*, which uses key 2/,
  );
});

test("a key that does not open stops no rotation, only its end", { skip }, async () => {
  const { database } = await made(3);
  await database.run(
    "UPDATE meter_key SET sealed = left(sealed, 60) WHERE meter_id = (SELECT min(meter_id) FROM meter_key)",
  );
  await beginRotation(database, fleet, first, second, entropy);
  const book = await KeyBook.of(database.run, fleet, [first], entropy);
  const { done, problems } = await resealKeys(database, book);
  assert.deepEqual([done, problems.length], [2, 1]);
  await assert.rejects(endRotation(database, fleet, second), UsageError);
  await book.seal(database.run, new Map([["7000", plainOf(0)]]));
  assert.equal(await endRotation(database, fleet, second), 2);
});

test("a process that has only a key from before the last rotation seals nothing with it", { skip }, async () => {
  const { database, serials } = await made(2);
  const old = await KeyBook.of(database.run, fleet, [first], entropy);
  await database.run("INSERT INTO fleet_key (key_id, proof) SELECT 2, proof FROM fleet_key");
  await assert.rejects(
    old.seal(database.run, new Map([["7000", plainOf(0)]])),
    /uses key 2, and an older one is given: give the file that meterport fleet key rotate wrote/,
  );
  await database.run("UPDATE meter_key SET key_id = 2");
  const { problems } = await old.open(database.run, serials);
  assert.match(problems.get("7001") ?? "", /is sealed with key 2 of the fleet, which this process does not have/);
});
