import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import fc from "fast-check";
import { computing } from "../../../../../test/support/stopwatch.ts";
import { parseConfigFile } from "../config-file.ts";
import { type ImportReport, planImport } from "./import-meters.ts";

const key = "CANARYcanary0123";
const files: Readonly<Record<string, string>> = { "/data/meter.key": key };

const plan = (yaml: string | undefined, csv: string, env: Readonly<Record<string, string>> = {}): ImportReport =>
  planImport(
    {
      env,
      defaultData: "/data",
      checkLink: parseMeterLink,
      portLinkOf,
      readFile: (path) => (path === "/data/meterport.yaml" ? yaml : files[path]),
    },
    { name: "flats.csv", text: csv },
  );

const refusal = (yaml: string | undefined, csv: string): readonly string[] => {
  try {
    plan(yaml, csv);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    assert.ok(!error.message.includes("CANARY"), error.message);
    return error.message.split("\n");
  }
  assert.fail("the file was accepted");
};

const present = `# The house, and its meters
http:
  port: 9000        # not the usual one

meters:
  # Ours
  - id: home
    name: Home      # shown on the page
    link: /dev/ttyUSB0
    key: "${key}"   # secret

# What is logged
log:
  level: debug
`;

test("adds meters to a file, of which everything else stays as it is", () => {
  const csv = `id,name,link,key_file,fuse_amps,rates.power\nflat-1,"Flat ""1"", left",tcp://10.0.0.1:4059,meter.key,25,250ms\nflat-2,,tcp://10.0.0.2:4059,meter.key,,\n`;
  const { added, changed, unchanged, after } = plan(present, csv);
  assert.deepEqual([added, changed, unchanged], [["flat-1", "flat-2"], [], 0]);
  assert.equal(
    after,
    present.replace(
      `# secret\n`,
      `# secret
  - id: flat-1
    name: Flat "1", left
    link: tcp://10.0.0.1:4059
    key_file: meter.key
    fuse_amps: 25
    rates:
      power: 250ms
  - id: flat-2
    link: tcp://10.0.0.2:4059
    key_file: meter.key
`,
    ),
  );
});

test("changes a meter of the same id, field by field, with the comments beside them", () => {
  const csv = "id;link;name;fuse_amps;zone\nhome;/dev/ttyUSB0;Our house;35;Europe/Copenhagen\n";
  const report = plan(present, csv);
  assert.deepEqual(report.changed, [{ id: "home", keys: ["name", "fuse_amps", "zone"] }]);
  assert.equal(
    report.after,
    present
      .replace("name: Home ", "name: Our house ")
      .replace("# secret\n", "# secret\n    fuse_amps: 35\n    zone: Europe/Copenhagen\n"),
  );
  const again = plan(report.after, csv);
  assert.deepEqual([again.unchanged, again.changed, again.after], [1, [], report.after]);
});

test("a key in another place takes the place of the old one, and the rest of the comments stays", () => {
  const { changed, after } = plan(present, "id,link,key_file\nhome,/dev/ttyUSB0,meter.key\n");
  assert.deepEqual(changed, [{ id: "home", keys: ["key_file", "key"] }]);
  assert.ok(!after.includes(key));
  for (const comment of ["# The house", "# not the usual", "# Ours", "# shown", "# What is logged"])
    assert.ok(after.includes(comment), comment);
  const [meter] = (parseConfigFile("x", after).value as { meters: readonly unknown[] }).meters;
  assert.deepEqual({ ...(meter as object) }, { id: "home", name: "Home", link: "/dev/ttyUSB0", key_file: "meter.key" });
});

test("works with no file, an empty one, one of comments, and every layout of the list", () => {
  const csv = "id,link,key_file\na,tcp://h:1,meter.key\n";
  for (const yaml of [
    undefined,
    "",
    "# nothing yet\n",
    "log: { level: info }",
    "meters:\nlog: { level: info }\n",
    "meters: []\n",
    "meters:\n- { id: b, link: /dev/x, key_file: meter.key } # one line\n",
    "meters: [{ id: b, link: /dev/x, key_file: meter.key }]",
    "{ log: { level: info } }",
    "meters:\r\n  - id: b\r\n    link: /dev/x\r\n    key_file: meter.key\r\nlog:\r\n  level: info\r\n",
    "meters:\n  - id: b\n    link: /dev/x\n    key_file: meter.key\n    quiet: >\n      02:10-02:18\n\n\n# end",
    "meters:\n    - id: b\n      link: /dev/x\n      key_file: meter.key\n      rates:\n        power: 1s",
  ]) {
    const { after } = plan(yaml, csv);
    const { meters } = parseConfigFile("x", after).value as { meters: readonly { id: string }[] };
    assert.deepEqual(meters.at(-1)?.id, "a", yaml);
    assert.equal(after.includes("# "), yaml?.includes("# ") ?? false);
  }
});

