/**
 * The data types by which a meter picks values out of M-Bus telegrams (ET57), and the load profile channels and control
 * states that hold such values. MEP guide 1.1, pp. 37-40, 169-171.
 */
import type { ET57 } from "@meterport/protocol/tables/extended/et57-mbus-data-type";
import { type MbusRecord, mbusHeader, mbusValue } from "../records.ts";

/** One record header of a data type. */
export interface MbusDataType {
  /** 0 to 31. */
  readonly number: number;
  /** Goes before the others, as a temperature-corrected value does. */
  readonly special: boolean;
  /** As much of it as is a header; empty if it is not one. */
  readonly header: Uint8Array;
}

const base = 1;
const extension = 3;

/** The headers of all data types of M-Bus devices; a longer one goes on in the entries after it. */
export const mbusDataTypes = ({ entries }: ET57): readonly MbusDataType[] => {
  const found: { number: number; special: boolean; bytes: number[] }[] = [];
  let open: (typeof found)[number] | undefined;
  for (const { entryType, mdt, special, drh } of entries) {
    if (entryType === base) {
      open = { number: mdt, special, bytes: [...drh] };
      found.push(open);
    } else if (entryType === extension) open?.bytes.push(...drh);
    else open = undefined;
  }
  return found.map(({ number, special, bytes }) => {
    const header = Uint8Array.from(bytes);
    return { number, special, header: header.subarray(0, mbusHeader(header)?.length ?? 0) };
  });
};

/** What two readings of one value must have in common to be the same. */
const same = (a: MbusRecord, b: MbusRecord): boolean =>
  a.value === b.value && a.unit === b.unit && a.quantity === b.quantity && a.time === b.time && a.text === b.text;

/**
 * What four bytes of a data type say; undefined where the type is not known, where not all of the value is there, or
 * where its headers would make different values of them. Notes that not all headers have are left out.
 */
export const mbusTypedValue = (
  types: readonly MbusDataType[],
  number: number,
  data: Uint8Array,
): MbusRecord | undefined => {
  const readings = types.filter((type) => type.number === number).map(({ header }) => mbusValue(header, data));
  const [first, ...others] = readings;
  if (first === undefined || others.some((other) => other === undefined || !same(first, other))) return undefined;
  return {
    ...first,
    notes: first.notes.filter((note) => others.every((other) => other?.notes.includes(note) === true)),
  };
};

/** A load profile keeps the bytes of a device's value as they came, read as a number with the lowest byte first. */
export const channelBytes = (raw: number): Uint8Array => Uint8Array.of(raw, raw >> 8, raw >> 16, raw >> 24);
