import assert from "node:assert/strict";
import { test } from "node:test";
import { Shared } from "./shared.ts";

test("equal facts give the same value, and any difference another one", () => {
  const shared = new Shared<object>();
  const facts = () => ({ list: [1, undefined, 2n], bytes: Uint8Array.of(1, 2), flag: true });
  const first = shared.of(facts(), () => ({}));
  assert.equal(
    shared.of(facts(), () => ({})),
    first,
  );
  for (const other of [
    { list: [1, null, 2n] },
    { list: [1, undefined, 2] },
    { bytes: Uint8Array.of(1, 3) },
    { flag: 1 },
  ])
    assert.notEqual(
      shared.of({ ...facts(), ...other }, () => ({})),
      first,
      JSON.stringify(Object.keys(other)),
    );
});

test("meters that all answer differently do not fill the memory", () => {
  const shared = new Shared<object>();
  let made = 0;
  const of = (meter: number) => shared.of({ meter }, () => ({ made: made++ }));
  const usual = of(0);
  for (let meter = 1; meter < 1000; meter++) {
    of(meter);
    assert.equal(of(0), usual, "what is wanted often stays");
  }
  of(1);
  assert.equal(made, 1001);
});
