/** The number of a block, made of its contents: the same block has the same number wherever and however often it is booked. */
import { createHash } from "node:crypto";
import type { Proof } from "@meterport/engine/model/proof";

/**
 * All that tells one block from another.
 *
 * @param point id of the metering point
 */
export const blockTextOf = (point: string, proof: Proof): string => {
  const { time, table, offset, raw, profile, clockOffset, note } = proof;
  return JSON.stringify([point, time, table, offset, raw, profile, clockOffset, note]);
};

/** 63 bits of the SHA-256 of a block's text. Two blocks of one millisecond have the same number once in 10^18. */
export const blockIdOf = (text: string): bigint => createHash("sha256").update(text).digest().readBigUInt64BE(0) >> 1n;
