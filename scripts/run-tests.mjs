/**
 * Runs test files in lanes that go at the same time, each in its own order; `node --test` has one lane, in the order of
 * names. The argument is JSON: `[{ "files": ["test/page.test.ts"], "concurrency": 1 }]`. In place of a file there may be several that
 * share one process: `{ "name": "mbus", "files": [ … ] }`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath, pathToFileURL } from "node:url";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    process.exitCode = 1;
    interruption.abort();
  });
}

/** Node's test runner takes errors that nobody catches for those of a test: here they are our own, and the end. */
const give = (error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exit(1);
};

const report = new spec();
report.on("error", give);
report.pipe(process.stdout);

/** A lane's own closing lines, which are added up below. */
const isClosing = ({ type, data }) =>
  type === "test:diagnostic" &&
  data.nesting === 0 &&
  /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test(data.message);

const execArgv = ["--import", new URL("untracked-promises.mjs", import.meta.url).href];

/** Each file that has ended, with its milliseconds. */
const took = [];

const say = (message) => report.write({ type: "test:diagnostic", data: { nesting: 0, message, level: "info" } });

const folder = fileURLToPath(new URL("../.cache/together/", import.meta.url));

/** A file that loads those of a group. */
const groupFile = ({ name, files }) => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.test.mjs`);
  writeFileSync(path, files.map((file) => `import ${JSON.stringify(pathToFileURL(resolve(file)).href)};\n`).join(""));
  return path;
};

/** Runs one lane, and gives what it counted, and when it ended. */
const runLane = async ({ files: listed, concurrency }) => {
  const files = listed.map((file) => (typeof file === "string" ? file : groupFile(file)));
  // The slowest file takes less than a minute; one that hangs must not take the others with it.
  const events = run({ files, concurrency, execArgv, timeout: 240_000, signal: interruption.signal });
  let counts = {};
  /** Of a file that has not ended. The report must not hear of two by turns: it takes the end of a test for that of the last that began. */
  let held = [];
  const tell = () => {
    for (const event of held) report.write(event);
    held = [];
  };
  for await (const event of events) {
    if (event.type === "test:fail" && event.data.todo === undefined) process.exitCode = 1;
    if (event.type !== "test:summary") {
      if (!isClosing(event)) held.push(event);
      continue;
    }
    const { file, duration_ms, counts: of } = event.data;
    if (file === undefined) counts = of;
    else took.push([file, duration_ms]);
    tell();
  }
  tell();
  return { counts, ended: performance.now() - began };
};

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

const began = performance.now();
const lanes = JSON.parse(process.argv[2]).filter(({ files }) => files.length > 0);
const counted = await Promise.all(lanes.map(runLane)).catch(give);
// Where the time goes: which files to make faster, and whether the lanes are in balance.
for (const [n, { ended }] of counted.entries()) say(`lane ${n + 1}: ${seconds(ended)}`);
const slowest = took.sort(([, a], [, b]) => b - a).slice(0, 8);
for (const [file, duration] of slowest) say(`slow: ${seconds(duration)} ${relative(process.cwd(), file)}`);
const names = { tests: "tests", suites: "suites", passed: "pass", failed: "fail", cancelled: "cancelled" };
for (const [key, name] of Object.entries({ ...names, skipped: "skipped", todo: "todo" }))
  say(`${name} ${counted.reduce((total, { counts }) => total + (counts[key] ?? 0), 0)}`);
say(`duration_ms ${Math.round(performance.now() - began)}`);
report.end();
