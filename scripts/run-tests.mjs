/**
 * Runs test files in lanes that go at the same time, each in its own order; `node --test` has one lane, in the order of
 * names. The argument is JSON: `[{ "files": ["test/page.test.ts"], "concurrency": 1 }]`.
 */
import { run } from "node:test";
import { spec } from "node:test/reporters";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    process.exitCode = 1;
    interruption.abort();
  });
}

const report = new spec();
report.pipe(process.stdout);

/** A lane's own closing lines, which are added up below. */
const isClosing = ({ type, data }) =>
  type === "test:diagnostic" &&
  data.nesting === 0 &&
  /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test(data.message);

/** Runs one lane, and gives what it counted. */
const runLane = async ({ files, concurrency }) => {
  // The slowest file takes less than a minute; one that hangs must not take the others with it.
  const events = run({ files, concurrency, timeout: 240_000, signal: interruption.signal });
  let counts = {};
  for await (const event of events) {
    if (event.type === "test:fail" && event.data.todo === undefined) process.exitCode = 1;
    if (event.type === "test:summary" && event.data.file === undefined) counts = event.data.counts;
    else if (!isClosing(event)) report.write(event);
  }
  return counts;
};

const began = performance.now();
const lanes = JSON.parse(process.argv[2]).filter(({ files }) => files.length > 0);
const counted = await Promise.all(lanes.map(runLane));
const names = { tests: "tests", suites: "suites", passed: "pass", failed: "fail", cancelled: "cancelled" };
for (const [key, name] of Object.entries({ ...names, skipped: "skipped", todo: "todo" })) {
  const sum = counted.reduce((total, counts) => total + (counts[key] ?? 0), 0);
  report.write({ type: "test:diagnostic", data: { nesting: 0, message: `${name} ${sum}`, level: "info" } });
}
const took = `duration_ms ${Math.round(performance.now() - began)}`;
report.write({ type: "test:diagnostic", data: { nesting: 0, message: took, level: "info" } });
report.end();
