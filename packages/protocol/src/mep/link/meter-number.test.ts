import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MeterNumber } from "./meter-number.ts";

/** A meter that has answered the request with this number. */
const after = (sequence: number): MeterNumber => {
  const number = new MeterNumber();
  number.answered(sequence);
  return number;
};

describe("the number that a meter expects", () => {
  test("the first 0x0C counts as a jump, and blames no other client", () => {
    const said = new MeterNumber().refused({ ours: 0, theirs: 500, transmissions: 1 });
    assert.deepEqual(said, { jumped: true, taken: 0, mayHaveRun: false });
  });

  test("a few numbers beyond ours were used by another client", () => {
    const said = after(6).refused({ ours: 7, theirs: 10, transmissions: 1 });
    assert.deepEqual(said, { jumped: false, taken: 3, mayHaveRun: false });
  });

  test("the next number after a repetition means that the request ran, not that another client was there", () => {
    assert.deepEqual(after(6).refused({ ours: 7, theirs: 8, transmissions: 2 }), {
      jumped: false,
      taken: 0,
      mayHaveRun: true,
    });
    assert.equal(after(6).refused({ ours: 7, theirs: 8, transmissions: 1 }).taken, 1);
  });

  test("a step of 25 is a change of dimensions, also if the meter gives the number before", () => {
    for (const theirs of [31, 32]) assert.equal(after(6).refused({ ours: 7, theirs, transmissions: 1 }).jumped, true);
    assert.equal(after(6).refused({ ours: 7, theirs: 30, transmissions: 1 }).jumped, false);
  });

  test("numbers go round behind the largest one", () => {
    const said = after(0xffff_ffff).refused({ ours: 0, theirs: 2, transmissions: 1 });
    assert.deepEqual(said, { jumped: false, taken: 2, mayHaveRun: false });
  });

  test("a late answer to an early attempt does not set the number back", () => {
    const number = after(40);
    number.answered(10);
    assert.equal(number.refused({ ours: 41, theirs: 42, transmissions: 1 }).jumped, false);
  });

  test("a suite without numbers never proves that a request ran", () => {
    const number = new MeterNumber();
    number.answered(undefined);
    assert.equal(number.confirmed, true);
    assert.equal(number.refused({ ours: undefined, theirs: 3, transmissions: 2 }).mayHaveRun, false);
  });
});
