import { at, procedure, struct, u8 } from "../layout/index.ts";

/** Values of `lock`. */
export const transactionLock = { unlock: 0, lock: 1 } as const;

/** How long a lock holds by itself, in milliseconds. MEP guide 1.1, p. 31. */
export const transactionLockTime = 10_000;

/**
 * MEP guide 1.1, p. 253. Keeps the other MEP client away from ET52 and ET53, for meters with both MEP ports enabled. Page
 * 144 calls it EP62; table ET61 has the same number.
 */
export const EP61 = procedure(
  "EP61",
  0x083d,
  "MEP Transaction Lock Control",
  { call: "basic" },
  {
    request: struct({ lock: at(3, u8, "What to do", { vci: "H", names: { 0: "unlock", 1: "lock" } }) }, { from: 3 }),
    response: struct({}, { from: 4 }),
  },
  {
    results: { 3: "the other MEP client has locked the tables", 5: "only a MEP client may lock them" },
    since: { meter: [4, 0] },
  },
);
