/** The list of all meters: the real gateway with a few, and its page and server with ten thousand. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { barriers } from "./support/axe.ts";
import { launchBrowser, openPage, skipPage, spilt, state, textOf } from "./support/browser.ts";
import { type FleetMeter, fleetMeter, type ServedFleet, serveFleet } from "./support/served-fleet.ts";
import { serveMeter } from "./support/served-meter.ts";
import { startGateway } from "./support/spawned-gateway.ts";

const patience = 10_000;
const many = 10_000;

/** Markup, an emoji, and words from right to left with a mark that would turn the rest of a line. */
const hostile = "<img src=x onerror=alert(1)> 🏠 \u202eמונה ראשי مرحبا";
const endless = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

/** The browser types that are used here; Node's types lack them. */
interface Row {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
}
interface Scrolled {
  scrollTop: number;
  readonly scrollHeight: number;
}

interface Answer {
  readonly points: readonly {
    readonly id: string;
    readonly name: string;
    readonly power_w: number | null;
    readonly link: { readonly state: string };
  }[];
  readonly found: number;
}

const asked = async (url: string, query = ""): Promise<Answer> =>
  (await (await fetch(`${url}/api/v1/points?${query}`)).json()) as Answer;

const rows = (page: Page) => page.locator('[data-testid="points"] [data-point]');
const rowOf = (page: Page, id: string) => page.locator(`[data-testid="points"] [data-point="${id}"]`);
const inOrder = (page: Page): Promise<string[]> =>
  rows(page).evaluateAll((found: readonly Row[]) =>
    found
      .toSorted((a, b) => Number(a.getAttribute("aria-rowindex")) - Number(b.getAttribute("aria-rowindex")))
      .map((row) => row.getAttribute("data-point") ?? ""),
  );
