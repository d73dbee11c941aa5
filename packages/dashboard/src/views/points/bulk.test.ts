import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, SavedFile } from "../../state/requests.ts";
import { doctorAnswerOf, type ExamineWith, examine, exportAll } from "./bulk.ts";

const signal = new AbortController().signal;
const failed = (status: number, message: string | null) => ({ ok: false, status, code: "x", message }) as const;

function asking(answers: readonly (unknown | ReturnType<typeof failed>)[]): { with: ExamineWith; asked: string[] } {
  const asked: string[] = [];
  const rest = [...answers];
  const next = (method: string, path: string, parse: (data: unknown) => unknown) => {
    asked.push(`${method} ${path}`);
    const answer = rest.shift() as { ok?: boolean };
    return Promise.resolve(answer.ok === false ? answer : { ok: true, value: parse(answer) }) as never;
  };
  const requests: ExamineWith["requests"] = {
    get: (path, parse) => next("GET", path, parse),
    send: (method, path, _, parse) => next(method, path, parse),
  };
  const after = (_: number, run: () => void) => {
    queueMicrotask(run);
    return () => undefined;
  };
  return { with: { requests, after, language: "de" }, asked };
}

test("an examination is asked for once, and looked at until it is done", async () => {
  const running = { state: "running", diagnosis: null };
  const done = { state: "done", diagnosis: { usable: false, sickness: "no-answer", name: "Nichts kommt zurück" } };
  const { with: surroundings, asked } = asking([running, running, failed(0, null), done]);
  assert.deepEqual(await examine("a b", signal, surroundings), { outcome: "sick", text: "Nichts kommt zurück" });
  const path = "points/a%20b/link/doctor?language=de";
  assert.deepEqual(asked, [`POST ${path}`, `GET ${path}`, `GET ${path}`, `GET ${path}`]);
});

test("what the gateway refuses, forgets or cannot do is said in its words", async () => {
  const healthy = { state: "done", diagnosis: { usable: true, sickness: null, name: "Sund" } };
  const cases = [
    [[failed(409, "a test is in progress")], { outcome: "failed", text: "a test is in progress" }],
    [[{ state: "running" }, failed(404, "no test")], { outcome: "failed", text: "no test" }],
    [[{ state: "running" }, { state: "failed", problem: "it broke" }], { outcome: "failed", text: "it broke" }],
    [[{ state: "running" }, healthy], { outcome: "healthy", text: "Sund" }],
  ] as const;
  for (const [answers, expected] of cases) assert.deepEqual(await examine("a", signal, asking(answers).with), expected);
});

test("no answer of the doctor is a crash", () => {
  for (const data of [null, 7, [], {}, { state: 5 }, { state: "done", diagnosis: "well" }]) doctorAnswerOf(data);
});

test("files are fetched one after the other and joined; the first that fails ends it", async () => {
  const file = (text: string): Answer<SavedFile> => ({ ok: true, value: { name: null, content: new Blob([text]) } });
  const seen: number[] = [];
  const requests = {
    file: async (path: string) =>
      path.includes("/bad/") ? failed(503, "busy") : file(`point,value\n${path.split("/")[1]},1\n`),
  };
  const exported = await exportAll(["a", "b"], requests, signal, (done) => seen.push(done));
  assert.equal("file" in exported ? await exported.file.text() : "", "point,value\na,1\nb,1\n");
  assert.deepEqual(seen, [1, 2]);
  assert.deepEqual(await exportAll(["a", "bad", "b"], requests, signal, () => undefined), {
    stoppedAt: "bad",
    message: "busy",
  });
});
