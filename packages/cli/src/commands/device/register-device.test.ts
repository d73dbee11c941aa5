import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { mbusRecords } from "@meterport/mbus/records";
import { LinkError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { ET50 } from "@meterport/protocol/tables/index";
import { memoryLine } from "@meterport/simulator";
import { HeadEnd } from "@meterport/simulator/head-end/head-end";
import { requestType } from "@meterport/simulator/head-end/received";
import { virtualForms } from "@meterport/simulator/head-end/virtual-forms";
import { systemClock } from "@meterport/transports/clock";
import { key, quietMeter, runCli, type World, withMeter } from "../../testing/run-cli.ts";

const link = ["--link", "tcp://meter:1"];
const who = ["--manufacturer", "010203", "--unique", "4d01"];
const forms = JSON.stringify(Object.entries(virtualForms).map(([message, form]) => ({ message, ...form })));

// Each has a meter of its own, and waits for what the line and the grid take in real time.
describe("meterport device register", { concurrency: true }, () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meterport-device-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** A meter with a head-end; `run` registers until a text was written. */
  const grid = () => {
    // Real time: its memory is in real files, which take none of a clock that jumps.
    const clock = systemClock;
    const meter = quietMeter(clock, { profile: parseProfile("meter:3.70") });
    const openLink = async () => memoryLine({ meter, clock });
    const world = { clock, meter, env: { METERPORT_KEY: key }, openLink };
    const headEnd = new HeadEnd({ meter });
    const state = mkdtempSync(join(folder, "state-"));
    const run = (words: readonly string[], on: Readonly<Record<string, () => void>>, more: World = {}) => {
      const interruption = new AbortController();
      const left = { ...on };
      return runCli(["device", "register", ...link, "--state", state, ...words], {
        ...world,
        interrupted: interruption.signal,
        files: { "forms.json": forms },
        onWrite: (text) => {
          for (const [words, act] of Object.entries(left)) {
            if (!text.includes(words)) continue;
            delete left[words];
            act();
            if (Object.keys(left).length === 0) interruption.abort();
          }
        },
        ...more,
      });
    };
    return { ...world, headEnd, run, state };
  };

  test("registers after a yes, answers what the head-end asks, and tells it as it happens", async () => {
    const { headEnd, meter, run } = grid();
    const words = [
      ...who,
      "--post",
      "forms.json",
      "--answer",
      "volume:m³=123.456",
      "--answer",
      "flow temperature:°C=21.5",
    ];
    const { code, out, err } = await run(
      words,
      {
        "registered with handle 1000": () => headEnd.ask({ device: 4, type: requestType.read }),
        "answered on-demand request": () => {},
      },
      { answer: true },
    );
    assert.equal(code, 0, err);
    assert.match(err, /registers the device 81020305000 ?24d01[0-9a-f]* at .*port 1: it writes ET50, .* Go on\?/);
    assert.match(out, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d asked: on-demand request 65280, type 2$/m);
    const records = mbusRecords(headEnd.received[0]?.data ?? new Uint8Array(0)).records;
    assert.deepEqual(
      records.map(({ quantity, value }) => [quantity, value]),
      [
        ["volume", 123.456],
        ["flow temperature", 21.5],
      ],
    );
    // The registration stays.
    assert.equal(meter.memory.read(ET50.number, 0, 1)?.[0], 0x81);
  });

  test("without a yes nothing is written", async () => {
    for (const answer of [undefined, false]) {
      const { meter, run } = grid();
      const { code } = await run(who, { never: () => {} }, { answer });
      assert.deepEqual([code, meter.memory.read(ET50.number, 0, 1)?.[0]], [2, 0]);
    }
  });

  test("started again it asks nothing, as nothing is written, and prints JSON lines", async () => {
    const { run, state } = grid();
    assert.equal((await run([...who, "--yes"], { "registered with": () => {} })).code, 0);
    assert.equal(readdirSync(join(state, "device")).length, 1);
    const { code, out } = await run([...who, "--json"], { registered: () => {} });
    assert.equal(code, 0);
    const event = JSON.parse(out.split("\n")[0] ?? "");
    assert.deepEqual([event.type, event.handle, event.written], ["registered", 1_000, false]);
  });

  test("another device is left alone, and removed with --replace; unregister removes the one that is there", async () => {
    const { run, state: _, ...world } = grid();
    await run([...who, "--yes"], { "registered with": () => {} });
    const other = ["--manufacturer", "010203", "--unique", "4d02", "--yes"];
    const left = await run(other, { never: () => {} });
    assert.equal(left.code, 2);
    assert.match(left.err, /another device is registered at port 1 with handle 1000 .*: --replace removes it/);
    assert.match((await run([...other, "--replace"], { "handle 1001": () => {} })).out, /removed the other device/);
    const unregister = (...more: string[]) => runCli(["device", "unregister", ...link, ...more], world);
    assert.equal((await unregister()).code, 2);
    const done = await unregister("--yes");
    assert.deepEqual([done.code, done.out], [0, "removed the device with handle 1001 from port 1\n"], done.err);
    assert.match((await unregister("--yes")).err, /no device is registered at port 1/);
  });

  test("files go into a folder, and nothing else is taken without one", async () => {
    const { headEnd, run, state } = grid();
    const file = Uint8Array.from({ length: 108 }, (_, i) => i);
    const into = join(state, "files");
    await run([...who, "--yes", "--post", "forms.json", "--files", into], {
      "registered with handle": () => headEnd.sendFile({ device: 4, file }),
      "file complete": () => {},
    });
    const [name = ""] = readdirSync(into).filter((each) => each.endsWith(".bin"));
    assert.deepEqual(Uint8Array.from(readFileSync(join(into, name))), file);
  });

  test("a reading that is too old is not sent", async () => {
    const { headEnd, run } = grid();
    const { out } = await run(
      [...who, "--yes", "--post", "forms.json", "--answer", "volume:m³=1", "--max-age", "1ms"],
      {
        "registered with handle": () => headEnd.ask({ device: 4, type: requestType.read }),
        "the application refused": () => {},
      },
    );
    assert.match(out, /on-demand request 65280: the application refused: the value of reading 1 is \d+ s old/);
    assert.deepEqual(headEnd.received, []);
  });

  test("reports wrong usage before the link is opened", async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /--manufacturer is missing/],
      [["--manufacturer", "01"], /--unique is missing|3 bytes/],
      [["--manufacturer", "xyz", "--unique", "01"], /--manufacturer is not hex/],
      [["--manufacturer", "810203", "--unique", "01"], /first is below 0x80/],
      [[...who, "--class", "256"], /--class "256" is not a whole number/],
      [[...who, "--answer", "volume"], /is no reading: write a quantity/],
      [[...who, "--answer", "volume:parsec=1"], /M-Bus has no "volume" in "parsec"/],
      [[...who, "--telegram", "0"], /--telegram is not hex/],
      [[...who, "--telegram", "0c13"], /not whole M-Bus records/],
      [[...who, "--max-age", "soon"], /--max-age "soon" is not a length of time/],
      [[...who, "--post", "bad.json"], /bad\.json: this is not JSON/],
      [[...who, "--post", "list.json"], /list\.json: form 1 is wrong/],
    ];
    for (const [words, sentence] of wrong) {
      let opened = 0;
      const { code, err } = await runCli(["device", "register", ...link, ...words, "--yes"], {
        ...withMeter(),
        files: { "bad.json": "{", "list.json": '[{"message":"on-demand","type":300,"fields":[]}]' },
        openLink: () => {
          opened++;
          return Promise.reject(new LinkError("not-open", "link", "opened"));
        },
      });
      assert.deepEqual([code, opened], [2, 0], `${words.join(" ")}: ${err}`);
      assert.match(err, sentence);
    }
    const optical = await runCli(["device", "register", "--link", "optical:///dev/x", ...who], withMeter());
    assert.match(optical.err, /this link leads to the optical port/);
    assert.match((await runCli(["device", "register", ...who])).err, /a link is needed/);
  });
});
