/** The shape that ET52 and ET53 share: requests or responses between two copies of one number. MEP guide 1.1, pp. 136-138. */
import {
  array,
  at,
  bytes,
  minus,
  next,
  own,
  ownIs,
  recordsUpTo,
  type StructOf,
  struct,
  u8,
  u16,
  when,
} from "../../layout/index.ts";

/** Values of a transaction's `type`. */
export const transactionType = {
  requests: 0,
  responses: 1,
  /** Not all responses had room, or a record of length 0 ended it early. */
  partialResponses: 2,
  groupRequests: 3,
  groupRequestsDenied: 4,
} as const;

const names = {
  0: "requests",
  1: "responses",
  2: "responses, partial",
  3: "group broadcast request",
  4: "group broadcast request denied",
} as const;
const header = {
  size: at(0, u16, "Bytes of the whole transaction, these two included", { vci: "H", unit: "byte" }),
  type: at(2, u8, "What the records are", { vci: "H", names }),
  number: at(3, u16, "Pairs requests with responses", { vci: "H" }),
} as const;

/** The first 5 bytes, which tell how long the rest is. */
export const transactionHeader = struct(header);

const forGroups = ownIs("type", transactionType.groupRequests);
const last = minus(own("size"), 2);

/**
 * Fields of ET52 and ET53. Exactly `size` bytes are decoded: what a whole-table read brings after them is left over
 * from earlier transactions. Messages are C12.18 requests or responses, big-endian, without sequence and digest.
 */
export const transactionFields = {
  ...header,
  groupIdCount: at(5, when(forGroups, u8), "Group ids that follow", { vci: "H" }),
  groupIds: at(
    6,
    when(forGroups, array(own("groupIdCount"), u16)),
    "Groups: 0xYYff is all sub-groups of YY; 0xffff, or 0xff in the high byte, all groups and all sub-groups; 0 is none",
    {
      vci: "H",
    },
  ),
  records: next(
    recordsUpTo(
      last,
      struct({
        length: at(0, u16, "Bytes of the message; 0 is invalid", { vci: "H", unit: "byte" }),
        message: at(2, bytes(own("length")), "Request or response", { vci: "H" }),
      }),
    ),
    "Requests or responses, in order",
  ),
  numberAgain: at(last, u16, "The number once more: the meter starts when it is written and matches", { vci: "H" }),
} as const;
export type Transaction = StructOf<typeof transactionFields>;

/** What a transaction is made of, without the lengths that follow from it. */
export interface TransactionContent {
  /** One of `transactionType`; requests where absent. */
  readonly type?: number;
  /** 0..65535; another one each time, because the meter does not run the same transaction twice in a row. */
  readonly number: number;
  readonly messages: readonly Uint8Array[];
  /** Only, and always, with type 3. */
  readonly groupIds?: readonly number[];
}

/**
 * A transaction with all lengths filled in, to be encoded as ET52 or ET53. MEP guide 1.1, pp. 50-57.
 *
 * @example
 * transaction({ number: 2, messages: [Uint8Array.of(0x30, 0, 1)] }).size // 12
 */
export const transaction = (content: TransactionContent): Transaction => {
  const { type = transactionType.requests, number, messages, groupIds } = content;
  const records = messages.map((message) => ({ length: message.length, message }));
  const groups = groupIds === undefined ? 0 : 1 + 2 * groupIds.length;
  return {
    size: 7 + groups + records.reduce((sum, { length }) => sum + 2 + length, 0),
    type,
    number,
    ...(groupIds === undefined ? {} : { groupIdCount: groupIds.length, groupIds: [...groupIds] }),
    records,
    numberAgain: number,
  };
};
