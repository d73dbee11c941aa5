import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runCli, withMeter } from "../../testing/run-cli.ts";

const link = ["--link", "tcp://meter:1"];
const call = (...args: string[]) => runCli(["call", ...args], withMeter());

describe("call", () => {
  test("calls a declared procedure with parameters by name, and shows its results in words", async () => {
    const { code, err } = await call(...link, "EP17", "action=0", "deviceHandle=1999", "--yes");
    assert.equal(code, 1);
    assert.match(err, /call EP17: no installed device has this handle \(result 3\)/);
    const lock = await runCli(
      ["call", ...link, "EP61", "lock=unlock", "--yes", "--json"],
      withMeter({ profile: { family: "meter", firmware: [4, 30] } }),
    );
    assert.equal(lock.code, 0, lock.err);
    assert.deepEqual(JSON.parse(lock.out), { procedure: "EP61", result: {}, sent: true });
  });

  test("a dry run needs no meter", async () => {
    const { code, out } = await call("EP17", "action=0", "deviceHandle=0x3f8", "--dry-run");
    assert.equal(code, 0);
    // The guide's own example (MEP guide 1.1, p. 59) with PSN 7 has 11 08 07 00 f8 03.
    assert.match(out, /^would send 40 00 07 00 06 11 08 05 00 f8 03 /);
    const raw = await call("EP20", "--hex", "01 02", "--dry-run", "--json");
    assert.deepEqual(JSON.parse(raw.out), {
      procedure: "EP20",
      bytes: "400007000514080501 02".replace(" ", ""),
      sent: false,
    });
    for (const number of ["2065", "0x811"]) {
      const byNumber = await call(number, "action=0", "deviceHandle=0x3f8", "--dry-run");
      assert.equal(byNumber.out, out);
    }
    const post = await call("EP39", "--unverified", "type=12", "data=09", "--dry-run");
    assert.match(post.out, /40 00 07 00 08 27 08 05 0c 01 01 00 09/);
  });

  test("calls nothing without confirmation", async () => {
    const { code, err } = await call(...link, "EP17", "action=0", "deviceHandle=1000");
    assert.equal(code, 2);
    assert.match(err, /no terminal to confirm this/);
  });

  test("reports wrong usage before opening the link", async () => {
    const wrong = async (expected: RegExp, ...args: string[]): Promise<void> => {
      const { code, err } = await call(...args);
      assert.equal(code, 2);
      assert.match(err, expected);
    };
    await wrong(/EP17: deviceHandle is missing; it takes action, deviceHandle/, "EP17", "action=0");
    await wrong(/BP10: setTime, setDate, .* are missing; it takes setTime, setDate, setQualifier, dateTime, /, "BP10");
    await wrong(/EP17 has no parameter "actoin"; did you mean action/, "EP17", "actoin=0");
    await wrong(/"EP1x7" is not a procedure such as/, "EP1x7");
    await wrong(/EP39 is not documented/, "EP39", "type=4", "data=01");
    await wrong(/EP39 is not documented/, "EP39", "--hex", "01");
    await wrong(/EP20.*: its parameters are not declared; give them as --hex/, "EP20");
    await wrong(/EP34 \(reset demand\): its parameters/, "EP34");
    await wrong(/by name or with --hex, not both/, "EP17", "action=0", "--hex", "01");
    await wrong(
      /EP17\.deviceHandle: 70000 is not a whole number from 0 to 65535/,
      "EP17",
      "action=0",
      "deviceHandle=70000",
    );
    await wrong(/which meter\? give --link/, "EP17", "action=0", "deviceHandle=1");
  });
});
