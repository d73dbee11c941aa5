import assert from "node:assert/strict";
import { test } from "node:test";
import { isPostgresUrl, parsePostgresUrl } from "./postgres-url.ts";

test("an address is shown without its password and options", () => {
  const place = parsePostgresUrl("postgres://me:s%2Fcret%40@db.example:5433/meters?schema=home&sslmode=verify-full");
  assert.deepEqual(
    [place.shown, place.schema, place.password],
    ["postgres://me@db.example:5433/meters", "home", "s/cret@"],
  );
  assert.match(place.connection, /^postgres:\/\/me:s%2Fcret%40@db\.example:5433\/meters\?sslmode=verify-full&options=/);
  assert.match(place.connection, /search_path%3Dhome/);
  assert.doesNotMatch(place.connection, /schema=/);
});

test("a Unix socket, a password among the options and the default schema", () => {
  const { shown, schema, password } = parsePostgresUrl("postgresql://me@/meters?host=/run/postgresql&password=abc");
  assert.deepEqual([shown, schema, password], ["postgres://me@/run/postgresql/meters", "meterport", "abc"]);
  assert.equal(parsePostgresUrl("postgres:///meters").shown, "postgres:///meters");
  assert.deepEqual(["postgres://x", "POSTGRESQL://x", "/data", "postgres"].map(isPostgresUrl), [
    true,
    true,
    false,
    false,
  ]);
});

test("a wrong address is refused without being quoted", () => {
  for (const text of [
    "postgres://me:se/cret@db/meters",
    "postgres://me:12/se@db/meters",
    "postgres://me:se#cret@db/meters",
    "postgres://me:se%zzcret@db/meters",
    "postgres://me:secret@db:port/meters",
    "postgres://me:secret@db/meters?schema=a;drop",
  ])
    assert.throws(
      () => parsePostgresUrl(text),
      (error: Error) => error.name === "UsageError" && !/cret|se@|drop/.test(`${error.message} ${String(error.cause)}`),
      text,
    );
});
