/** The proofs of a batch: each is stored once, and one that nothing has any more is deleted. */
import type { Proof } from "@meterport/engine/model/proof";
import type { ProofSpan } from "../proof-span.ts";
import type { Run } from "./postgres-run.ts";
import { columnsOf, slices, unnested } from "./slices.ts";

const proofTypes = ["bigint", "bigint", "text", "int", "text", "text", "float8", "text"];

/** Stores each proof once, and tells its number. */
export const storeProofs = async (
  run: Run,
  proofs: Iterable<Proof | undefined>,
): Promise<(proof: Proof | undefined) => number | null> => {
  const list = [...new Set(proofs)].filter((proof) => proof !== undefined);
  const keys = new Map<Proof, number>();
  for (const part of slices(list)) {
    const { rows } = await run(
      "SELECT nextval(pg_get_serial_sequence('proof', 'key')) AS key FROM generate_series(1, $1::int)",
      [part.length],
    );
    for (const [n, proof] of part.entries()) keys.set(proof, Number(rows[n]?.key));
    await run(
      `INSERT INTO proof (key, time, table_id, byte_offset, raw, profile, clock_offset, note) SELECT * FROM ${unnested(proofTypes)}`,
      columnsOf(part, [
        (proof) => keys.get(proof),
        ({ time }) => time,
        ({ table }) => table,
        ({ offset }) => offset,
        ({ raw }) => raw,
        ({ profile }) => profile,
        ({ clockOffset }) => clockOffset,
        ({ note }) => note,
      ]),
    );
  }
  return (proof) => (proof === undefined ? null : (keys.get(proof) ?? null));
};

// Channel by channel, so that the key of the intervals leads to them.
const dropUnused = `DELETE FROM proof USING ${unnested(["bigint", "int", "bigint", "bigint"])} AS span (proof, point, first, last)
  WHERE proof.key = span.proof AND NOT EXISTS (
    SELECT 1 FROM channel CROSS JOIN LATERAL (
      SELECT 1 FROM interval_value AS stored WHERE stored.point = span.point AND stored.channel = channel.key
        AND stored.ending BETWEEN span.first AND span.last AND stored.proof = span.proof LIMIT 1) AS used)`;

/** Deletes those that were left by the last interval that had them; after the intervals of the batch are stored. */
export const dropProofs = async (run: Run, left: ReadonlyMap<number, ProofSpan>): Promise<void> => {
  for (const part of slices([...left]))
    await run(
      dropUnused,
      columnsOf(part, [([proof]) => proof, ([, { point }]) => point, ([, { from }]) => from, ([, { to }]) => to]),
    );
};
