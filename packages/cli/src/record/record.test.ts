import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCapture } from "@meterport/protocol/capture/capture";
import { memoryPair } from "@meterport/transports/memory";
import { runCli } from "../testing/run-cli.ts";
import { numbered } from "./capture-files.ts";

/** A meter that talks by itself: `chunks` times as many bytes, then it waits or hangs up. */
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
  it("only listens where nobody is to connect, and says what it wrote", async () => {
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

  it("writes several files in turn, or ends with a full one", async () => {
    for (const files of [1, 3]) {
      const written = new Map<string, string>();
      const enough = new AbortController();
      // 1 MB of a file are some 16 lines of 30 kB, as hexadecimal.
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
      if (files === 1) assert.match(err, /a\.ndjson is full: no more is written, bytes still pass/);
    }
  });

  it("says what is wrong with its options", async () => {
    const wrong = async (...args: string[]) => runCli(["record", "--link", "tcp://m:1", "--output", "a", ...args]);
    assert.match((await wrong("--max-size", "61")).err, /--max-size "61" is no whole number from 1 to 60/);
    assert.match((await wrong("--files", "0")).err, /--files "0" is no whole number/);
    assert.equal((await wrong("--listen", "nowhere://x")).code, 2);
    assert.equal(numbered("folder.d/day", 3), "folder.d/day.3");
  });
});