/** Asks the page until it says yes; its policy lets it wait for no text of ours by itself. */
const until = async (page: Page, expression: string): Promise<void> => {
  for (const end = performance.now() + patience; !(await page.evaluate(expression)); ) {
    assert.ok(performance.now() < end, `in vain: ${expression}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const headline = (page: Page) => page.getByTestId("points-headline");
const box = (page: Page) => page.locator('[data-testid="points"] .box');

describe("the list of all meters", { skip: skipPage }, () => {
  let browser: Browser;
  let fleet: ServedFleet;
  before(async () => {
    const named: readonly FleetMeter[] = Array.from({ length: many }, (_, index) => {
      const name = [undefined, hostile, endless][index];
      return name === undefined ? fleetMeter(index) : { ...fleetMeter(index), name };
    });
    [browser, fleet] = await Promise.all([launchBrowser(), serveFleet(named)]);
  });
  after(async () => {
    await browser?.close();
    await fleet?.close();
  });

  test("of a few is where the page opens; each row says what the API says, and leads to its meter", async (t) => {
    const [first, second] = await Promise.all([serveMeter(2), serveMeter(2)]);
    t.after(() => Promise.all([first.unplug(), second.unplug()]));
    const meter = (id: string, name: string, link: string, group?: string): string =>
      `  - id: ${id}\n    name: ${JSON.stringify(name)}\n    link: ${link}\n    key: "hex:${first.key}"\n${group === undefined ? "" : `    group: ${group}\n`}`;
    const gateway = await startGateway(
      `meters:\n${meter("cellar", "Cellar", first.url, "House")}${meter("attic", hostile, second.url, "House")}${meter("away", "Away", "tcp://127.0.0.1:9")}`,
    );
    t.after(gateway.remove);
    const { page, complaints } = await openPage(browser, gateway.url);
    await page.locator('main[data-view="points"]').waitFor({ timeout: patience });
    await until(page, "document.querySelectorAll('[data-point][data-state=up]').length === 2");
    assert.equal(new URL(page.url()).hash, "#/points");
    await headline(page)
      .filter({ hasText: /^2 of 3 meters answer$/ })
      .waitFor({ timeout: patience });
    const { points } = await asked(gateway.url);
    assert.deepEqual(await inOrder(page), ["cellar", "attic", "away"]);
    for (const { id, name, link } of points) {
      assert.equal(await rowOf(page, id).locator("bdi").first().textContent(), name);
      assert.equal(await rowOf(page, id).getAttribute("data-state"), link.state);
    }
    // Values follow each other each two seconds; each of them is one that the API gave around then.
    const shown = Number(await rowOf(page, "cellar").locator("[data-power]").getAttribute("data-power"));
    assert.ok(Number.isFinite(shown) && shown !== 0);
    await until(
      page,
      `document.querySelector('[data-point=cellar] [data-power]').getAttribute('data-power') !== '${shown}'`,
    );
    assert.match((await rowOf(page, "away").textContent()) ?? "", /–/);

    await page.getByTestId("points-group").selectOption("=House");
    await until(page, "document.querySelectorAll('[data-point]').length === 2");
    assert.equal(new URL(page.url()).hash, "#/points?group=House");
    await page.getByTestId("points-group").selectOption("all");

    // The export is one table of all that are selected.
    await page.getByRole("checkbox", { name: "Select all" }).check();
    assert.match(await textOf(page, "points-bulk"), /^3 selected/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export 31 days as CSV" }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^meters-\d{4}-\d\d-\d\d\.csv$/);
    const lines = readFileSync(await download.path(), "utf8")
      .trimEnd()
      .split("\n");
    const header = lines.filter((line) => line.startsWith("point,"));
    assert.equal(header.length, 1);
    assert.deepEqual(complaints, []);

    await rowOf(page, "attic").getByRole("link").click();
    await page.locator('main[data-view="now"][data-meter="attic"]').waitFor();
    await state(page, "fresh", patience);
    assert.equal(await page.locator("header h1").textContent(), hostile);
    await page.getByTestId("meter-select").selectOption("cellar");
    await page.locator('main[data-view="now"][data-meter="cellar"]').waitFor();
    // The first address was replaced, so "back" leads through the list.
    await page.goBack();
    await page.goBack();
    await page.locator('main[data-view="points"]').waitFor();

    gateway.child.kill("SIGKILL");
    await page.getByText("The gateway cannot be reached", { exact: true }).waitFor({ timeout: patience });
    await until(page, "document.querySelectorAll('[data-point]:not([data-state=\"\"])').length === 0");
    for (const power of await page.locator("[data-power]").allTextContents()) assert.equal(power.trim(), "–");
    await page.close();
  });

  test("holds ten thousand: draws what is on the screen, and reaches the last one by wheel and keyboard", async (t) => {
    const streams: string[] = [];
    const { page, complaints } = await openPage(browser, fleet.url, async (opened) => {
      opened.on("request", (request) => {
        if (request.url().includes("/stream?")) streams.push(new URL(request.url()).searchParams.get("point") ?? "all");
      });
    });
    await rows(page).first().waitFor({ timeout: patience });
    // It is opened when the list has come to rest.
    if (streams.length === 0) await page.waitForRequest(/\/stream\?/, { timeout: patience });
    const grid = page.getByTestId("points");
    assert.equal(await grid.getAttribute("aria-rowcount"), String(many + 1));
    assert.equal(await headline(page).textContent(), `${fleetUp().toLocaleString("en-GB")} of 10,000 meters answer`);
    assert.ok((await rows(page).count()) < 60, `${await rows(page).count()} rows are drawn`);

    const began = performance.now();
    await box(page).evaluate((scrolled: Scrolled) => {
      scrolled.scrollTop = scrolled.scrollHeight;
    });
    await rowOf(page, "m09999").waitFor({ timeout: patience });
    t.diagnostic(`the last of ${many} after ${Math.round(performance.now() - began)} ms`);
    assert.ok((await rows(page).count()) < 60);
    assert.equal(await rowOf(page, "m09999").getAttribute("aria-rowindex"), String(many + 1));

    await page.locator('[data-testid="points"] [role=row][tabindex="0"]').focus();
    await page.keyboard.press("Home");
    await rowOf(page, "m00000").waitFor();
    const focused = (): Promise<unknown> => page.evaluate("document.activeElement.dataset.point");
    assert.equal(await focused(), "m00000");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown"]) await page.keyboard.press(key);
    assert.equal(await focused(), "m00002");
    await page.keyboard.press(" ");
    assert.equal(await rowOf(page, "m00002").getAttribute("aria-selected"), "true");
    assert.match(await textOf(page, "points-bulk"), /^1 selected/);
    await page.keyboard.press("End");
    await rowOf(page, "m09999").waitFor();
    assert.equal(await focused(), "m09999");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.locator('main[data-view="now"][data-meter="m00000"]').waitFor();
    for (const points of streams) assert.ok(points.split(",").length <= 64, "only what is on the screen is followed");
    assert.ok(streams.length > 0 && streams.length < 10, `${streams.length} streams were opened`);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  const fleetUp = (): number => [...fleet.meters.values()].filter(({ state: each }) => each === "up").length;

  test("shows each change of what is on the screen, and filters, searches and sorts as the API does", async () => {
    const { page } = await openPage(browser, `${fleet.url}`, undefined);
    await rowOf(page, "m00003").waitFor({ timeout: patience });
    const shown = (id: string) => rowOf(page, id).locator("[data-power]").getAttribute("data-power");
    assert.equal(await shown("m00003"), String(fleet.meters.get("m00003")?.power));
    // So that its stream is open.
    await until(page, "performance.getEntriesByType('resource').some(({ name }) => name.includes('/groups'))");
    await new Promise((resolve) => setTimeout(resolve, 600));
    fleet.change("m00003", { power: 4_321 });
    fleet.change("m00004", { power: null, state: "silent", cause: "no-answer" });
    await until(page, "document.querySelector('[data-point=m00003] [data-power=\"4321\"]') !== null");
    await page.locator('[data-point="m00004"][data-state="silent"]').waitFor({ timeout: patience });
    assert.equal(await shown("m00004"), "");
    assert.match((await rowOf(page, "m00004").textContent()) ?? "", /Nothing comes back\./);
    fleet.change("m00004", { power: 1, state: "up", cause: null });
    await page.locator('[data-point="m00004"][data-state="up"]').waitFor({ timeout: patience });

    const matches = async (query: string): Promise<void> => {
      const { points, found } = await asked(fleet.url, `${query}&limit=8`);
      await until(
        page,
        `document.querySelector('[data-testid=points]')?.getAttribute('aria-rowcount') === '${found + 1}'`,
      );
      await rowOf(page, points[0]?.id ?? "").waitFor();
      assert.deepEqual(
        (await inOrder(page)).slice(0, points.length),
        points.map(({ id }) => id),
        query,
      );
    };
    await page.getByTestId("points-refused").click();
    await matches("state=refused");
    await page.getByTestId("points-silent").click();
    await page.getByTestId("points-sort").selectOption("state");
    await matches("state=refused,silent&sort=state");
    await page.getByTestId("points-search").fill("flat 12");
    await matches("state=refused,silent&sort=state&q=flat%2012");
    assert.match(new URL(page.url()).hash, /^#\/points\?/);
    await page.reload();
    await matches("state=refused,silent&sort=state&q=flat%2012");
    await page.getByTestId("points-search").fill("nobody has this name");
    await page.getByText("No meter fits.").waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await matches("sort=state");
    await page.getByTestId("points-group").selectOption("=House 7");
    await matches("sort=state&group=House%207");
    await page.getByTestId("points-group").selectOption("=");
    await matches("sort=state&group=");
    await page.close();
  });

  test("gives up where pages hold nothing new, and makes no room for more than there can be", async () => {
    let pages = 0;
    const { page } = await openPage(browser, fleet.url, (opened) =>
      opened.route("**/api/v1/points?*", async (route) => {
        const url = new URL(route.request().url());
        if (url.searchParams.has("cursor")) pages++;
        url.searchParams.delete("cursor");
        const answer = (await (await fetch(url)).json()) as object;
        await route.fulfill({ json: { ...answer, next: "again", found: 1e300, total: 1e300 } });
      }),
    );
    await rowOf(page, "m00003").waitFor({ timeout: patience });
    await box(page).evaluate((list: Scrolled) => {
      list.scrollTop = 20_000;
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.ok(pages > 0 && pages < 10, `${pages} pages were asked for`);
    await page.close();
  });

  test("is chosen from at the top by typing, with the keyboard alone", async () => {
    const { page, complaints } = await openPage(browser, fleet.url);
    const find = page.getByTestId("meter-find");
    await find.focus();
    await page.locator('[role="option"]').first().waitFor();
    assert.equal(await find.getAttribute("aria-expanded"), "true");
    await find.pressSequentially("Flat 9999");
    await until(page, "document.querySelectorAll('[role=option]').length === 1");
    assert.equal(await find.getAttribute("aria-activedescendant"), "meter-option-0");
    await page.keyboard.press("Enter");
    await page.locator('main[data-view="now"][data-meter="m09998"]').waitFor({ timeout: patience });
    await page
      .locator("header h1")
      .filter({ hasText: /^Flat 9999$/ })
      .waitFor();
    assert.equal(await find.inputValue(), "Flat 9999");
    assert.match(await page.title(), /Now · Flat 9999$/);
    await find.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Escape");
    assert.equal(await find.getAttribute("aria-expanded"), "false");
    assert.equal(await find.inputValue(), "Flat 9999");
    await find.click();
    await find.fill("no such meter");
    await page.getByText("No meter has this in its name.").waitFor();
    await page.keyboard.press("Escape");
    assert.deepEqual(complaints, []);
    await page.goto(`${fleet.url}/#/points/${encodeURIComponent(hostile)}/now`);
    await page.getByTestId("unknown-meter").waitFor({ timeout: patience });
    assert.ok((await textOf(page, "unknown-meter")).includes(hostile));
    assert.equal(await page.locator("main img").count(), 0);
    await page.close();
  });

  test("examines the links of those selected, two at a time, and says what it found", async () => {
    const running: string[] = [];
    let most = 0;
    const { page } = await openPage(browser, fleet.url, (opened) =>
      opened.route("**/link/doctor?*", (route) => {
        const id = /points\/([^/]+)\//.exec(route.request().url())?.[1] ?? "";
        if (route.request().method() === "POST") {
          running.push(id);
          most = Math.max(most, running.length);
          return route.fulfill({ status: 202, json: { id, state: "running" } });
        }
        running.splice(running.indexOf(id), 1);
        const diagnosis = { usable: false, sickness: "no-answer", name: `Nothing comes back at ${id}` };
        return route.fulfill({ json: { id, state: "done", diagnosis } });
      }),
    );
    await rowOf(page, "m00000").waitFor({ timeout: patience });
    for (const id of ["m00000", "m00001", "m00002"]) await rowOf(page, id).getByRole("checkbox").check();
    await page.getByRole("button", { name: "Examine the links" }).click();
    const results = page.getByTestId("examinations").locator("li");
    await results.filter({ hasText: "Nothing comes back at m00002" }).waitFor({ timeout: patience });
    assert.equal(await results.count(), 3);
    assert.ok(((await results.nth(1).textContent()) ?? "").includes(hostile));
    assert.equal(most, 2);
    await page.close();
  });

  test("fits phones in three languages, and has no barriers, light and dark", async () => {
    const { page } = await openPage(browser, fleet.url);
    await rowOf(page, "m00002").waitFor({ timeout: patience });
    await rowOf(page, "m00001").getByRole("checkbox").check();
    assert.deepEqual(await barriers(page), []);
    for (const width of [320, 390])
      for (const language of ["da", "de", "en"]) {
        await page.setViewportSize({ width, height: 720 });
        await page.getByTestId("language").selectOption(language);
        await page.locator(`html[lang^="${language}"]`).waitFor();
        assert.deepEqual(await spilt(page), [], `${language}, ${width} pixels`);
      }
    await page.emulateMedia({ colorScheme: "dark" });
    await page.locator('html[data-theme="dark"]').waitFor();
    assert.deepEqual(await barriers(page), []);
    await page.close();
  });
});
