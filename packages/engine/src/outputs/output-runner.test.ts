import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { ChildView } from "../ports/output.ts";
import { FakeOutput } from "../testing/fake-output.ts";
import { FakeJournal } from "../testing/fake-store.ts";
import { FakeView } from "../testing/fake-view.ts";
import { Outputs } from "./outputs.ts";

const water: ChildView = {
  ...{ id: "home.12345678", parent: "home", serial: "12345678", medium: "water", manufacturer: "KAM" },
  ...{ state: "up", alarms: [], readAt: 0, values: [] },
};

const setup = (only?: readonly string[]) => {
  const clock = new VirtualClock();
  const journal = new FakeJournal();
  const output = new FakeOutput();
  const home = new FakeView("home");
  const shed = new FakeView("shed");
  const views = [home, shed];
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  const children = new Map([[water.id, water]]);
  const outputs = new Outputs({
    children: { get: (id) => children.get(id), all: () => children.values() },
    points: () => views.map((view) => ({ view, zone: "UTC" })),
    store: journal.store,
    clock,
    entropy: (length) => new Uint8Array(length).fill(128),
    log: { info: note, warn: note, error: note },
    version: "0.1.0",
    limits: { page: 3 },
  });
  const start = () => outputs.start([{ output, only }]);
  const status = async () => (await outputs.status())[0];
  return { clock, journal, output, home, shed, views, children, lines, outputs, start, status };
};

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe("an output", () => {
  test("gets every change once and in order, page by page, and its position is stored", async () => {
    const { clock, journal, output, start, status, outputs } = setup();
    for (let n = 0; n < 8; n++) journal.note(n % 2 === 0 ? "home" : "shed");
    start();
    await clock.advance(100);
    assert.deepEqual(output.got, range(1, 8));
    assert.equal(journal.cursors.get("output:fake"), 8);
    journal.note("home");
    await clock.advance(1_100);
    assert.deepEqual(output.got, range(1, 9));
    const now = await status();
    assert.deepEqual([now?.state, now?.delivered, now?.journal], ["up", 9, { cursor: 9, behind: 0 }]);
    await outputs.stop();
    assert.equal(output.closed, 1);
    assert.equal(clock.pending, 0);
  });

  test("sees only its points, and never a point that was removed", async () => {
    const { clock, journal, output, home, shed, start, outputs } = setup(["home"]);
    const seen: string[] = [];
    start();
    await clock.advance(10);
    output.context?.onSnapshot(({ id }, { power_w }) => void seen.push(`${id} ${power_w}`));
    home.read(1, { power_w: 1 });
    shed.read(2, { power_w: 2 });
    journal.note("shed");
    journal.note("home");
    journal.note("gone");
    await clock.advance(1_100);
    assert.deepEqual([output.got, seen], [[2], ["home 1"]]);
    assert.deepEqual(
      output.context?.points().map(({ id }) => id),
      ["home"],
    );
    await outputs.stop();
    home.read(3, { power_w: 3 });
    assert.equal(seen.length, 1);
    assert.equal(home.listeners, 0);
  });

  test("gets changes of points that have left, if it takes them", async () => {
    const { clock, journal, output, views, start, outputs } = setup();
    output.takesFormerPoints = true;
    journal.note("home");
    journal.note("gone");
    views.pop();
    journal.note("shed");
    start();
    await clock.advance(100);
    assert.deepEqual(output.got, [1, 2, 3]);
    await outputs.stop();
  });

  test("sees the meters behind its own meters, and their changes", async () => {
    for (const [only, numbers] of [
      [undefined, [1]],
      [["home"], [1]],
      [["shed"], []],
    ] as const) {
      const { clock, journal, output, children, start, outputs } = setup(only);
      let told = 0;
      journal.note("home.12345678");
      journal.note("home.99999999");
      start();
      await clock.advance(10);
      output.context?.onChildren(() => told++);
      outputs.childrenChanged();
      assert.deepEqual([output.got, output.context?.children().length, told], [[...numbers], numbers.length, 1]);
      children.clear();
      assert.deepEqual(output.context?.children(), []);
      await outputs.stop();
    }
  });

  test("goes on from the last acknowledged change when a delivery fails, after a pause that doubles", async () => {
    const { clock, journal, output, start, status, outputs } = setup();
    for (let n = 0; n < 7; n++) journal.note("home");
    output.failsAfter = 2;
    start();
    await clock.advance(10);
    const failing = await status();
    assert.deepEqual([failing?.state, failing?.problem, failing?.failures], ["failing", "the wire broke", 1]);
    assert.equal(journal.cursors.get("output:fake"), 2);
    await clock.advance(1_000);
    assert.equal(output.opened, 2);
    await clock.advance(1_980);
    assert.equal(output.opened, 2);
    output.failsAfter = undefined;
    await clock.advance(20);
    assert.deepEqual([output.opened, output.got], [3, range(1, 7)]);
    await outputs.stop();
  });

  test("an absent consumer costs a try a minute at most, one line of log, and no memory", async () => {
    const { clock, output, lines, start, status, outputs } = setup();
    output.refuses = new Error("nobody\nlistens");
    start();
    await clock.advance(3_600_000);
    assert.ok(output.opened > 55 && output.opened < 80, `${output.opened} tries`);
    assert.deepEqual(lines, ["output fake: nobody listens"]);
    output.refuses = undefined;
    await clock.advance(61_000);
    assert.equal((await status())?.state, "up");
    assert.equal(lines.at(-1), "output fake: is up");
    await outputs.stop();
  });

  test("a consumer that acknowledges nothing is left after a minute, named, and tried again", async () => {
    const { clock, journal, output, lines, start, status, outputs } = setup();
    journal.note("home");
    journal.note("home");
    output.hangs = "deliver";
    start();
    await clock.advance(59_000);
    assert.equal((await status())?.state, "up");
    const [part] = outputs.parts();
    assert.equal(part?.busySince(), 0);
    await clock.advance(1_000);
    const failing = await status();
    assert.deepEqual([failing?.state, failing?.stuck], ["failing", 1]);
    assert.match(lines.join("\n"), /output fake: the consumer acknowledged nothing of changes 1 to 2 for 60 s/);
    output.hangs = undefined;
    await clock.advance(1_100);
    assert.deepEqual(output.got, [1, 2]);
    assert.equal(part?.busySince(), undefined);
    await outputs.stop();
  });

  test("one that goes ahead gets page after page, and its position follows what it acknowledges", async () => {
    const { clock, journal, output, start, status, outputs } = setup();
    for (let n = 0; n < 8; n++) journal.note("home");
    output.ahead = true;
    start();
    await clock.advance(10);
    assert.deepEqual(
      [output.got, (await status())?.delivered, journal.cursors.get("output:fake")],
      [range(1, 8), 0, 0],
    );
    output.acknowledge(7);
    assert.deepEqual((await status())?.journal, { cursor: 7, behind: 1 });
    await clock.advance(1_100);
    assert.equal(journal.cursors.get("output:fake"), 7);
    await outputs.stop();
    output.acknowledge(8);
    assert.equal(journal.cursors.get("output:fake"), 7, "an acknowledgement after the end counts no more");
    assert.equal(clock.pending, 0);
  });

  test("one that goes ahead is left a minute after its last acknowledgement, and gets only the rest again", async () => {
    const { clock, journal, output, lines, start, status, outputs } = setup();
    for (let n = 0; n < 8; n++) journal.note("home");
    output.ahead = true;
    start();
    await clock.advance(30_000);
    output.acknowledge(5);
    await clock.advance(59_000);
    assert.equal((await status())?.state, "up");
    await clock.advance(1_010);
    assert.match(lines.join("\n"), /acknowledged nothing of changes 6 to 8 for 60 s/);
    assert.deepEqual([(await status())?.stuck, journal.cursors.get("output:fake")], [1, 5]);
    await clock.advance(1_100);
    assert.deepEqual(output.got, [...range(1, 8), ...range(6, 8)]);
    await outputs.stop();
  });

  test("one that hangs while it opens is given up, and one that hangs while it closes delays the end by seconds only", async () => {
    const { clock, output, start, status, outputs } = setup();
    output.hangs = "open";
    start();
    await clock.advance(30_000);
    assert.match((await status())?.problem ?? "", /there is no connection after 30 s/);
    output.hangs = "close";
    await clock.advance(1_100);
    assert.equal((await status())?.state, "up");
    const before = clock.now();
    await clock.run(outputs.stop());
    assert.ok(clock.now() - before <= 2_500, `${clock.now() - before} ms`);
  });

  test("a store that hangs leaves the output busy, and a restart begins again beside it", async () => {
    const { clock, journal, output, start, status, outputs } = setup();
    start();
    await clock.advance(10);
    journal.hangs = true;
    await clock.advance(5_000);
    const [part] = outputs.parts();
    assert.equal(part?.busySince(), 1_000);
    journal.hangs = false;
    journal.note("home");
    await part?.restart();
    await clock.advance(100);
    assert.deepEqual([output.got, (await status())?.stuck, output.opened], [[1], 1, 2]);
    await outputs.stop();
  });

  test("a store that fails is told, and its connection stays", async () => {
    const { clock, journal, output, start, status, outputs } = setup();
    start();
    await clock.advance(10);
    journal.fails = new Error("disk full");
    await clock.advance(5_000);
    const told = await status();
    assert.deepEqual([told?.state, told?.problem], ["up", "the store does not answer: disk full"]);
    journal.fails = undefined;
    journal.note("home");
    await clock.advance(30_000);
    assert.deepEqual([output.got, output.opened, (await status())?.problem], [[1], 1, null]);
    await outputs.stop();
  });

  test("a listener that throws ends its own output, not the meter's loop", async () => {
    const { clock, output, home, start, status, outputs } = setup();
    start();
    await clock.advance(10);
    output.context?.onSnapshot(() => {
      throw new TypeError("not a number");
    });
    home.read(1, { power_w: 1 });
    await clock.advance(10);
    assert.deepEqual([(await status())?.state, (await status())?.problem], ["failing", "not a number"]);
    await outputs.stop();
  });

  test("changes that were deleted meanwhile are counted as lost and told once", async () => {
    const { clock, journal, output, lines, start, status, outputs } = setup();
    journal.cursors.set("output:fake", 2);
    for (let n = 0; n < 6; n++) journal.note("home");
    journal.deleted = 4;
    start();
    await clock.advance(100);
    assert.deepEqual([output.got, output.lost], [[5, 6], [{ after: 2, before: 5 }]]);
    assert.equal((await status())?.lost, 2);
    assert.match(lines.join("\n"), /2 changes were deleted before they could be delivered/);
    await outputs.stop();
  });

  test("a new one begins now or with the oldest; a position beyond the newest is that of another store", async () => {
    const begun = async (begins: "now" | "oldest", cursor?: number): Promise<readonly number[]> => {
      const { clock, journal, output, start, outputs } = setup();
      output.begins = begins;
      if (cursor !== undefined) journal.cursors.set("output:fake", cursor);
      for (let n = 0; n < 3; n++) journal.note("home");
      start();
      await clock.advance(10);
      journal.note("home");
      await clock.advance(1_100);
      await outputs.stop();
      return output.got;
    };
    assert.deepEqual(await begun("now"), [4]);
    const { clock, journal, output, start, outputs } = setup();
    output.begins = "now";
    output.refuses = new Error("nobody listens");
    journal.note("home");
    start();
    await clock.advance(10);
    journal.note("home");
    output.refuses = undefined;
    await clock.advance(2_000);
    assert.deepEqual(output.got, [2], "what changed before its consumer was there for the first time");
    await outputs.stop();
    assert.deepEqual(await begun("oldest"), [1, 2, 3, 4]);
    assert.deepEqual(await begun("now", 99), [4]);
  });

  test("goes on with what is new when its store is replaced by an older one while it runs", async () => {
    const { clock, journal, output, start, status, outputs } = setup();
    output.begins = "oldest";
    for (let n = 0; n < 6; n++) journal.note("home");
    start();
    await clock.advance(2_000);
    assert.deepEqual(output.got, [1, 2, 3, 4, 5, 6]);
    journal.entries = journal.entries.slice(0, 3);
    await clock.advance(2_000);
    journal.note("home");
    await clock.advance(2_000);
    assert.deepEqual(output.got, [1, 2, 3, 4, 5, 6, 4]);
    assert.deepEqual([(await status())?.lost, (await status())?.state], [0, "up"]);
    assert.equal(journal.cursors.get("output:fake"), 4);
    await outputs.stop();
  });

  test("a test reaches an output that waits for its next try, and says what it saw", async () => {
    const { clock, output, start, outputs } = setup();
    output.refuses = new Error("nobody listens");
    start();
    await clock.advance(600_000);
    assert.deepEqual(await clock.run(outputs.test("fake")), { ok: false, text: "nobody listens" });
    output.refuses = undefined;
    const before = clock.now();
    assert.deepEqual(await clock.run(outputs.test("fake")), { ok: true, text: "it answers" });
    assert.ok(clock.now() - before < 100, "it does not wait for the next try");
    assert.equal(await outputs.test("other"), undefined);
    await outputs.stop();
  });

  test("points that come, go or get another name are told, and others are not touched", async () => {
    const { clock, output, home, views, start, outputs } = setup();
    start();
    await clock.advance(10);
    let told = 0;
    output.context?.onPoints(() => told++);
    outputs.pointsChanged();
    assert.equal(told, 0);
    home.name = "Our house";
    outputs.pointsChanged();
    assert.deepEqual([told, output.context?.points().map(({ name }) => name)], [1, ["shed", "Our house"]]);
    views.pop();
    outputs.pointsChanged();
    assert.deepEqual([told, output.context?.points().length], [2, 1]);
    await outputs.stop();
  });

  test("the positions of outputs that are no longer configured are forgotten", async () => {
    const { journal, outputs } = setup();
    for (const reader of ["output:old", "output:fake", "stream"]) journal.cursors.set(reader, 1);
    await outputs.forgetOthers(["fake"]);
    assert.deepEqual([...journal.cursors.keys()].sort(), ["output:fake", "stream"]);
  });
});
