import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { rc4 } from "@meterport/client";
import { isUsable, type LinkStatus } from "@meterport/client/supervision/link-status";
import { silentLog } from "@meterport/engine/ports/log";
import { parseCapture } from "@meterport/protocol/capture/capture";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { memoryLine, ReplayedMeter, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { linkMeter, superviseMeter } from "../meters/meter-link.ts";
import { openCaptureShelf } from "./capture-shelf.ts";
import { ErrorRecorder } from "./error-recorder.ts";

const key = new Secret(Uint8Array.from({ length: 16 }, (_, i) => 17 * i + 1));
const entropy = (length: number): Uint8Array => new Uint8Array(length).fill(3);

test("keeps the traffic of a failed link, which replays and contains no key", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-captures-"));
  const clock = new VirtualClock();
  const shelf = openCaptureShelf(join(folder, "captures"), silentLog);
  const meter = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic: key, advanced: key },
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
  });
  const recorder = new ErrorRecorder({ id: "house", link: "tcp://bridge:4059", clock, shelf });
  let deaf = false;
  const access = recorder.noting({
    near: true,
    open: async () => {
      const line = memoryLine({ meter, clock });
      return {
        ...line,
        name: line.name,
        chunks: line.chunks,
        close: () => line.close(),
        write: async (bytes) => (deaf ? undefined : line.write(bytes)),
      };
    },
    connect: (transport, signal) => linkMeter(transport, { security: rc4({ key, entropy }), clock, signal }),
  });
  const source = superviseMeter({ name: "tcp://bridge:4059", ...access, clock, entropy });
  const seen: LinkStatus[] = [];
  source.listen((status) => {
    seen.push(status);
    recorder.linkChanged(status);
  });
  try {
    source.start();
    await clock.advance(3_000);
    assert.equal(source.status().state, "up");
    await clock.run(source.read(5_000));
    assert.deepEqual(shelf.list("house"), [], "nothing while the link works");
    deaf = true;
    await clock.run(source.read(5_000).catch(() => {}));
    await clock.advance(30_000);
    assert.ok(["paused", "silent"].includes(source.status().state));
    const [capture, ...more] = shelf.list("house");
    assert.deepEqual(more, [], "only one, though reconnecting was tried again and again");
    const turned = seen.find(({ state }) => !isUsable(state) && state !== "connecting");
    assert.deepEqual([capture?.state, capture?.cause], [turned?.state, turned?.cause?.code], "how it failed first");
    const text = shelf.read("house", capture?.name ?? "") ?? assert.fail("no capture");
    assert.equal(capture?.bytes, text.length);
    assert.ok(!text.includes(Buffer.from(key.reveal()).toString("hex")) && !text.includes("bridge"));
    assert.ok(new ReplayedMeter(parseCapture(text), { key, entropy }), "the capture verifies");
    assert.deepEqual(
      [shelf.list("hous"), shelf.read("house", "../captures"), shelf.read("other", capture?.name ?? "")],
      [[], undefined, undefined],
    );
    assert.equal(statSync(join(folder, "captures", capture?.name ?? "")).mode & 0o077, 0, "private");
  } finally {
    await clock.run(source.close());
    rmSync(folder, { recursive: true });
  }
});

const trouble = { state: "degraded", cause: "lost-replies" } as const;

test("keeps twenty captures per meter, and survives a full disk", () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-captures-"));
  const said: string[] = [];
  const shelf = openCaptureShelf(folder, { info: () => {}, warn: (text) => said.push(text) });
  try {
    for (let i = 0; i < 25; i++) shelf.put("a", i * 60_000, String(i), trouble);
    shelf.put("a-b", 0, "other", trouble);
    assert.equal(readdirSync(folder).length, 21);
    assert.deepEqual(
      shelf
        .list("a")
        .map(({ time }) => time)
        .slice(0, 2),
      ["1970-01-01T00:24:00Z", "1970-01-01T00:23:00Z"],
    );
    assert.equal(shelf.read("a-b", "a-b-19700101T000000Z-degraded-lost-replies.ndjson"), "other");
    openCaptureShelf("/dev/null/captures", { info: () => {}, warn: (text) => said.push(text) }).put(
      "a",
      0,
      "",
      trouble,
    );
    assert.match(said.join(), /cannot be written/);

    // A name of an older version, and one with an unknown code.
    writeFileSync(join(folder, "b-20260131T120000Z.ndjson"), "old");
    shelf.put("b", Date.UTC(2026, 1, 1), "", { state: "silent", cause: "../../etc" });
    shelf.put("b", Date.UTC(2026, 1, 2), "", { state: "paused", cause: null });
    assert.deepEqual(
      shelf.list("b").map(({ name, state, cause }) => [name, state, cause]),
      [
        ["b-20260202T000000Z-paused.ndjson", "paused", null],
        ["b-20260201T000000Z-silent.ndjson", "silent", null],
        ["b-20260131T120000Z.ndjson", null, null],
      ],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("recordings and captures of faults do not make each other go", () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-captures-"));
  const shelf = openCaptureShelf(folder, silentLog);
  try {
    for (let i = 0; i < 22; i++) shelf.put("a", i * 60_000, "", trouble);
    const names = [0, 1, 2, 3, 4, 5, 6].map((n) =>
      shelf.put("a", n * 3_600_000, "", { state: "recorded", cause: null }),
    );
    const list = shelf.list("a");
    assert.equal(list.filter(({ state }) => state === "degraded").length, 20);
    assert.deepEqual(
      list.flatMap(({ name, state }) => (state === "recorded" ? [name] : [])),
      names.slice(2).reverse(),
    );
    assert.equal(names[6], "a-19700101T060000Z-recorded.ndjson");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
