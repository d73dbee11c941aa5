/**
 * Puts the files of a tarball into an order that compresses well. npm sorts them by their names regardless of folder, and
 * compression looks back only 32 kB: with the files of a folder side by side, a tarball is a sixteenth smaller.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";

const block = 512;

const text = (bytes) => bytes.toString("utf8").replace(/\0.*$/s, "");

/** A header, its content, and the path of its file; an extended header belongs to the entry after it. */
const entriesOf = (tar) => {
  const entries = [];
  let start = 0;
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + block);
    const size = Number.parseInt(text(header.subarray(124, 136)), 8);
    at += block + Math.ceil(size / block) * block;
    if (/^[xg]$/.test(text(header.subarray(156, 157)))) continue;
    const path = `${text(header.subarray(345, 500))}/${text(header.subarray(0, 100))}`;
    entries.push({ path, bytes: tar.subarray(start, at) });
    start = at;
  }
  return entries;
};

/** "dist/bytes.js.map" is of the kind ".js.map": similar files go together. */
const kindOf = (path) => /\.[^/]*$/.exec(path)?.[0] ?? "";

const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Rewrites a tarball in place. */
export const reorderTarball = (file) => {
  const entries = entriesOf(gunzipSync(readFileSync(file)));
  entries.sort((a, b) => order(kindOf(a.path), kindOf(b.path)) || order(a.path, b.path));
  const end = Buffer.alloc(2 * block);
  writeFileSync(file, gzipSync(Buffer.concat([...entries.map(({ bytes }) => bytes), end]), { level: 9, memLevel: 9 }));
};
