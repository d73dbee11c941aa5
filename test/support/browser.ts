/** The built page in a real browser, for tests. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { patience, soon } from "./eventually.ts";
import { peer } from "./peers.ts";

const browserProgram = peer("chromium");
const isBuilt = existsSync(fileURLToPath(new URL("../../packages/dashboard/dist/index.html", import.meta.url)));
const notBuilt = "the dashboard is not built: npm test builds it";
if (!isBuilt && process.env.CI === "true") throw new Error(notBuilt);

/** Why the page cannot be tested here; false if it can. */
export const skipPage = browserProgram.skip || (isBuilt ? false : notBuilt);

/** How many times slower than it could be the page runs. METERPORT_SLOW_PAGE=6 finds tests that race with it. */
const slowness = Number(process.env.METERPORT_SLOW_PAGE ?? 1);

export interface Opened {
  readonly page: Page;
  /** Errors in the console and requests that failed or left this machine. */
  readonly complaints: string[];
}

/** The browser types that are used here; Node's types lack them. */
interface Sized {
  readonly outerHTML: string;
  readonly scrollWidth: number;
  readonly clientWidth: number;
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: browserProgram.path,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

export interface OpenOptions {
  /** Whether the page may keep itself; otherwise each test would see the files that the one before kept. */
  readonly keeps?: boolean | undefined;
  /** The browser's time zone, instead of the machine's. */
  readonly zone?: string | undefined;
}

/** Opens the page of a gateway; `prepare` runs before anything is loaded. */
export const openPage = async (
  browser: Browser,
  url: string,
  prepare: (page: Page) => Promise<unknown> = async () => {},
  { keeps = false, zone }: OpenOptions = {},
): Promise<Opened> => {
  const page = await browser.newPage({
    locale: "en-GB",
    viewport: { width: 1280, height: 860 },
    serviceWorkers: keeps ? "allow" : "block",
    // What moves without end is drawn 60 times a second, which takes the cores from the other tests.
    reducedMotion: "reduce",
    ...(zone === undefined ? {} : { timezoneId: zone }),
  });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.text() === "Service Worker registration blocked by Playwright") return;
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== url) complaints.push(`asks ${request.url()}`);
  });
  if (slowness > 1) {
    const debug = await page.context().newCDPSession(page);
    await debug.send("Emulation.setCPUThrottlingRate", { rate: slowness });
  }
  await prepare(page);
  await page.goto(url);
  return { page, complaints };
};

/** Opens a view, of the shown meter if it is one of a meter. */
export const openView = async (page: Page, view: string): Promise<void> => {
  const isOfGateway = ["points", "settings", "start"].includes(view);
  const meter = isOfGateway
    ? ""
    : await page.locator('main[data-meter]:not([data-meter=""])').getAttribute("data-meter");
  const path = isOfGateway ? view : `points/${encodeURIComponent(meter ?? "")}/${view}`;
  await page.evaluate(`location.hash = ${JSON.stringify(`#/${path}`)}`);
  await page.locator(`main[data-view="${view}"]`).waitFor();
};

/** Waits until the page shows its values as "fresh", "stale" or "dead". */
export const state = (page: Page, wanted: string, timeout = patience): Promise<unknown> =>
  page.waitForSelector(`main[data-state="${wanted}"]`, { timeout });

/** Chooses a language, and waits until the page speaks it. */
export const speak = async (page: Page, language: string): Promise<void> => {
  await page.getByTestId("language").selectOption(language);
  await page.locator(`html[lang^="${language}"]`).waitFor();
};

/** Waits until an expression is true in the page, whose policy forbids Playwright's own way of waiting for one. */
export const until = (page: Page, expression: string): Promise<void> =>
  soon.ok(() => page.evaluate(expression), `in vain: ${expression}`);

export const textOf = async (page: Page, testid: string): Promise<string> =>
  (await page.getByTestId(testid).textContent())?.trim() ?? "";

/**
 * Elements whose text does not fit their box: it runs into its neighbour, or makes the page scroll sideways. The meter's name
 * in the heading and in the selection may be cut, with an ellipsis.
 */
const spilt = (page: Page): Promise<string[]> =>
  page
    .locator("body *:not(.visually-hidden):not(select):not(h1)")
    .evaluateAll((elements: readonly Sized[]) =>
      elements
        .filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth)
        .map((element) => element.outerHTML.slice(0, 200)),
    );

/** Waits until every text fits its box, except in elements that are meant to scroll. */
export const fits = (page: Page, message?: string, scrolls = /^$/): Promise<void> =>
  soon.deepEqual(async () => (await spilt(page)).filter((html) => !scrolls.test(html)), [], message);
