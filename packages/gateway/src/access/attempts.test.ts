import assert from "node:assert/strict";
import { test } from "node:test";
import { Attempts, addressKey } from "./attempts.ts";

test("addresses that one attacker has at once are one", () => {
  const same: readonly (readonly string[])[] = [
    ["192.168.1.5", "::ffff:192.168.1.5"],
    ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:0db8:1:2:3:4:5:6"],
    ["fe80::1%eth0", "fe80::2"],
  ];
  for (const group of same) assert.equal(new Set(group.map(addressKey)).size, 1, group.join(" "));
  assert.notEqual(addressKey("2001:db8:1:2::1"), addressKey("2001:db8:1:3::1"));
  assert.notEqual(addressKey("192.168.1.5"), addressKey("192.168.1.6"));
});

test("remembers a bounded number of keys, the newest ones", () => {
  const attempts = new Attempts({ free: 1, longest: 60_000, most: 100 });
  for (let n = 0; n < 1_000; n++) attempts.begin(`key ${n}`, 0);
  assert.equal(attempts.size, 100);
  assert.equal(attempts.wait("key 0", 0), 0);
  assert.equal(attempts.wait("key 999", 0), 1_000);
});

test("failures of yesterday no longer count", () => {
  const attempts = new Attempts({ free: 2, longest: 60_000 });
  for (let n = 0; n < 5; n++) attempts.begin("one", 0);
  assert.equal(attempts.wait("one", 0), 8_000);
  attempts.begin("one", 25 * 3_600_000);
  assert.equal(attempts.wait("one", 25 * 3_600_000), 0);
});
