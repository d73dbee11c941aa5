import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isNews, stateFolder, stateIn } from "./state-folder.ts";

describe("the state folder", () => {
  test("is the platform's folder for such data, unless METERPORT_DATA sets another", () => {
    assert.equal(stateFolder({}, "linux", "/home/a"), "/home/a/.local/state/meterport");
    assert.equal(stateFolder({ XDG_STATE_HOME: "/s" }, "linux", "/home/a"), "/s/meterport");
    assert.equal(stateFolder({ METERPORT_DATA: "/d" }, "darwin", "/home/a"), "/d");
  });

  test("keeps values, replaces them as a whole, and ignores corrupt files", () => {
    const folder = mkdtempSync(join(tmpdir(), "meterport-state-"));
    try {
      const state = stateIn(join(folder, "new"));
      assert.equal(state.load("wear-1"), undefined);
      state.save("wear-../../x", { writes: [1] });
      state.save("wear-../../x", { writes: [1, 2] });
      assert.deepEqual(state.load("wear-../../x"), { writes: [1, 2] });
      assert.deepEqual(readdirSync(join(folder, "new")), ["wear-______x.json"]);
      writeFileSync(join(folder, "new", "wear-2.json"), "{half");
      assert.equal(state.load("wear-2"), undefined);
      writeFileSync(join(folder, "new", "wear-3.json"), `"${"x".repeat(70_000)}"`);
      assert.equal(state.load("wear-3"), undefined);
      assert.deepEqual([state.has("wear-2"), state.has("wear-4")], [true, false]);
      // Adapters by their id differ at the end of a long path.
      const adapter = `security-/dev/serial/by-id/${"long_".repeat(20)}`;
      state.save(`${adapter}1`, "tls");
      assert.deepEqual([state.has(`${adapter}1`), state.has(`${adapter}2`)], [true, false]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("state is for its owner's eyes, and a sentence is news until it was said", {
  skip: process.platform === "win32",
}, () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-state-"));
  try {
    const state = stateIn(join(folder, "new"));
    assert.deepEqual([isNews(state, "a"), isNews(state, "a"), isNews(state, "b")], [true, false, true]);
    assert.equal(statSync(join(folder, "new")).mode & 0o777, 0o700);
    for (const name of readdirSync(join(folder, "new")))
      assert.equal(statSync(join(folder, "new", name)).mode & 0o777, 0o600, name);
    const nowhere = stateIn("/dev/null/none");
    assert.deepEqual([isNews(nowhere, "a"), isNews(nowhere, "a")], [true, true]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
