import assert from "node:assert/strict";
import { test } from "node:test";
import { failureOf, PostgresError, refusalOf, troubleOf } from "./postgres-failure.ts";
import { parsePostgresUrl } from "./postgres-url.ts";

const place = parsePostgresUrl("postgres://me:secret@127.0.0.1:5432/meters");

test("a failure that only looks like an error is told in its own words, without the password", () => {
  const { message } = failureOf({ message: "no answer for me:secret", code: "08006" }, place);
  assert.match(message, /^the database .* cannot be reached \(no answer for me:…\): check that it runs$/);
  assert.match(failureOf({ code: "ECONNRESET" }, place).message, /\(ECONNRESET\)/);
  assert.match(failureOf({}, place).message, /\(it does not say why\)/);
});

test("a server that is away is one trouble, however it says so", () => {
  const [ended, refused] = ["terminating connection", "connect ECONNREFUSED"].map((reason) =>
    troubleOf(failureOf(new Error(reason), place)),
  );
  assert.equal(ended, refused);
  assert.notEqual(ended, troubleOf(new PostgresError("failed", "it reports something")));
  assert.notEqual(troubleOf(new Error("one")), troubleOf(new Error("another")));
});

test("a value that the server cannot hold is the fault of the value, so that the rest is stored without it", () => {
  const refusal = Object.assign(new Error('value "8589934592" is out of range for type integer'), {
    ...{ severity: "ERROR", code: "22003" },
  });
  assert.match(
    String(refusalOf(refusal, place)),
    /^RangeError: .* refuses a value: value "8589934592" is out of range for type integer \(22003\)/,
  );
  for (const code of ["53100", "57014", "42501"])
    assert.equal(refusalOf(Object.assign(new Error("no"), { severity: "ERROR", code }), place), undefined);
});
