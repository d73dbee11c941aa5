import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedNetworks, allowSetting } from "./allowed-networks.ts";

test("without a list only this machine may connect", () => {
  const allows = allowedNetworks();
  assert.deepEqual(["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"].map(allows), [true, true, true, true]);
  assert.deepEqual(
    ["192.168.1.7", "::ffff:192.168.1.7", "fe80::1%eth0", "", "x", undefined].map(allows),
    Array(6).fill(false),
  );
});

test("a listed network may, in either form of its addresses, and its neighbour may not", () => {
  const allows = allowedNetworks(["192.168.1.0/24", "fe80::/10", "10.1.2.3"]);
  const inside = ["192.168.1.0", "::ffff:192.168.1.255", "fe80::1%eth0", "10.1.2.3", "127.0.0.1"];
  assert.deepEqual(inside.map(allows), Array(5).fill(true));
  assert.deepEqual(["192.168.2.0", "fec0::1", "10.1.2.4"].map(allows), [false, false, false]);
});

test("what is no network is refused with an example", () => {
  for (const wrong of ["192.168.1.0/33", "home", "1.2.3", "::/129", "1.2.3.4/x", ""]) {
    const seen = allowSetting.safeParse([wrong]);
    assert.match(seen.error?.issues[0]?.message ?? "", /is not a network: write for example 192\.168\.1\.0\/24/, wrong);
  }
  assert.ok(allowSetting.safeParse(["10.0.0.0/8", "::1"]).success);
});
