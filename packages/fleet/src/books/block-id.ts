/** The number of a block, made of its contents: the same block has the same number wherever and however often it is booked. */
import { createHash } from "node:crypto";
import type { Proof } from "@meterport/engine/model/proof";

/**
 * 63 bits of the SHA-256 of a proof and its point. Two blocks of one millisecond have the same number once in 10^18.
 *
 * @param point id of the metering point
 */
export const blockIdOf = (point: string, proof: Proof): bigint => {
  const { time, table, offset, raw, profile, clockOffset, note } = proof;
  const hash = createHash("sha256").update(
    JSON.stringify([point, time, table, offset, raw, profile, clockOffset, note]),
  );
  return hash.digest().readBigUInt64BE(0) >> 1n;
};
