/**
 * How smoothly the page moves through a year: `node bench/page-pan.ts [SLOWDOWN]`. A history of 400 days is dragged back and forth for some
 * seconds while the processor is slowed down (4 times by default), by bars of days, of hours, and by a line of power; then the gaps between frames
 * are counted. Needs Chromium and a built page.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchBrowser, openPage } from "../test/support/browser.ts";
import { fillHistoryHome, historyHomeYaml } from "../test/support/history-home.ts";
import { startGateway } from "../test/support/spawned-gateway.ts";
import { say } from "./measure.ts";

const slowdown = Number(process.argv[2] ?? 4);
const seconds = 4;
const dayMillis = 86_400_000;

/** Gaps between frames, ms, while the mouse drags from side to side. */
const gapsWhileDragging = async (page: Page): Promise<readonly number[]> => {
  const box = await page.getByTestId("history-chart").boundingBox();
  if (box === null) throw new Error("the page has no chart");
  await page.evaluate(
    `globalThis.gaps = []; globalThis.counting = true; let last = performance.now();
     requestAnimationFrame(function count(now) { gaps.push(now - last); last = now; if (counting) requestAnimationFrame(count); });`,
  );
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  const end = Date.now() + 1000 * seconds;
  for (let n = 0; Date.now() < end; n++) await page.mouse.move(middle.x + Math.sin(n / 25) * box.width * 0.4, middle.y);
  await page.mouse.up();
  return (await page.evaluate("counting = false, gaps.slice(2)")) as readonly number[];
};

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? 0;

say(
  `dragging for ${seconds} s each with a processor ${slowdown} times slower (folder ${join(tmpdir(), "meterport-…")})`,
);
const gateway = await startGateway(historyHomeYaml("tcp://127.0.0.1:9"), {
  prepare: (data) => fillHistoryHome(data, Date.now(), 400),
});
const browser = await launchBrowser();
try {
  const to = Math.floor(Date.now() / dayMillis) * dayMillis;
  const range = (days: number): string =>
    `from=${new Date(to - (days + 30) * dayMillis).toISOString()}&to=${new Date(to - 30 * dayMillis).toISOString()}`;
  for (const [name, query] of [
    ["a year by months", "by=year"],
    ["120 days by days", range(120)],
    ["9 days by hours", range(9)],
    ["a year of power", "by=year&show=power"],
  ] as const) {
    const { page } = await openPage(browser, gateway.url);
    await page.evaluate(`location.hash = "#/points/home/history?${query}"`);
    await page.locator('[data-testid="history-range"][data-loading="false"]').waitFor({ timeout: 60_000 });
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    const sorted = [...(await gapsWhileDragging(page))].sort((a, b) => a - b);
    const mean = sorted.reduce((sum, gap) => sum + gap, 0) / sorted.length;
    say(
      `${name.padEnd(18)} ${(1000 / mean).toFixed(1)} frames/s; gaps: median ${percentile(sorted, 0.5).toFixed(1)}, ` +
        `95 % ${percentile(sorted, 0.95).toFixed(1)}, longest ${percentile(sorted, 1).toFixed(1)} ms`,
    );
    await page.close();
  }
} finally {
  await browser.close();
  await gateway.remove();
}