test("every wrong row is told with its line, and no field is quoted that may be a key", () => {
  const head = "id,link,key,fuse_amps\n";
  const good = `a,tcp://h:1,${key},\n`;
  assert.deepEqual(
    refusal(present, `${head}${good}b,tcp://h:2,CANARY,25\nc,tcp://h:3,${key},many\nd,tcp://h,${key},\n`).map((line) =>
      line.slice(0, 44),
    ),
    ["flats.csv:3: key the key has 6 characters; a", 'flats.csv:4: fuse_amps "many" is not a whole'],
  );
  assert.match(
    refusal(present, `${head}d,tcp://h,${key},\n`)[0] ?? "",
    /^flats\.csv:2: link: link "tcp:\/\/h" is not of/,
  );
  assert.deepEqual(refusal(present, `${head}${good}${good}e,tcp://h:1,${key}\n`), [
    "flats.csv:3: id is the same as in line 2: give each meter its own",
    "flats.csv:4: the row has 3 fields, but the header names 4 columns",
  ]);
  assert.match(
    refusal(present, `${head}${good}e,tcp://h:1,${key},\nf,/dev/ttyUSB0,${key},\n`).join("\n"),
    /^flats\.csv:3: link is the same as that of the meter in line 2 of flats\.csv: one line.*\nflats\.csv:4: link is the same as that of meters\[0\]: one line/,
  );
  assert.deepEqual(refusal(present, `${head}g,tcp://h:7,,\n`), [
    "flats.csv:2: the meter in line 2 of flats.csv has no key: add key, or key_file with the name of a file that holds it",
  ]);
  assert.match(
    refusal(present, "id,link,key_file\ng,tcp://h:7,none.key\n")[0] ?? "",
    /2: key_file: key file \/data\/none/,
  );
  assert.match(
    refusal("meters: [{ id: Bad }]", `${head}${good}`)[1] ?? "",
    /meterport\.yaml:1:16: meters\[0\]\.id must be/,
  );
  assert.match(
    refusal("meters: [home]", `${head}${good}`)[0] ?? "",
    /meterport\.yaml:1:10: meters\[0\] must hold names/,
  );
  assert.match(refusal("meters: 5", `${head}${good}`)[0] ?? "", /meters must be a list/);
});

test("the header must name known columns", () => {
  assert.deepEqual(refusal(present, `id,lnik,${key}\n`), [
    "flats.csv:1: column 2 has an unknown name; did you mean link?",
    `flats.csv:1: column 3 has an unknown name; known: ${"id, name, group, link, key, key_file, key_credential, profile, security, client_id, interval, rates.power, rates.live, rates.quality, rates.events, rates.profile, rates.clock, rates.state, rates.children, zone, fuse_amps, quiet, back_fill"}`,
    "flats.csv:1: the header has no column link: add it",
  ]);
  assert.deepEqual(refusal(present, "id,link,id\n"), ["flats.csv:1: column id appears twice: remove one"]);
  assert.deepEqual(refusal(present, ""), ["flats.csv is empty: its first line must name the columns"]);
  assert.equal(plan(present, "\ufeffID;Link;Key File;Fuse Amps\r\nx;tcp://h:1;meter.key;20\r\n").added.length, 1);
});

test("a file that is not CSV is a sentence, whatever is in it", () => {
  assert.match(refusal(present, `id,link\n"${key},x\n`)[0] ?? "", /^flats\.csv:\d+: a quote is not closed/);
  assert.match(refusal(present, `id,link\n${key}"x,y\n`)[0] ?? "", /^flats\.csv:2: a quote within a field/);
  assert.match(refusal(present, `id,link\n"${"x".repeat(70_000)}\n`)[0] ?? "", /a row is longer than 65536 bytes/);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."id,link\n\r\"';\t k1"), maxLength: 60 }), (text) => {
      try {
        plan(present, `id,link,key_file\n${text}`);
        plan(present, text);
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

test("the environment's only meter does not stand in the way", () => {
  const csv = "id,link,key_file\na,tcp://h:1,meter.key\nb,tcp://h:2,meter.key\n";
  assert.equal(plan(undefined, csv, { METERPORT_LINK: "/dev/x", METERPORT_KEY: key }).added.length, 2);
});

const rows = (count: number): string =>
  Array.from(
    { length: count },
    (_, n) => `m${n},House ${n},tcp://10.${n >> 16}.${(n >> 8) & 255}.${n & 255}:4059,"${key}",${16 + (n % 50)}\n`,
  ).join("");

test("a thousand rows take seconds at most", { timeout: 60_000 }, (t) => {
  const computed = computing();
  const report = plan(present, `id,name,link,key,fuse_amps\n${rows(1_000)}`);
  assert.equal(report.added.length, 1_000);
  assert.ok(report.after.startsWith(present.slice(0, present.indexOf("\n# What"))));
  t.diagnostic(`${computed().toFixed(0)} ms`);
  assert.ok(computed() < 10_000);
});

test("an empty list in brackets becomes a list with a line for each field", () => {
  const { after } = plan("meters: []\n", "id,link,key_file\na,tcp://a:1,meter.key\nb,tcp://b:1,meter.key\n");
  assert.equal(after.split("\n").length, 8, after);
});

test("a name with control characters is refused, not stored", () => {
  const [sentence] = refusal("", "id,name,link,key_file\na,x\u001b[31my,tcp://a:1,meter.key\n");
  assert.match(sentence ?? "", /flats\.csv:2: name holds a control character/);
});
