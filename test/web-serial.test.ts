/**
 * The client in a browser: bundled, with the streams of Chromium itself. No port can be lent to a browser in a test, so its
 * `SerialPort` is made of the page's own streams, and its wire leads to a virtual meter out here.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { serve, VirtualMeter } from "@meterport/simulator";
import { systemClock } from "@meterport/transports/clock";
import { memoryPair } from "@meterport/transports/memory";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { peer } from "./support/peers.ts";
import { root } from "./support/sources.ts";

const { path, skip } = peer("chromium");

/** What a user's own page would contain. */
const pageCode = `
  import { connect, rc4 } from "@meterport/client";
  import { Secret } from "@meterport/protocol/mep/security/key";
  import { BT01, BT52 } from "@meterport/protocol/tables/index";
  import { systemClock as clock, systemEntropy as entropy } from "@meterport/transports/clock";
  import { openWebSerial } from "@meterport/transports/web/web-serial";
  globalThis.readMeter = async (port) => {
    const transport = await openWebSerial(port, { enable: { rts: true, pulse: 10 } });
    const meter = await connect(transport, { security: rc4({ key: new Secret(new Uint8Array(16).fill(1)), entropy }), clock });
    const { model } = await meter.read(BT01);
    const { year } = (await meter.read(BT52)).clock;
    await meter.session.close();
    return { model, year, name: transport.name, counters: meter.session.counters };
  };
`;

/** A port as the page gets it from navigator.serial: real streams, a wire made of two functions. */
const portCode = `
  globalThis.makePort = () => {
    const log = [];
    let source;
    globalThis.fromMeter = (bytes) => source.enqueue(Uint8Array.from(bytes));
    const port = {
      log,
      readable: null,
      writable: null,
      open: async ({ baudRate }) => {
        log.push("open " + baudRate);
        port.readable = new ReadableStream({ start: (controller) => { source = controller; } });
        port.writable = new WritableStream({ write: (bytes) => toMeter([...bytes]) });
      },
      close: async () => {
        if (port.readable.locked || port.writable.locked) throw new TypeError("locked");
        port.readable = port.writable = null;
        log.push("close");
      },
      setSignals: async ({ requestToSend }) => { log.push("rts " + requestToSend); },
      getInfo: () => ({ usbVendorId: 0x0403, usbProductId: 0x6001 }),
    };
    return port;
  };
`;

describe("web serial in Chromium", { skip, timeout: 60_000 }, () => {
  let browser: Browser;
  before(async () => {
    browser = await chromium.launch({
      executablePath: path,
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run"],
    });
  });
  after(() => browser?.close());

  test("reads a meter from a page", async () => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: pageCode, resolveDir: `${root}packages/cli` },
      bundle: true,
      format: "iife",
      platform: "browser",
      target: "es2023",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    const outside = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
    assert.deepEqual(outside, [], "nothing of Node comes along");

    const [near, far] = memoryPair();
    const meter = new VirtualMeter({
      profile: parseProfile("meter:3.70"),
      keys: { basic: new Secret(new Uint8Array(16).fill(1)), advanced: new Secret(new Uint8Array(16).fill(2)) },
      scenario: "quiet",
      seed: 1,
      start: systemClock.wall(),
      epoch: systemClock.now(),
    });
    const served = serve(far, systemClock, meter);
    const page = await browser.newPage();
    await page.exposeFunction("toMeter", (bytes: number[]) => near.write(Uint8Array.from(bytes)));
    await page.addScriptTag({ content: portCode });
    await page.addScriptTag({ content: outputFiles[0]?.text ?? "" });
    const reading = page.evaluate(
      "(async () => { const port = makePort(); return { ...(await readMeter(port)), log: port.log }; })()",
    );
    const passing = (async () => {
      for await (const bytes of near.chunks) await page.evaluate(`fromMeter([${[...bytes].join()}])`);
    })();
    const got = (await reading) as {
      readonly model: string;
      readonly year: number;
      readonly name: string;
      readonly log: string[];
      readonly counters: { readonly failures: number };
    };
    await served.close();
    await passing;
    await page.close();
    assert.equal(got.model, "83331-3I");
    assert.ok(Math.abs(2000 + got.year - new Date().getUTCFullYear()) <= 1, `year ${got.year}`);
    assert.equal(got.name, "web-serial 0403:6001");
    assert.equal(got.counters.failures, 0);
    assert.deepEqual(got.log, ["open 9600", "rts false", "rts true", "rts false", "close"]);
  });
});
