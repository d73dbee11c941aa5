/** The declaration language: everything that a table file needs. */
export { array, recordsUpTo, type Tail } from "./array.ts";
export { type BitLayout, bool, filler, int, uint } from "./bits.ts";
export { type ChoiceOf, choice, type Form, type Forms, form } from "./choice.ts";
export { when } from "./conditional.ts";
export * from "./dates.ts";
export { difference } from "./difference.ts";
export { entryDim } from "./entry-dimension.ts";
export {
  all,
  any,
  atLeast,
  bitBytes,
  type Cond,
  type Dim,
  type Expr,
  either,
  entryBelow,
  exceeds,
  minus,
  not,
  own,
  ownIs,
  plus,
  times,
} from "./expression.ts";
export type { FieldMeta, ValueControl } from "./field-meta.ts";
export type { AnyLayout, Description, FieldDescription, Layout, Leaf, ValueOf } from "./layout.ts";
export { type At, leaves, locate, misplaced, type Path, type Place, place } from "./locate.ts";
export { nibbles } from "./nibbles.ts";
export { cutMark, numberSet } from "./number-set.ts";
export {
  bytes,
  digits,
  i8,
  i16,
  i24,
  i32,
  i40,
  i48,
  niFormat1,
  niFormat2,
  reserved,
  rest,
  text,
  u8,
  u16,
  u24,
  u32,
  u40,
  u48,
} from "./primitives.ts";
export { type Procedure, type ProcedureInfo, procedure } from "./procedure.ts";
export {
  type Family,
  type Gate,
  gateText,
  isAmong,
  type Profile,
  parseProfile,
  profileName,
  type Releases,
  reaches,
  releasesText,
  type Version,
} from "./profile.ts";
export type { Span } from "./reader.ts";
export { recordsWithin } from "./records-within.ts";
export { at, type EnvOf, type Fields, next, type StructOf, struct } from "./struct.ts";
export {
  type AnyTable,
  decode,
  dim,
  dimOr,
  encode,
  flag,
  type KeyLevel,
  type Needs,
  sizeOf,
  type Table,
  type TableInfo,
  type TableValue,
  table,
  tableExists,
  writeLevel,
} from "./table.ts";
export { textOf } from "./text-of.ts";
