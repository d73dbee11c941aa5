import assert from "node:assert/strict";
import { test } from "node:test";
import { sealFragment } from "../../mep/security/tls/records.ts";
import { counted } from "./recorded.test-kit.ts";
import { CapturedSession, WorkBudget } from "./session.ts";

const direction = (fill: number) => ({ key: new Uint8Array(32).fill(fill), fixed: new Uint8Array(4).fill(fill) });
const keys = { client: direction(1), server: direction(2) };
const random = counted(7);
const record = (sequence: number, explicit: Uint8Array) => {
  const plain = { type: 23, fragment: Uint8Array.of(sequence & 0xff) };
  return { type: 23, fragment: sealFragment(keys.client, sequence, plain, explicit) };
};
const opened = (explicitOf: (sequence: number) => Uint8Array, sequences: readonly number[]): number[] => {
  const agreement = { identity: Uint8Array.of(0, 0, 0), extendedMasterSecret: false, keys };
  const unused = { clientFinished: new Uint8Array(0), serverFinished: () => new Uint8Array(0) };
  const { client } = new CapturedSession({ ...agreement, ...unused });
  return sequences.flatMap((sequence) => {
    const [found] = client.open([record(sequence, explicitOf(sequence))], new WorkBudget(1000)) ?? [];
    return found === undefined ? [] : [found.sequence];
  });
};
/** Nonces that count from somewhere on. */
const from = (first: bigint) => (sequence: number) => {
  const explicit = new Uint8Array(8);
  new DataView(explicit.buffer).setBigUint64(0, BigInt.asUintN(64, first + BigInt(sequence)));
  return explicit;
};

test("records open after any gap and long afterwards, where their nonces count, from wherever they do", () => {
  for (const first of [0n, 0x1234_5678_9abc_def0n])
    assert.deepEqual(opened(from(first), [0, 1, 5000, 70, 5001]), [0, 1, 5000, 70, 5001]);
});

test("and after a small one where nonces are random", () => {
  assert.deepEqual(
    opened(() => random(8), [0, 1, 4, 5, 100]),
    [0, 1, 4, 5],
  );
});
