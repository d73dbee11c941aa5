/** The built page in a real browser, for tests. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { peer } from "./peers.ts";

const browserProgram = peer("chromium");
const isBuilt = existsSync(fileURLToPath(new URL("../../packages/dashboard/dist/index.html", import.meta.url)));
const notBuilt = "the dashboard is not built: npm test builds it";
if (!isBuilt && process.env.CI === "true") throw new Error(notBuilt);

/** Why the page cannot be tested here; false if it can. */
export const skipPage = browserProgram.skip || (isBuilt ? false : notBuilt);

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
}

/** Opens the page of a gateway; `prepare` runs before anything is loaded. */
export const openPage = async (
  browser: Browser,
  url: string,
  prepare: (page: Page) => Promise<unknown> = async () => {},
  { keeps = false }: OpenOptions = {},
): Promise<Opened> => {
  const page = await browser.newPage({
    locale: "en-GB",
    viewport: { width: 1280, height: 860 },
    serviceWorkers: keeps ? "allow" : "block",
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
  await prepare(page);
  await page.goto(url);
  return { page, complaints };
};

/** Opens a view, of the shown meter if it is one of a meter. */
export const openView = async (page: Page, view: string): Promise<void> => {
  const isOfGateway = ["points", "settings", "start"].includes(view);
  const meter = await page.locator("main").getAttribute("data-meter");
  const path = isOfGateway ? view : `points/${encodeURIComponent(meter ?? "")}/${view}`;
  await page.evaluate(`location.hash = ${JSON.stringify(`#/${path}`)}`);
  await page.locator(`main[data-view="${view}"]`).waitFor();
};

/** Waits until the page shows its values as "fresh", "stale" or "dead". */
export const state = (page: Page, wanted: string, timeout: number): Promise<unknown> =>
  page.waitForSelector(`main[data-state="${wanted}"]`, { timeout });

export const textOf = async (page: Page, testid: string): Promise<string> =>
  (await page.getByTestId(testid).textContent())?.trim() ?? "";

/**
 * Elements whose text does not fit their box: it runs into its neighbour, or makes the page scroll sideways. The meter's name
 * in the heading and in the selection may be cut, with an ellipsis.
 */
export const spilt = (page: Page): Promise<string[]> =>
  page
    .locator("body *:not(.visually-hidden):not(select):not(h1)")
    .evaluateAll((elements: readonly Sized[]) =>
      elements
        .filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth)
        .map((element) => element.outerHTML.slice(0, 200)),
    );
