import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { captureLine, parseCapture } from "@meterport/protocol/capture/capture";
import { piecesOf } from "@meterport/protocol/capture/pieces";
import { readTls } from "@meterport/protocol/capture/tls/reading";
import { spoken } from "@meterport/protocol/capture/tls/recorded.test-kit";
import { memoryPair } from "@meterport/transports/memory";
import { LimitedCapture, numbered } from "../../io/capture-files.ts";
import type { Io } from "../../io/io.ts";
import { runCli } from "../../testing/run-cli.ts";

/** A meter that talks unasked: `chunks` times `size` bytes, then it waits or hangs up. */
const talking = (chunks: number, size: number, ending: "hangs up" | "waits", then: () => void) => {
  const [ours, its] = memoryPair();
  const talk = async (): Promise<void> => {
    for (let i = 0; i < chunks; i++) await its.write(new Uint8Array(size).fill(0xee));
    if (ending === "hangs up") await its.close();
    else then();
  };
  return { openLink: async () => ours, talk };
};

describe("record", () => {
  test("only listens without --listen, and reports what it wrote", async () => {
    const written = new Map<string, string>();
    const { openLink, talk } = talking(3, 10, "hangs up", () => {});
    const onWrite = (text: string): void => {
      if (text.startsWith("recording ")) void talk();
    };
    const { code, err } = await runCli(["record", "--link", "tcp://m:1", "--output", "a.ndjson"], {
      openLink,
      written,
      onWrite,
    });
    assert.equal(code, 1);
    assert.match(err, /0 bytes to the meter and 30 bytes from it, in a\.ndjson\n.*the connection to the meter ended/s);
    const { header, entries } = parseCapture(written.get("a.ndjson") ?? "");
    assert.equal(header.link, "tcp");
    assert.deepEqual(
      entries.map((entry) => ("bytes" in entry ? `${entry.dir} ${entry.bytes.length}` : entry.event)),
      ["opened", "rx 10", "rx 10", "rx 10", "closed"],
    );
  });

  test("writes several files in turn, or ends with a full one", async () => {
    for (const files of [1, 3]) {
      const written = new Map<string, string>();
      const enough = new AbortController();
      // A file of 1 MB holds about 16 lines of 30 kB, as hexadecimal.
      const { openLink, talk } = talking(90, 30_000, "waits", () => setImmediate(() => enough.abort()));
      const onWrite = (text: string): void => {
        if (text.startsWith("recording ")) void talk();
      };
      const limits = ["--max-size", "1", "--files", String(files)];
      const world = { openLink, written, onWrite, interrupted: enough.signal };
      const { code, err } = await runCli(["record", "--link", "tcp://m:1", "--output", "a.ndjson", ...limits], world);
      assert.equal(code, 0, err);
      const names = files === 1 ? ["a.ndjson"] : ["a.1.ndjson", "a.2.ndjson", "a.3.ndjson"];
      assert.deepEqual([...written.keys()], names);
      for (const text of written.values()) assert.ok(text.length <= 1_061_000, `${text.length}`);
      for (const text of written.values()) parseCapture(text);
      if (files === 1) assert.match(err, /a\.ndjson is full: recording has stopped, bytes still pass/);
    }
  });

  test("begins each of several files with the handshake of the current session", () => {
    const key = new Uint8Array(16).fill(9);
    const exchanges = Array.from(
      { length: 30 },
      (_, i) => [Uint8Array.of(0x30, 0, i), Uint8Array.of(0, 0, 1, i)] as const,
    );
    const written = new Map<string, string>();
    let now = 0;
    const createFile = (path: string) => {
      written.set(path, "");
      return { write: (text: string) => written.set(path, (written.get(path) ?? "") + text), close: () => {} };
    };
    const io = {
      createCapture: createFile,
      checkNew: () => {},
      clock: { now: () => now, wall: () => now },
    } as unknown as Io;
    const capture = new LimitedCapture(io, "a.ndjson", "tcp://m:1", { size: 3500, files: 3 });
    for (const { dir, bytes } of spoken({ key, exchanges })) {
      now += 100;
      capture.write(captureLine({ t: capture.elapsed(), dir, bytes }));
    }
    capture.close();
    assert.equal(written.size, 3);
    let requests = 0;
    for (const text of written.values()) {
      const frames = [...readTls(piecesOf(parseCapture(text)), key).frames.values()];
      assert.ok(!frames.some((frame) => frame.kind === "closed" && frame.why !== "no-request"));
      requests += frames.filter(({ kind }) => kind === "request").length;
    }
    assert.ok(requests > 10, "all of the last three files");
  });

  test("reports wrong options", async () => {
    const wrong = async (...args: string[]) => runCli(["record", "--link", "tcp://m:1", "--output", "a", ...args]);
    assert.match((await wrong("--max-size", "61")).err, /--max-size "61" is not a whole number from 1 to 60/);
    assert.match((await wrong("--files", "0")).err, /--files "0" is not a whole number/);
    assert.equal((await wrong("--listen", "nowhere://x")).code, 2);
    assert.equal(numbered("folder.d/day", 3), "folder.d/day.3");
  });
});
