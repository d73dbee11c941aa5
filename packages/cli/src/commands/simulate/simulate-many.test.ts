import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "@meterport/transports/clock";
import { runCli } from "../../testing/run-cli.ts";

describe("meterport simulate --count", () => {
  test("serves each meter at a port of its own, and lists them for an import", async () => {
    const written = new Map<string, string>();
    const interruption = new AbortController();
    const { code, out } = await runCli(
      [
        "simulate",
        "--listen",
        "tcp://127.0.0.1:0",
        "--count",
        "12",
        "--list",
        "meters.csv",
        "--fleet-list",
        "fleet.csv",
        "--seed",
        "5",
        "--basic-key",
        `hex:${"01".repeat(16)}`,
      ],
      {
        clock: systemClock,
        written,
        interrupted: interruption.signal,
        onWrite: (text) => {
          if (text.startsWith("listening")) setImmediate(() => interruption.abort());
        },
      },
    );
    assert.equal(code, 0);
    const [head, ...rows] = (written.get("meters.csv") ?? "").trimEnd().split("\n");
    assert.equal(head, "id,name,link,key");
    const urls = rows.map((row) => /,(tcp:\/\/127\.0\.0\.1:\d+),/.exec(row)?.[1]);
    assert.equal(new Set(urls).size, 12);
    assert.equal(rows[6], `meter-07,Virtual meter 07,${urls[6]},hex:${"01".repeat(16)}`);
    assert.equal(out, `listening ${urls[0]} and 11 more, see meters.csv\n`);
    assert.equal(rows.length, 12);
    const [columns, ...fleet] = (written.get("fleet.csv") ?? "").trimEnd().split("\n");
    assert.equal(columns, "site,site_name,zone,serial,link,point,point_name,key");
    const parts = fleet.map((row) => row.split(","));
    assert.deepEqual(
      [parts.map(([site]) => site).filter((site) => site === "site-0001").length, parts[11]?.[5], parts[6]?.[4]],
      [6, "flat-00016", urls[6]],
    );
    assert.equal(new Set(parts.map(([, , , serial]) => serial)).size, 12);
    assert.match(parts[0]?.[3] ?? "", /^[1-9]\d{0,7}$/);
    const again = ["simulate", "--listen", "tcp://127.0.0.1:0", "--count", "2", "--fleet-list", "fleet.csv"];
    const over = { clock: systemClock, written, interrupted: AbortSignal.abort() };
    assert.match((await runCli(again, over)).err, /fleet\.csv already exists: .*--force/);
    assert.equal((await runCli([...again, "--force"], over)).code, 0);
    assert.equal((written.get("fleet.csv") ?? "").trimEnd().split("\n").length, 3);
  });

  test("what is not possible with several meters is one sentence", async () => {
    const refused = async (...words: string[]): Promise<string> => {
      const { code, err } = await runCli(["simulate", ...words, "--count", "3"]);
      assert.equal(code, 2, err);
      return err;
    };
    assert.match(await refused("--listen", "/dev/ttyUSB0"), /--count needs one --listen tcp:\/\/host:port/);
    assert.match(
      await refused("--listen", "tcp://127.0.0.1:65534"),
      /3 ports from 65534 upward are more than there are/,
    );
    const many = await runCli(["simulate", "--listen", "tcp://127.0.0.1:0", "--count", "0"]);
    assert.deepEqual([many.code, /--count/.test(many.err)], [2, true]);
  });
});
