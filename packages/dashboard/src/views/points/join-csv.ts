/** Tables of many meters as one. */

const decoder = new TextDecoder();

/**
 * One CSV file of several with the same header line, each in UTF-8.
 *
 * @returns null if their columns differ
 */
export function joinCsv(files: readonly Uint8Array<ArrayBuffer>[]): Blob | null {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let header: string | null = null;
  for (const file of files) {
    const end = file.indexOf(10) + 1;
    const own = decoder.decode(file.subarray(0, end));
    if (header !== null && own !== header) return null;
    parts.push(header === null ? file : file.subarray(end));
    header = own;
  }
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}
