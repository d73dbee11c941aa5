/**
 * The page in headless Chromium, each figure beside its budget: `npm run bench -- page [METERS] [HOURS]`. Bytes of the first load,
 * first useful paint with a slow processor, frames while ten thousand rows are scrolled, and memory over hours of live view.
 */
import { fileURLToPath } from "node:url";
import type { Browser, CDPSession, Page } from "playwright-core";
import { launchBrowser, openPage, skipPage } from "../test/support/browser.ts";
import { pageSize } from "../test/support/page-size.ts";
import { fleetMeter, serveFleet } from "../test/support/served-fleet.ts";
import { startGateway } from "../test/support/spawned-gateway.ts";
import { say } from "./measure.ts";

const [meters = 10_000, hours = 2] = process.argv.slice(2).map(Number);
const views = ["now", "history", "quality", "events", "meter", "link", "points", "settings", "start"];

const budget = (name: string, value: number, limit: number, unit: string, decimals = 0): void => {
  const text = `${value.toFixed(decimals)} ${unit}`;
  say(`${name.padEnd(48)} ${text.padStart(12)}   budget ${limit} ${unit}: ${value <= limit ? "kept" : "EXCEEDED"}`);
};
/** The best of several rounds, so that other work on the machine matters little. */
const best = (values: readonly number[]): number => Math.min(...values);

const sizes = (): void => {
  const size = pageSize(fileURLToPath(new URL("../packages/dashboard/dist", import.meta.url)), views, "now");
  budget("first load, compressed", size.first / 1000, 150, "kB", 1);
  for (const [view, bytes] of size.views) budget(`  the view "${view}" alone`, bytes / 1000, 40, "kB", 1);
};

/** Time of the processor that the page's own thread took since the session began, which other work on the machine does not lengthen. */
const processorTime = async (session: CDPSession): Promise<number> => {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
};

/** Milliseconds after the page was asked for: the first picture, and the first present power. */
interface Painted {
  readonly first: number;
  readonly useful: number;
  /** What its own thread computed until then. */
  readonly computed: number;
}

/** Watches from within, since asking takes time on a slowed processor. */
const watchPower = `new MutationObserver((_, observer) => {
  if (!document.querySelector("[data-testid=power-now][data-value]:not([data-value=''])")) return;
  observer.disconnect();
  requestAnimationFrame(() => { globalThis.usefulAt = performance.now(); });
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-value"] })`;

const paintOnce = async (browser: Browser, url: string): Promise<Painted> => {
  const { page } = await openPage(browser, "about:blank");
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.addInitScript(watchPower);
  await page.goto(url);
  let useful: unknown;
  while (typeof useful !== "number") useful = await page.evaluate("globalThis.usefulAt");
  const first = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime");
  const computed = await processorTime(session);
  await page.close();
  return { first: Number(first), useful, computed };
};

const paint = async (browser: Browser): Promise<void> => {
  const gateway = await startGateway();
  try {
    const runs: Painted[] = [];
    for (let run = 0; run < 10; run++) runs.push(await paintOnce(browser, gateway.url));
    budget("first paint, processor four times slower", best(runs.map(({ first }) => first)), 1_000, "ms");
    budget("present power, processor four times slower", best(runs.map(({ useful }) => useful)), 1_000, "ms");
    say(`  of that computed by the page: ${best(runs.map(({ computed }) => computed)).toFixed(0)} ms`);
  } finally {
    await gateway.remove();
  }
};

/** Lengths of frames while the list is scrolled for some seconds, milliseconds. */
const scrollFrames = `new Promise((resolve) => {
  const box = document.querySelector("[data-testid=points] .box");
  const frames = [];
  const began = performance.now();
  let before = began;
  const step = (now) => {
    frames.push(now - before);
    before = now;
    box.scrollTop += 45;
    if (now - began < 3000) requestAnimationFrame(step); else resolve(frames.slice(2));
  };
  requestAnimationFrame(step);
})`;

const scroll = async (browser: Browser): Promise<void> => {
  const fleet = await serveFleet(Array.from({ length: meters }, (_, index) => fleetMeter(index)));
  try {
    const { page } = await openPage(browser, fleet.url);
    await page.locator("[data-point]").first().waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const rounds: number[] = [];
    const before = await processorTime(session);
    let frameCount = 0;
    for (let round = 0; round < 5; round++) {
      const frames = (await page.evaluate(scrollFrames)) as readonly number[];
      frameCount += frames.length;
      rounds.push((100 * frames.filter((length) => length > 25).length) / frames.length);
      say(`${meters} rows scrolled for 3 s: ${frames.length} frames, the longest ${Math.max(...frames).toFixed(0)} ms`);
    }
    const took = (await processorTime(session)) - before;
    budget("processor time of a frame while scrolling", took / frameCount, 8, "ms", 1);
    budget("frames later than 25 ms", best(rounds), 2, "%", 1);
    const began = performance.now();
    await page.evaluate(
      "{ const box = document.querySelector('[data-testid=points] .box'); box.scrollTop = box.scrollHeight; }",
    );
    await page.locator(`[data-point="${fleetMeter(meters - 1).id}"]`).waitFor();
    budget("from the first row to the last", performance.now() - began, 2_000, "ms");
    await page.close();
  } finally {
    await fleet.close();
  }
};

const heapOf = async (session: CDPSession): Promise<number> => {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.NaN) / 1e6;
};

/** An hour of readings, one each two seconds by their times, as fast as the page takes them. */
const liveHour = async (page: Page, change: (time: string, power: number) => void, from: number): Promise<void> => {
  const readings = 1_800;
  for (let n = 1; n <= readings; n++) {
    change(new Date(from + 2_000 * n).toISOString(), n % 3_000);
    if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 40));
  }
  await page.locator(`[data-testid=power-now][data-value="${readings % 3_000}"]`).waitFor();
};

const memory = async (browser: Browser): Promise<void> => {
  const fleet = await serveFleet([fleetMeter(0)]);
  try {
    const { page } = await openPage(browser, fleet.url);
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    await page.getByTestId("power-now").waitFor();
    const began = Date.now();
    const heaps = [await heapOf(session)];
    for (let hour = 0; hour < hours; hour++) {
      const change = (time: string, power: number) => fleet.change(fleetMeter(0).id, { time, power });
      await liveHour(page, change, began + 3_600_000 * hour);
      heaps.push(await heapOf(session));
    }
    say(`memory at the start and after each hour of live view: ${heaps.map((heap) => heap.toFixed(1)).join(", ")} MB`);
    // The first hour fills the charts.
    budget("growth after the first hour", (heaps.at(-1) ?? Number.NaN) - (heaps[1] ?? Number.NaN), 1, "MB", 2);
    await page.close();
  } finally {
    await fleet.close();
  }
};

if (skipPage) throw new Error(`the page cannot be measured: ${skipPage}`);
sizes();
const browser = await launchBrowser();
try {
  await paint(browser);
  await scroll(browser);
  await memory(browser);
} finally {
  await browser.close();
}
