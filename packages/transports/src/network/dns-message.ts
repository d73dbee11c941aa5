/** Messages of DNS as far as a search for services needs them (RFC 1035, 6762, 6763). What arrives is untrusted. */

const recordTypes = { a: 1, ptr: 12, txt: 16, srv: 33 } as const;

export type DnsRecord =
  | { readonly type: "a"; readonly name: string; readonly address: string }
  | { readonly type: "ptr"; readonly name: string; readonly target: string }
  | { readonly type: "srv"; readonly name: string; readonly port: number; readonly target: string }
  | { readonly type: "txt"; readonly name: string; readonly entries: readonly string[] };

export interface DnsQuestion {
  readonly name: string;
  readonly type: keyof typeof recordTypes;
}

/** Far more than a device has services. */
const mostRecords = 128;
const mostTexts = 32;
/** A name of 255 bytes has no more parts (RFC 1035, 2.3.4). */
const mostLabels = 128;
const longestName = 255;
const internet = 1;
/** The top bit of a class means something else in mDNS: to answer directly, or that older answers are gone. */
const classMask = 0x7fff;

const utf8 = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A question for the names. A dot separates the parts; one within a part is written as "\.".
 *
 * @throws RangeError for a name that DNS cannot have
 */
export const dnsQuery = (questions: readonly DnsQuestion[]): Uint8Array => {
  const bytes = [0, 0, 0, 0, 0, questions.length, 0, 0, 0, 0, 0, 0];
  for (const { name, type } of questions) {
    for (const part of partsOf(name)) {
      const label = utf8.encode(part);
      if (label.length === 0 || label.length > 63) throw new RangeError(`"${name}" is not a name of DNS`);
      bytes.push(label.length, ...label);
    }
    bytes.push(0, 0, recordTypes[type], 0, internet);
  }
  return Uint8Array.from(bytes);
};

const partsOf = (name: string): readonly string[] => name.split(/(?<!\\)\./).map((part) => part.replaceAll("\\.", "."));

/** A part of a name as `dnsQuery` takes it. */
const escaped = (label: string): string => label.replaceAll(".", "\\.");

interface Read<T> {
  readonly value: T;
  readonly end: number;
}

/** The name at `start`; a pointer may only lead back, so that no name has a loop. */
const nameAt = (bytes: Uint8Array, start: number): Read<string> | undefined => {
  const labels: string[] = [];
  let [at, end, length] = [start, -1, 0];
  let leastPointer = start;
  for (let n = 0; n < mostLabels; n++) {
    const size = bytes[at];
    if (size === undefined) return undefined;
    if (size === 0) return { value: labels.join("."), end: end === -1 ? at + 1 : end };
    if (size >= 0xc0) {
      const low = bytes[at + 1];
      if (low === undefined) return undefined;
      const target = ((size & 0x3f) << 8) | low;
      if (target >= leastPointer) return undefined;
      leastPointer = target;
      if (end === -1) end = at + 2;
      at = target;
      continue;
    }
    if (size > 63 || at + 1 + size > bytes.length) return undefined;
    length += size + 1;
    if (length > longestName) return undefined;
    labels.push(escaped(decoder.decode(bytes.subarray(at + 1, at + 1 + size))));
    at += 1 + size;
  }
  return undefined;
};

const textsOf = (bytes: Uint8Array): readonly string[] => {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length && texts.length < mostTexts; ) {
    const size = bytes[at] ?? 0;
    texts.push(decoder.decode(bytes.subarray(at + 1, at + 1 + size)));
    at += 1 + size;
  }
  return texts.filter((text) => text !== "");
};

const recordOf = (bytes: Uint8Array, name: string, type: number, [from, to]: readonly [number, number]) => {
  if (type === recordTypes.a && to - from === 4)
    return { type: "a", name, address: bytes.subarray(from, to).join(".") } as const;
  if (type === recordTypes.ptr) {
    const target = nameAt(bytes, from);
    return target === undefined ? undefined : ({ type: "ptr", name, target: target.value } as const);
  }
  if (type === recordTypes.srv && to - from > 6) {
    const target = nameAt(bytes, from + 6);
    const port = ((bytes[from + 4] ?? 0) << 8) | (bytes[from + 5] ?? 0);
    return target === undefined ? undefined : ({ type: "srv", name, port, target: target.value } as const);
  }
  if (type === recordTypes.txt) return { type: "txt", name, entries: textsOf(bytes.subarray(from, to)) } as const;
  return undefined;
};

/** The known records of an answer, in all its sections; what cannot be read, and all after it, is left out. Undefined if it is no answer. */
export const dnsRecords = (bytes: Uint8Array): readonly DnsRecord[] | undefined => {
  const isAnswer = bytes.length >= 12 && ((bytes[2] ?? 0) & 0xf8) === 0x80;
  if (!isAnswer) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 12;
  for (let n = Math.min(view.getUint16(4), mostRecords); n > 0; n--) {
    const name = nameAt(bytes, at);
    if (name === undefined) return [];
    at = name.end + 4;
  }
  const count = view.getUint16(6) + view.getUint16(8) + view.getUint16(10);
  const records: DnsRecord[] = [];
  for (let n = 0; n < Math.min(count, mostRecords); n++) {
    const name = nameAt(bytes, at);
    if (name === undefined || name.end + 10 > bytes.length) break;
    const from = name.end + 10;
    const to = from + view.getUint16(name.end + 8);
    if (to > bytes.length) break;
    const ours = (view.getUint16(name.end + 2) & classMask) === internet;
    const record = ours ? recordOf(bytes, name.value, view.getUint16(name.end), [from, to]) : undefined;
    if (record !== undefined) records.push(record);
    at = to;
  }
  return records;
};
