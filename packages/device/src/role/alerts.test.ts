import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { thirdPartyForms } from "@meterport/protocol/procedures/post-messages";
import { alert, registered } from "./fake-port.test-kit.ts";

const minute = 60_000;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe("alerts", () => {
  test("a scheduled read: flags, the application's data, EP39, and the flags once more", () => {
    const set = registered();
    set.port.alertByte = 1;
    alert(set);
    assert.deepEqual(set.lines(), ["read flags", "! asked: scheduled read", "? scheduled-read"]);
    set.answer({ data: bytes(1, 2, 3) });
    assert.deepEqual(set.lines(), ["post", "! answered scheduled read", "read flags"]);
    assert.deepEqual(set.port.posted, [{ kind: "scheduled-read", data: bytes(1, 2, 3) }]);
  });

  test("posts alarms where the application gives them", () => {
    const set = registered();
    set.port.alertByte = 1;
    alert(set);
    set.answer({ data: bytes(9), alarms: 5 });
    assert.deepEqual(set.port.posted, [{ kind: "scheduled-read-and-alarms", data: bytes(9), alarms: 5 }]);
  });

  test("writes a scheduled read in the public third-party form, which has no field for alarms", () => {
    const set = registered({ forms: thirdPartyForms });
    const sent: number[][] = [];
    set.port.before = (step) => {
      if (step.type === "post") sent.push([...step.parameters]);
    };
    set.port.failing.push({ type: "post", failure: { kind: "refused", detail: "result 2" } });
    set.port.alertByte = 1;
    alert(set);
    set.answer({ data: bytes(9) });
    assert.deepEqual(sent, [[4, 1, 1, 0, 9]]);
  });

  test("an answer that does not fit its form is told and not sent", () => {
    const set = registered({
      forms: { "scheduled-read-and-alarms": { type: 2, fields: ["alarms", "length8", "data"] } },
    });
    for (const answer of [
      { data: bytes(1), alarms: 70_000 },
      { data: new Uint8Array(256), alarms: 1 },
      { data: new Uint8Array(600), alarms: 1 },
    ]) {
      set.port.alertByte = 1;
      alert(set);
      set.answer(answer);
      set.port.alertByte = 0;
      set.pass(9_000);
      alert(set);
      set.pass(9_000);
    }
    assert.equal(set.lines().filter((line) => line.includes("its length is impossible")).length, 3);
    assert.deepEqual(set.port.posted, []);
  });

  test("serves M-Bus and delta data alerts each by its own question and its own message", () => {
    const set = registered();
    set.port.alertByte = 8 | 16;
    alert(set);
    assert.deepEqual(
      set.lines().filter((line) => line.startsWith("?")),
      ["? mbus-change", "? delta-data"],
    );
    set.answer({});
    set.answer({});
    assert.deepEqual(set.port.posted, [{ kind: "clear-mbus-alert" }, { kind: "clear-delta-alert" }]);
  });

  test("tells unknown flags once for each change, and ignores the meter's own bit", () => {
    const set = registered();
    set.port.alertByte = 4;
    alert(set);
    set.port.alertByte = 0xa4;
    for (let i = 0; i < 30; i++) {
      set.pass(1_000);
      alert(set);
    }
    set.port.alertByte = 0;
    set.pass(9_000);
    alert(set);
    assert.deepEqual(
      set.lines().filter((line) => line.startsWith("!")),
      ["! unknown alert flags 0xa0", "! unknown alert flags are gone"],
    );
  });

  test("without a form asks nobody twice in a row, says which form is missing, and keeps away longer and longer", () => {
    const set = registered({ forms: {} });
    set.port.alertByte = 1;
    let asked = 0;
    for (let second = 0; second < 6 * 3600; second++) {
      alert(set);
      if (set.asks.size > 0) {
        asked++;
        set.answer({ data: bytes(1) });
      }
      set.pass(1_000);
    }
    assert.ok(asked >= 6 && asked <= 14, `asked ${asked} times`);
    assert.ok(set.lines().includes('! scheduled read not answered: give the form of "scheduled-read" in EP39'));
    assert.equal(set.port.posted.length, 0);
  });

  test("a refusal of the application is told, posts nothing, and is asked again after a minute", () => {
    const set = registered();
    set.port.alertByte = 1;
    alert(set);
    set.answer("no readings yet");
    assert.ok(set.lines().includes("! scheduled read: the application refused: no readings yet"));
    set.pass(50_000);
    assert.equal(set.asks.size, 0);
    set.pass(20_000);
    assert.equal(set.asks.size, 1);
    assert.equal(set.port.posted.length, 0);
  });

  test("an application that does not answer is not waited for, and its late answer is dropped", () => {
    const set = registered();
    set.port.alertByte = 1;
    alert(set);
    const [ask] = set.asks.keys();
    set.pass(minute);
    assert.ok(set.lines().includes("! scheduled read: the application did not answer in time"));
    set.give({ type: "answer", ask: ask as number, answer: { data: bytes(1) } });
    assert.equal(set.port.posted.length, 0);
  });

  test("an answer whose confirmation was lost is not posted twice: the flag shows that the meter has it", () => {
    const set = registered();
    set.port.alertByte = 1;
    alert(set);
    const failure = { kind: "link", detail: "reply lost" } as const;
    set.port.failing.push({ type: "post", failure, lost: true });
    set.answer({ data: bytes(1) });
    set.pass(5 * minute);
    assert.equal(set.port.posted.length, 1);
  });

  test("an answer that never arrived is asked for and posted again", () => {
    const set = registered();
    set.port.alertByte = 1;
    alert(set);
    set.port.failing.push({ type: "post", failure: { kind: "link", detail: "no answer" } });
    set.answer({ data: bytes(1) });
    set.pass(5_000);
    set.answer({ data: bytes(2) });
    assert.deepEqual(set.port.posted, [{ kind: "scheduled-read", data: bytes(2) }]);
  });

  test("a flag that stays after its answer is told, and not answered again at once", () => {
    const set = registered();
    set.port.alertByte = 1;
    alert(set);
    set.port.before = () => {
      set.port.alertByte = 1;
    };
    set.answer({ data: bytes(1) });
    set.pass(minute);
    assert.equal(set.port.posted.length, 1);
    assert.ok(set.lines().includes("! the scheduled read was answered, but its alert stays"));
  });

  test("a storm of alerts causes at most one look a second, and fewer where nothing is wanted", () => {
    const set = registered();
    let looks = 0;
    set.port.before = () => looks++;
    for (let i = 0; i < 6_000; i++) {
      alert(set);
      set.pass(10);
    }
    assert.ok(looks >= 7 && looks <= 12, `${looks} looks in a minute`);
    set.port.alertByte = 2;
    looks = 0;
    for (let i = 0; i < 6_000; i++) {
      if (i % 150 === 0) set.port.request(i, 3, 4711);
      alert(set);
      set.pass(10);
    }
    // Two requests for each look: the flags and the queue, whose entry is another device's.
    assert.ok(looks <= 2 * 60, `${looks} requests in a minute`);
  });

  test("at rest only asks as often as the meter's health monitor wants, and not at all beside other traffic that does", () => {
    const set = registered();
    let looks = 0;
    set.port.before = () => looks++;
    set.pass(60 * minute);
    assert.ok(looks >= 60 && looks <= 130, `${looks} requests in an hour`);
    const unwatched = registered();
    unwatched.port.settings.monitorMepHealth = false;
    unwatched.give({ type: "doubt" });
    unwatched.pass(minute);
    unwatched.lines();
    unwatched.pass(60 * minute);
    // Only whether it is still registered.
    assert.deepEqual(unwatched.lines(), ["read ET51", "read ET50", "read ET14"]);
  });

  test("never is silent for longer than the health monitor allows", () => {
    for (const healthTimeout of [4, 10, 60, 600]) {
      const set = registered();
      set.port.settings.healthTimeout = healthTimeout;
      set.give({ type: "doubt" });
      set.pass(minute);
      let [last, longest] = [set.now, 0];
      set.port.before = () => {
        longest = Math.max(longest, set.now - last);
        last = set.now;
      };
      set.pass(60 * minute);
      assert.ok(longest < 1_000 * healthTimeout, `${longest} ms of ${healthTimeout} s`);
    }
  });

  test("beside readings that leave no second for an alert, it looks at the flags by itself", () => {
    const set = registered();
    set.pass(minute, true);
    let looks = 0;
    set.port.before = () => looks++;
    set.pass(10 * minute, true);
    assert.ok(looks >= 58 && looks <= 62, `${looks} looks in ten minutes`);
    set.port.request(7, 2, 1000);
    set.pass(11_000, true);
    assert.equal(set.asks.size, 1);
  });

  test("data that may wait are read when told, or at intervals", () => {
    const set = registered();
    set.port.downlink[0] = 7;
    set.give({ type: "read-downlink" });
    assert.deepEqual(set.lines(), ["read ET13", "! 57 bytes of data for the device"]);
    const regular = registered({ downlinkEvery: 10 * minute });
    regular.pass(60 * minute);
    assert.equal(regular.events.filter(({ type }) => type === "downlink-data").length, 6);
  });
});
