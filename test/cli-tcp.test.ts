/** The command as users start it: a virtual meter in one process, a reader in another, TCP between them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { meterport, simulate } from "./support/spawned-cli.ts";

const key = ["--key", "01".repeat(16)];

test("simulate, live and read over TCP", async () => {
  const meter = await simulate(["--listen", "tcp://127.0.0.1:0", "--scenario", "quiet"]);
  try {
    const link = ["--link", meter.url, ...key];
    const live = await meterport(["live", ...link, "--json", "--count", "3", "--interval", "50ms"]);
    assert.equal(live.code, 0, live.err);
    const readings = live.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      readings.map(({ power_w, power_l1_w, quality }) => [power_w, power_l1_w, quality]),
      [432, 432, 432].map((watts) => [watts, 320, "good"]),
    );
    const read = await meterport(["read", ...link, "BT21.presentValues", "--json"]);
    assert.deepEqual([read.code, JSON.parse(read.out)], [0, { "BT21.presentValues": 55 }]);
    const wrong = await meterport(["read", "--link", meter.url, "--key", "03".repeat(16), "BT21"]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /knows no key that fits/);
  } finally {
    const { code, out } = await meter.stop();
    assert.deepEqual([code, out], [0, `listening ${meter.url}\n`], "one line, and a clean end at Ctrl-C");
  }
});

test("each command loads the tables that it needs, without help from the others", async () => {
  const commands = ["events --since 1d", "outages", "calendar --on 2026-12-24T18:00", "tariffs", "demands", "alarms"];
  commands.push("quality", "devices", "recurring --since 1d", "display", "tables", "profile --since 1h");
  // A meter answers ten requests a second, so several are asked at the same time. The copies of registers take longest.
  await Promise.all(
    [["billing"], commands.filter((_, n) => n % 2 === 0), commands.filter((_, n) => n % 2 === 1)].map(async (mine) => {
      const meter = await simulate(["--listen", "tcp://127.0.0.1:0", "--scenario", "quiet", "--demand"]);
      try {
        for (const words of mine.map((text) => text.split(" "))) {
          const { code, err } = await meterport([...words, "--link", meter.url, ...key]);
          assert.equal(code, 0, `${words.join(" ")}: ${err}`);
        }
      } finally {
        await meter.stop();
      }
    }),
  );
});

test("several clients share the meter's one line: each hears it, and a new one cuts nobody off", async () => {
  const meter = await simulate(["--listen", "tcp://127.0.0.1:0", "--scenario", "quiet"]);
  const idle = connect(Number(new URL(meter.url).port), "127.0.0.1");
  try {
    await once(idle, "connect");
    let heard = 0;
    idle.on("data", (chunk: Buffer) => {
      heard += chunk.length;
    });
    const read = (): ReturnType<typeof meterport> =>
      meterport(["read", "--link", meter.url, ...key, "--profile", "meter:3.70", "BT21.tiers", "BT53", "ET51"]);
    // One after the other: two clients at the same time use up each other's sequence numbers, as on a real port.
    for (const ask of [read, read]) {
      const { code, out, err } = await ask();
      assert.equal(code, 0, err);
      assert.match(out, /^BT21\.tiers {2}4\n/);
    }
    assert.ok(heard > 0, "a client that only listens hears the answers");
    assert.equal(idle.destroyed, false, "and is not cut off");
  } finally {
    idle.destroy();
    await meter.stop();
  }
});

test("a start is quick because only what a command needs is loaded", async () => {
  const hook =
    'import { registerHooks } from "node:module"; registerHooks({ resolve: (specifier, context, next) => { const found = next(specifier, context); process.stderr.write(found.url + "\\n"); return found; } });';
  const trace = ["--import", `data:text/javascript,${encodeURIComponent(hook)}`];
  const { code, err } = await meterport(["--help"], trace);
  assert.equal(code, 0);
  const loaded = err.split("\n").filter((url) => url.startsWith("file:"));
  assert.ok(loaded.some((url) => url.endsWith("/cli/src/run.ts")));
  // A time limit among the options is read by meaning/duration.ts, which imports nothing.
  assert.deepEqual(
    loaded.filter((url) =>
      /\/(protocol\/src\/(tables|layout|meaning)|simulator|client)\/(?!duration\.ts$)|\/commands\/.*-command\.ts$|serialport/.test(
        url,
      ),
    ),
    [],
  );
});

test("simulate with a bad line, and with one that changes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-line-"));
  const script = join(folder, "line.json");
  writeFileSync(script, JSON.stringify([{ at: "1h", condition: "stuck" }]));
  const listen = ["--listen", "tcp://127.0.0.1:0", "--scenario", "quiet"];
  const bad = await simulate([...listen, "--line", "baud=115200,latency=5ms,echo,cut=60", "--line-script", script]);
  try {
    const link = ["--link", bad.url, ...key, "--profile", "meter:3.70", "--security", "rc4"];
    const short = await meterport(["read", ...link, "BT21.tiers", "--json"]);
    assert.deepEqual([short.code, JSON.parse(short.out)], [0, { "BT21.tiers": 4 }], short.err);
    const long = await meterport(["read", ...link, "BT28"]);
    assert.equal(long.code, 1);
    // A retry may come while the machine is busy: then it adds to what was there.
    assert.match(long.err, /the answer stopped before its end \((60|120|180) of 233 bytes\)/);
  } finally {
    await bad.stop();
  }
  writeFileSync(script, "[{}]");
  for (const [args, message] of [
    [["--line", "lose=1%"], /no setting "lose"/],
    [["--line-script", script], /step 1 of the script/],
    [["--line-script", join(folder, "none.json")], /none\.json/],
  ] as const) {
    const { code, out, err } = await meterport(["simulate", ...listen, ...args]);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, message);
  }
  rmSync(folder, { recursive: true });
});

test("simulate with an optical port, on a line of its own and on that of MEP", async () => {
  const listen = ["--listen", "tcp://127.0.0.1:0", "--scenario", "quiet"];
  const own = await simulate([...listen, "--optical", "tcp://127.0.0.1:0"]);
  const shared = await simulate([...listen, "--optical", "shared", "--read-only-key", "readonlyreadonlyread"]);
  try {
    while (!/optical port/.test(own.printed())) await once(own.child.stdout, "data");
    const url = /listening on the optical port (\S+)/.exec(own.printed())?.[1] ?? "";
    for (const [link, given] of [
      [url, `hex:${"03".repeat(20)}`],
      [shared.url, "readonlyreadonlyread"],
    ] as const) {
      const read = await meterport(["read", "--link", `optical+${link}`, "--key", given, "BT21.tiers", "--json"]);
      assert.deepEqual([read.code, JSON.parse(read.out || "null")], [0, { "BT21.tiers": 4 }], read.err);
    }
  } finally {
    await own.stop();
    await shared.stop();
  }
  const { code, err } = await meterport(["simulate", ...listen, "--master-key", "readonlyreadonlyread"]);
  assert.equal(code, 2);
  assert.match(err, /keys of the optical port need --optical/);
});

test("output that cannot be written is reported, and ends the command", {
  skip: !existsSync("/dev/full"),
}, async () => {
  const full = openSync("/dev/full", "w");
  try {
    const tables = await meterport(["tables"], [], full);
    assert.deepEqual(
      [tables.code, tables.err],
      [1, "meterport: standard output: cannot be written, the disk is full\n"],
    );
    const docs = await meterport(["docs", "--output", "/dev/full"]);
    assert.deepEqual([docs.code, docs.err], [2, "meterport: /dev/full: cannot be written, the disk is full\n"]);
  } finally {
    closeSync(full);
  }
});
