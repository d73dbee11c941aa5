/** Dimensions and conditions as plain data, for readers in other languages: what their texts say to people. */
import type { Gate } from "./profile.ts";

export type ExprTree =
  | number
  /** A number that a table publishes; `absent` is what it is where the table does not have it. */
  | readonly ["dim", table: string, key: string, absent: number | undefined]
  /** A number of an entry of a list; "same" is the index of the entry in which the expression stands. */
  | readonly ["entry", table: string, list: string, index: number | "same", key: string]
  /** A field before it in the same record. */
  | readonly ["own", name: string]
  /** A difference stops at 0. */
  | readonly ["+" | "-" | "*", ExprTree, ExprTree]
  /** How many bytes hold this many bits. */
  | readonly ["bytes", bits: ExprTree]
  | readonly ["either", CondTree, yes: ExprTree, no: ExprTree];

export type CondTree =
  | readonly ["flag", table: string, key: string]
  | readonly ["is", name: string, value: number | boolean]
  | readonly ["since", Gate]
  | readonly ["not", CondTree]
  | readonly ["and" | "or", CondTree, CondTree]
  | readonly ["below", index: number]
  | readonly ["exceeds", ExprTree, limit: number];
