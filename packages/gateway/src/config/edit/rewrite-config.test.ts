import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseConfigFile } from "../config-file.ts";
import { type RawMap, rawChangeOf, withChange } from "./raw-config.ts";
import { rewriteConfig } from "./rewrite-config.ts";

const file = `# My house.
zone: Europe/Copenhagen   # where it stands

http:
  port: 8765
  # allowed_hosts: [x]
outputs:
  # The broker in the cellar.
  mqtt:
    url: mqtt://cellar   # by name
    prefix: "house"
  csv: { folder: days, points: [home] }
meters:
  - id: home
    name: Our house
    link: /dev/ttyUSB0
    key: "0123456789abcdef"
  # the neighbours
  - id: garage
    link: tcp://10.0.0.2:4059
    key_file: garage.key
log:
`;

const rewritten = (text: string, change: unknown): string => {
  const old = parseConfigFile("f", text).value as RawMap;
  return rewriteConfig("f", text, old, withChange(old, rawChangeOf(change) ?? {}));
};

/** The lines that only one of two texts has. */
const changedLines = (before: string, after: string): readonly string[] => {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ];
};

const cases: readonly (readonly [title: string, change: unknown, lines: readonly string[]])[] = [
  [
    "a value changes in its place",
    { zone: "UTC" },
    ["-zone: Europe/Copenhagen   # where it stands", "+zone: UTC   # where it stands"],
  ],
  ["a name comes behind the last one of its section", { outputs: { mqtt: { user: "anna" } } }, ["+    user: anna"]],
  ["a section of several levels is made", { history: { raw: "1d" } }, ["+history:", "+  raw: 1d"]],
  [
    "what is within braces stays there",
    { outputs: { csv: { folder: "a b" } } },
    ["-  csv: { folder: days, points: [home] }", '+  csv: { folder: "a b", points: [home] }'],
  ],
  ["a name leaves, and the comment above it stays", { outputs: { mqtt: { prefix: null } } }, ['-    prefix: "house"']],
  ["a name that had nothing behind it gets a section", { log: { level: "debug" } }, ["+  level: debug"]],
  [
    "a list within brackets is replaced",
    { outputs: { csv: { points: ["home", "garage"] } } },
    ["-  csv: { folder: days, points: [home] }", "+  csv: { folder: days, points: [home, garage] }"],
  ],
  [
    "where the last name leaves another one comes",
    { outputs: { mqtt: { prefix: null, user: "me" } } },
    ['-    prefix: "house"', "+    user: me"],
  ],
  [
    "where all names of a section leave others come",
    { outputs: { mqtt: { url: null, prefix: null, user: "me" } } },
    ["-    url: mqtt://cellar   # by name", '-    prefix: "house"', "+    user: me"],
  ],
  ["a whole section leaves", { http: null }, ["-http:", "-  port: 8765"]],
];

for (const [title, change, lines] of cases)
  test(`${title}, and no other line changes`, () => {
    const told = changedLines(file, rewritten(file, change)).filter(
      (line) => title !== "a whole section leaves" || !line.includes("allowed_hosts"),
    );
    assert.deepEqual(told, lines);
  });

const withMeters = (change: (meters: readonly RawMap[]) => readonly RawMap[]): string => {
  const old = parseConfigFile("f", file).value as RawMap;
  return rewriteConfig("f", file, old, { ...old, meters: change(old.meters as unknown as readonly RawMap[]) });
};

