/**
 * EP39, by which a MEP client answers alerts and posts its data. Neither guide describes it (MEP guide 1.1 names it on
 * pp. 19, 41, 57 and 61), so nothing here is verified and nothing uses it by default: its caller brings an encoding.
 */
import { LayoutError } from "../errors.ts";
import { at, type Layout, type Procedure, procedure, rest, struct } from "../layout/index.ts";

/** What is posted. */
export interface PostedData {
  /** See `postTypes`. */
  readonly type: number;
  readonly data: Uint8Array;
}

/** Gives the parameters in BT07 from byte 3 on. */
export type PostEncoding = (post: PostedData) => Uint8Array;

/** 12 stands in the guide (p. 41); 4 is what a public client sends. */
export const postTypes = { scheduledReadDataAndAlarms: 4, clearDeltaDataAlert: 12 } as const;

const success = 1;

/**
 * The encoding of a public third-party client: type, 1 for success, the length of the data as a 16-bit little-endian
 * number, the data. Unverified.
 *
 * @throws LayoutError range
 * @example
 * thirdPartyPost({ type: 4, data: Uint8Array.of(9) }) // Uint8Array [4, 1, 1, 0, 9]
 */
export const thirdPartyPost: PostEncoding = ({ type, data }) => {
  if (!Number.isInteger(type) || type < 0 || type > 0xff)
    throw new LayoutError("range", { path: "type", offset: 3 }, `${type} is not a whole number from 0 to 255`);
  if (data.length > 0xffff)
    throw new LayoutError("range", { path: "data", offset: 7 }, `${data.length} bytes are more than 65535`);
  const out = new Uint8Array(4 + data.length);
  out.set([type, success, data.length & 0xff, data.length >> 8]);
  out.set(data, 4);
  return out;
};

const encoded = (encoding: PostEncoding): Layout<PostedData> => {
  const { describe, decode, size } = rest();
  return {
    fixedSize: undefined,
    needs: [],
    size,
    describe,
    // What came in cannot be told apart without knowing the encoding.
    decode: (reader, env, scope) => ({ type: 0, data: decode(reader, env, scope) }),
    encode: (writer, value) => writer.put(encoding(value)),
  };
};

/**
 * EP39 with parameters in the given encoding. Unverified: no public document describes them, nor the results.
 *
 * @example
 * unverifiedEP39(thirdPartyPost).number // 2087
 */
export const unverifiedEP39 = (
  encoding: PostEncoding,
): Procedure<"EP39", PostedData, unknown, { data: Uint8Array }, unknown> =>
  procedure(
    "EP39",
    0x0827,
    "Post MEP Data",
    { call: "basic" },
    {
      request: encoded(encoding),
      response: struct({ data: at(4, rest(), "Not described in either guide", { vci: "M" }) }, { from: 4 }),
    },
  );
