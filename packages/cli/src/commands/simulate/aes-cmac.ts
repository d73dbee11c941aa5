/** AES-CMAC (RFC 4493), the virtual head-end's proof of an image: the guide asks for a MAC and does not say which. */
import { createCipheriv } from "node:crypto";

const block = 16;
/** What a bit that leaves at the left comes back as (RFC 4493, 2.3). */
const carried = 0x87;

const encrypted = (key: Uint8Array, input: Uint8Array): Uint8Array => {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return Uint8Array.from(cipher.update(input));
};

const doubled = (input: Uint8Array): Uint8Array => {
  const out = input.map((byte, i) => ((byte << 1) | ((input[i + 1] ?? 0) >> 7)) & 0xff);
  if (((input[0] ?? 0) & 0x80) !== 0) out[block - 1] = (out[block - 1] ?? 0) ^ carried;
  return out;
};

/**
 * 16 bytes that prove a message with a key of 16 bytes.
 *
 * @example
 * aesCmac(key, new Uint8Array(0)).length // 16
 */
export const aesCmac = (key: Uint8Array, message: Uint8Array): Uint8Array => {
  const first = doubled(encrypted(key, new Uint8Array(block)));
  const blocks = Math.max(1, Math.ceil(message.length / block));
  const padded = new Uint8Array(blocks * block);
  padded.set(message);
  const whole = message.length === padded.length;
  if (!whole) padded[message.length] = 0x80;
  const last = whole ? first : doubled(first);
  const start = padded.length - block;
  for (let i = 0; i < block; i++) padded[start + i] = (padded[start + i] ?? 0) ^ (last[i] ?? 0);
  const chain = createCipheriv("aes-128-cbc", key, new Uint8Array(block)).setAutoPadding(false);
  return Uint8Array.from(chain.update(padded).subarray(-block));
};
