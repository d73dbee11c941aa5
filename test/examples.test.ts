/** The programs of `examples/` run as a reader would run them: against a virtual meter, the gateway's demo and a browser. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { serve } from "@meterport/simulator";
import { memoryPair } from "@meterport/transports";
import { systemClock } from "@meterport/transports/clock";
import { build } from "esbuild";
import { launchBrowser } from "./support/browser.ts";
import { peer } from "./support/peers.ts";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { root, textOf } from "./support/sources.ts";
import { startGateway } from "./support/spawned-gateway.ts";

interface Ran {
  readonly code: number | null;
  readonly out: readonly string[];
  readonly err: string;
}

/** Runs an example to its end. */
const run = async (...args: readonly string[]): Promise<Ran> => {
  // A test that runs in a test would report to the outer one.
  const { NODE_TEST_CONTEXT: _outer, ...env } = process.env;
  const child = spawn(process.execPath, args, { cwd: `${root}examples`, env, timeout: 30_000 });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => {
    out += text;
  });
  child.stderr.on("data", (text) => {
    err += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out: out.trimEnd().split("\n"), err };
};

describe("examples", { timeout: 120_000 }, () => {
  let meter: ServedMeter;
  before(async () => {
    meter = await serveMeter();
  });
  after(() => meter.unplug());

  test("are exactly those in the list", () => {
    const listed = [...textOf("examples/README.md").matchAll(/\]\(([^)]+)\)/g)].map(([, name]) => name);
    const there = readdirSync(`${root}examples`).filter((name) => name !== "README.md");
    assert.deepEqual(listed.toSorted(), there.toSorted());
  });

  test("reads one value", async () => {
    const { code, out, err } = await run("read-one-value.ts", meter.url, meter.key);
    assert.deepEqual([code, err, out.length], [0, "", 1]);
    assert.match(out[0] ?? "", /^active import: \d{6,} Wh$/);
  });

  test("writes live values as CSV", async () => {
    const { code, out, err } = await run("live-to-csv.ts", meter.url, meter.key, "2");
    assert.equal(code, 0, err);
    assert.equal(err, "link up\n");
    assert.equal(out[0], "time,power_w,energy_import_wh,energy_export_wh,voltage_l1_v,quality");
    assert.equal(out.length, 3);
    for (const line of out.slice(1)) assert.match(line, /^20\d\d-[^,]+Z,-?\d+,\d+,\d+,2\d\d(\.\d+)?,good$/);
  });

  test("adds up the load profile of the last week", async () => {
    const { code, out, err } = await run("last-week.ts", meter.url, meter.key);
    assert.equal(code, 0, err);
    assert.ok(out.length === 7 || out.length === 8, out.join("\n"));
    for (const line of out) assert.match(line, /^20\d\d-\d\d-\d\d +\d+\.\d{3} kWh/);
    assert.match(out[3] ?? "", /kWh$/, "a whole day in the middle has no gap");
  });

  test("has a virtual meter in a test", async () => {
    const { code, out } = await run("--test", "--test-reporter=tap", "virtual-meter.test.ts");
    assert.equal(code, 0, out.join("\n"));
    assert.ok(out.includes("# pass 2"), out.join("\n"));
  });

  test("passes on what the daemon reads", async () => {
    const gateway = await startGateway();
    try {
      const { code, out, err } = await run("own-output.ts", gateway.url, "2");
      assert.deepEqual([code, err, out.length], [0, "", 2]);
      for (const line of out) assert.match(line, /^meter,id=\S+ (\w+=-?[\d.]+,?)+ \d{19}$/);
      assert.match(out[0] ?? "", /[ ,]power_w=/);
    } finally {
      await gateway.remove();
    }
  });

  const chromium = peer("chromium");
  test("reads a meter from a page", { skip: chromium.skip }, async () => {
    const { outputFiles } = await build({
      entryPoints: [`${root}examples/web-serial/page.ts`],
      bundle: true,
      format: "esm",
      platform: "browser",
      write: false,
      logLevel: "silent",
    });
    const [near, far] = memoryPair();
    const served = serve(far, systemClock, meter.device);
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("pageerror", ({ message }) => problems.push(message));
      await page.exposeFunction("toMeter", (bytes: number[]) => near.write(Uint8Array.from(bytes)));
      // Streams of the browser's own, whose wire leads out here: no port can be lent to a browser in a test.
      await page.addInitScript(`
        let source;
        globalThis.fromMeter = (bytes) => source.enqueue(Uint8Array.from(bytes));
        const port = {
          open: async () => {
            port.readable = new ReadableStream({ start: (controller) => { source = controller; } });
            port.writable = new WritableStream({ write: (bytes) => toMeter([...bytes]) });
          },
          close: async () => {},
          setSignals: async () => {},
          getInfo: () => ({}),
        };
        Object.defineProperty(navigator, "serial", { value: { requestPort: async () => port } });
      `);
      const url = "http://meter.example/";
      await page.route(`${url}**`, (route) =>
        route.fulfill(
          route.request().url() === url
            ? { contentType: "text/html", body: textOf("examples/web-serial/index.html") }
            : { contentType: "text/javascript", body: outputFiles[0]?.text ?? "" },
        ),
      );
      await page.goto(url);
      const passing = (async () => {
        for await (const bytes of near.chunks) await page.evaluate(`fromMeter([${[...bytes].join()}])`);
      })().catch(() => {});
      await page.fill("#key", meter.key);
      await page.click("#read");
      await page.waitForFunction(`/^-?\\d+ W$/.test(document.getElementById("power").textContent)`, undefined, {
        timeout: 20_000,
      });
      assert.deepEqual([problems, await page.textContent("#problem")], [[], ""]);
      await near.close();
      await passing;
    } finally {
      await browser.close();
      await served.close();
    }
  });
});
