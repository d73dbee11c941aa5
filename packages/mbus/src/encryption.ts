/** How the records of a telegram are encrypted, by its configuration field (EN 13757-7, and its predecessor EN 13757-3). */

/** What the configuration field says. Nothing is decrypted here, and no key is asked for. */
export interface MbusEncryption {
  /** 0 to 31. */
  readonly mode: number;
  /** As in "AES-128 CBC with an initial vector of the header"; "reserved" for modes that no edition uses. */
  readonly name: string;
  /** Bytes that are encrypted from the first record on; null if all of them are, or if the mode does not say. */
  readonly encryptedBytes: number | null;
}

const names: Readonly<Record<number, string>> = {
  0: "none",
  2: "DES CBC without an initial vector",
  3: "DES CBC with an initial vector",
  4: "AES-128 CBC without an initial vector",
  5: "AES-128 CBC with an initial vector of the header",
  7: "AES-128 CBC with keys derived for each message",
  8: "AES-128 CTR with CMAC",
  9: "AES-128 GCM",
  10: "AES-128 CCM",
  13: "TLS",
  15: "manufacturer's own",
};
const blockLength = 16;
/** Modes in which four bits count the encrypted blocks. */
const countsBlocks: readonly number[] = [5, 7];
/** Modes whose configuration field goes on for one more byte. */
const extended: readonly number[] = [7, 13];

/**
 * What a configuration field means, its low byte first on the wire.
 *
 * @example
 * mbusEncryption(0x0540).encryptedBytes // 64
 */
export const mbusEncryption = (configuration: number): MbusEncryption => {
  const mode = (configuration >> 8) & 0x1f;
  const blocks = (configuration >> 4) & 15;
  return {
    mode,
    name: names[mode] ?? "reserved",
    encryptedBytes: countsBlocks.includes(mode) && blocks > 0 ? blocks * blockLength : null,
  };
};

/** Bytes of the configuration field after its first two. */
export const configurationExtension = (mode: number): number => (extended.includes(mode) ? 1 : 0);