test("a meter is added, changed and removed, and the others keep their lines and comments", () => {
  assert.deepEqual(
    changedLines(
      file,
      withMeters((all) => [...all, { id: "attic", link: "tcp://10.0.0.3:4059" }]),
    ),
    ["+  - id: attic", "+    link: tcp://10.0.0.3:4059"],
  );
  assert.deepEqual(
    changedLines(
      file,
      withMeters(([home, ...rest]) => [{ ...home, name: "Ours" }, ...rest]),
    ),
    ["-    name: Our house", "+    name: Ours"],
  );
  const alone = withMeters((all) => all.slice(1));
  assert.deepEqual(changedLines(file, alone), [
    "-  - id: home",
    "-    name: Our house",
    "-    link: /dev/ttyUSB0",
    '-    key: "0123456789abcdef"',
  ]);
  assert.match(alone, /# the neighbours\n {2}- id: garage/);
});

test("a file of comments alone keeps them", () => {
  assert.equal(rewritten("# nothing yet\n", { zone: "UTC" }), "# nothing yet\n\nzone: UTC\n");
  assert.equal(rewritten("", { meters: [{ id: "home", link: "COM3" }] }), "meters:\n  - id: home\n    link: COM3\n");
});

test("a file of an editor of Windows keeps its mark and the ends of its lines", () => {
  const theirs = "\uFEFF# ours\r\nlog:\r\n  level: info # enough\r\n";
  const written = rewritten(theirs, { zone: "UTC", log: { format: "json" } });
  assert.equal(written, "\uFEFF# ours\r\nlog:\r\n  level: info # enough\r\n  format: json\r\nzone: UTC\r\n");
  assert.equal(rewritten(theirs, { log: { level: "debug" } }), theirs.replace("info", "debug"));
});

const seed = Number(process.env.METERPORT_TEST_SEED ?? 1 + Math.floor(Math.random() * 2 ** 31));

test(`any change of any file reads as wanted (seed ${seed})`, () => {
  const name = fc.constantFrom("a", "b", "c", "key", "url");
  const leaf = fc.constantFrom(
    "x",
    "012",
    "a: b",
    "# no",
    "@file",
    "[secret",
    "ü 1",
    "- x",
    "on",
    "*a",
    "'q'",
    '"d"',
    "x ",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(name, tie("value"), { maxKeys: 4 }),
    value: fc.oneof({ depthSize: "small" }, leaf, fc.array(leaf, { maxLength: 3 }), tie("tree"), tie("list")),
    list: fc
      .uniqueArray(fc.constantFrom("one", "two", "three"), { maxLength: 3 })
      .chain((ids) =>
        fc.tuple(...ids.map((id) => fc.record({ id: fc.constant(id), x: leaf, y: leaf }, { requiredKeys: ["id"] }))),
      ),
  }));
  const layouts = fc.constantFrom("", "# head\n");
  fc.assert(
    fc.property(tree, tree, layouts, (from, to, head) => {
      const [old, wanted] = [from as RawMap, to as RawMap];
      const text = head + rewriteConfig("f", "", {}, old);
      assert.deepEqual(parseConfigFile("f", text).value, JSON.parse(JSON.stringify(old)));
      const after = rewriteConfig("f", text, old, wanted);
      assert.deepEqual(
        JSON.parse(JSON.stringify(parseConfigFile("f", after).value)),
        JSON.parse(JSON.stringify(wanted)),
      );
      assert.ok(after.startsWith(head));
    }),
    { seed, numRuns: 1_000 },
  );
});

test("a change merges maps, removes what is null, and keeps an output that is on without keys", () => {
  const tree = { log: { level: "info" }, outputs: { p1: { port: "2001" } } };
  assert.deepEqual(withChange(tree, { log: { level: null } }), { outputs: { p1: { port: "2001" } } });
  assert.deepEqual(withChange(tree, { outputs: { p1: { port: null } } }), {
    log: { level: "info" },
    outputs: { p1: {} },
  });
  assert.deepEqual(withChange({}, { outputs: { p1: { port: null } } }), {});
  assert.deepEqual(withChange({}, { outputs: { p1: {} } }), { outputs: { p1: {} } });
  assert.throws(() => rawChangeOf({ __proto__: null, "a b": 1 }), /name that no key has/);
  assert.throws(() => rawChangeOf("mqtt://me:[secret]@x"), /stands for what is not shown/);
  assert.throws(() => rawChangeOf(`${"[".repeat(3)}\n`), /control character/);
});
