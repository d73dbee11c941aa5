import assert from "node:assert/strict";
import { test } from "node:test";
import { shardOf, usualShards } from "./shard-of.ts";

test("a site keeps its shard for ever", () => {
  // The published values of FNV-1a with 32 bits: "" 811c9dc5, "a" e40c292c, "foobar" bf9cf968; both halves are folded into one.
  assert.equal(shardOf("", 65_536), 0x811c ^ 0x9dc5);
  assert.equal(shardOf("a", 65_536), 0xe40c ^ 0x292c);
  assert.equal(shardOf("foobar", 65_536), 0xbf9c ^ 0xf968);
});

test("an id in any script is hashed by its UTF-8 bytes", () => {
  const byEncoder = (site: string): number => {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(site)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    return ((hash >>> 16) ^ (hash & 0xffff)) % 65_536;
  };
  for (const site of ["lindevej-12", "Østergade 3", "東京", "🏠 4", "\ud83c", "\udfe0x", "ߏ܀", "\uffff"])
    assert.equal(shardOf(site, 65_536), byEncoder(site), site);
});

test("ten thousand sites spread evenly over the shards", () => {
  const counts = new Array<number>(usualShards).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const shard = shardOf(`building-${i}`, usualShards);
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  assert.ok(Math.min(...counts) >= 15 && Math.max(...counts) <= 75, `${Math.min(...counts)} to ${Math.max(...counts)}`);
});
