/** The list of all meters: the real gateway with a few, and its page and server with ten thousand. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { hasNoBarriers } from "./support/axe.ts";
import { fits, launchBrowser, openPage, skipPage, speak, state, textOf, until } from "./support/browser.ts";
import { eventually, soon } from "./support/eventually.ts";
import { type FleetMeter, fleetMeter, type ServedFleet, serveFleet } from "./support/served-fleet.ts";
import { serveMeter } from "./support/served-meter.ts";
import { startGateway } from "./support/spawned-gateway.ts";

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
    await page.locator('main[data-view="points"]').waitFor();
    await until(page, "document.querySelectorAll('[data-point][data-state=up]').length === 2");
    await soon.equal(() => new URL(page.url()).hash, "#/points");
    await headline(page)
      .filter({ hasText: /^2 of 3 meters answer$/ })
      .waitFor();
    await soon.deepEqual(() => inOrder(page), ["cellar", "attic", "away"]);
    await eventually(async () => {
      const { points } = await asked(gateway.url);
      for (const { id, name, link } of points) {
        assert.equal(await rowOf(page, id).locator("bdi").first().textContent(), name);
        assert.equal(await rowOf(page, id).getAttribute("data-state"), link.state);
      }
    });
    // Values follow each other each two seconds; each of them is one that the API gave around then.
    const shown = async () => Number(await rowOf(page, "cellar").locator("[data-power]").getAttribute("data-power"));
    const earlier = await eventually(async () => {
      const power = await shown();
      assert.ok(Number.isFinite(power) && power !== 0);
      return power;
    });
    await soon.ok(async () => (await shown()) !== earlier, "the power stays");
    await soon.match(() => rowOf(page, "away").textContent(), /–/);

    await page.getByTestId("points-group").selectOption("=House");
    await until(page, "document.querySelectorAll('[data-point]').length === 2");
    await soon.equal(() => new URL(page.url()).hash, "#/points?group=House");
    await page.getByTestId("points-group").selectOption("all");

    // The export is one table of all that are selected.
    await page.getByRole("checkbox", { name: "Select all" }).check();
    await soon.match(() => textOf(page, "points-bulk"), /^3 selected/);
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
    await state(page, "fresh");
    await soon.equal(() => page.locator("header h1").textContent(), hostile);
    await page.getByTestId("meter-select").selectOption("cellar");
    await page.locator('main[data-view="now"][data-meter="cellar"]').waitFor();
    // The first address was replaced, so "back" leads through the list.
    await page.goBack();
    await page.goBack();
    await page.locator('main[data-view="points"]').waitFor();

    gateway.child.kill("SIGKILL");
    await page.getByText("The gateway cannot be reached", { exact: true }).waitFor();
    await until(page, "document.querySelectorAll('[data-point]:not([data-state=\"\"])').length === 0");
    await soon.ok(
      async () => (await page.locator("[data-power]").allTextContents()).every((power) => power.trim() === "–"),
      "an old power is shown",
    );
    await page.close();
  });

  test("holds ten thousand: draws what is on the screen, and reaches the last one by wheel and keyboard", async (t) => {
    const streams: string[] = [];
    const { page, complaints } = await openPage(browser, fleet.url, async (opened) => {
      opened.on("request", (request) => {
        if (request.url().includes("/stream?")) streams.push(new URL(request.url()).searchParams.get("point") ?? "all");
      });
    });
    await rows(page).first().waitFor();
    // It is opened when the list has come to rest.
    await soon.ok(() => streams.length > 0, "no stream is opened");
    const grid = page.getByTestId("points");
    await soon.equal(() => grid.getAttribute("aria-rowcount"), String(many + 1));
    await soon.equal(
      () => headline(page).textContent(),
      `${fleetUp().toLocaleString("en-GB")} of 10,000 meters answer`,
    );
    assert.ok((await rows(page).count()) < 60, `${await rows(page).count()} rows are drawn`);

    const began = performance.now();
    await box(page).evaluate((scrolled: Scrolled) => {
      scrolled.scrollTop = scrolled.scrollHeight;
    });
    await rowOf(page, "m09999").waitFor();
    t.diagnostic(`the last of ${many} after ${Math.round(performance.now() - began)} ms`);
    await soon.ok(async () => (await rows(page).count()) < 60);
    await soon.equal(() => rowOf(page, "m09999").getAttribute("aria-rowindex"), String(many + 1));

    await page.locator('[data-testid="points"] [role=row][tabindex="0"]').focus();
    await page.keyboard.press("Home");
    await rowOf(page, "m00000").waitFor();
    const focused = (): Promise<unknown> => page.evaluate("document.activeElement.dataset.point");
    await soon.equal(() => focused(), "m00000");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown"]) await page.keyboard.press(key);
    await soon.equal(() => focused(), "m00002");
    await page.keyboard.press(" ");
    await soon.equal(() => rowOf(page, "m00002").getAttribute("aria-selected"), "true");
    await soon.match(() => textOf(page, "points-bulk"), /^1 selected/);
    await page.keyboard.press("End");
    await rowOf(page, "m09999").waitFor();
    await soon.equal(() => focused(), "m09999");
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
    await rowOf(page, "m00003").waitFor();
    const shown = (id: string) => rowOf(page, id).locator("[data-power]").getAttribute("data-power");
    await soon.equal(() => shown("m00003"), String(fleet.meters.get("m00003")?.power));
    await soon.ok(() => fleet.followers("m00003") > 0 && fleet.followers("m00004") > 0, "no stream is opened");
    fleet.change("m00003", { power: 4_321 });
    fleet.change("m00004", { power: null, state: "silent", cause: "no-answer" });
    await until(page, "document.querySelector('[data-point=m00003] [data-power=\"4321\"]') !== null");
    await page.locator('[data-point="m00004"][data-state="silent"]').waitFor();
    await soon.equal(() => shown("m00004"), "");
    await soon.match(() => rowOf(page, "m00004").textContent(), /Nothing comes back\./);
    fleet.change("m00004", { power: 1, state: "up", cause: null });
    await page.locator('[data-point="m00004"][data-state="up"]').waitFor();

    const matches = async (query: string): Promise<void> => {
      const { points, found } = await asked(fleet.url, `${query}&limit=8`);
      await until(
        page,
        `document.querySelector('[data-testid=points]')?.getAttribute('aria-rowcount') === '${found + 1}'`,
      );
      await rowOf(page, points[0]?.id ?? "").waitFor();
      await soon.deepEqual(
        async () => (await inOrder(page)).slice(0, points.length),
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
    await soon.match(() => new URL(page.url()).hash, /^#\/points\?/);
    await page.reload();
    await matches("state=refused,silent&sort=state&q=flat%2012");
    await page.getByTestId("points-search").fill("nobody has this name");
    await page.getByText("No meter matches.").waitFor();
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
    await rowOf(page, "m00003").waitFor();
    await soon.ok(() => pages > 0, "no further page is asked for");
    await box(page).evaluate((list: Scrolled) => {
      list.scrollTop = 20_000;
    });
    // A list that does not give up would ask about as often meanwhile.
    for (let n = 0; n < 20; n++) await page.evaluate('fetch("api/v1/points?limit=1").then((answer) => answer.text())');
    assert.ok(pages < 10, `${pages} pages were asked for`);
    await page.close();
  });

  test("is chosen from at the top by typing, with the keyboard alone", async () => {
    const { page, complaints } = await openPage(browser, fleet.url);
    const find = page.getByTestId("meter-find");
    await find.focus();
    await page.locator('[role="option"]').first().waitFor();
    await soon.equal(() => find.getAttribute("aria-expanded"), "true");
    await find.pressSequentially("Flat 9999");
    await until(page, "document.querySelectorAll('[role=option]').length === 1");
    await soon.equal(() => find.getAttribute("aria-activedescendant"), "meter-option-0");
    await page.keyboard.press("Enter");
    await page.locator('main[data-view="now"][data-meter="m09998"]').waitFor();
    await page
      .locator("header h1")
      .filter({ hasText: /^Flat 9999$/ })
      .waitFor();
    await soon.equal(() => find.inputValue(), "Flat 9999");
    await soon.match(() => page.title(), /Now · Flat 9999$/);
    await find.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Escape");
    await soon.equal(() => find.getAttribute("aria-expanded"), "false");
    await soon.equal(() => find.inputValue(), "Flat 9999");
    await find.click();
    await find.fill("no such meter");
    await page.getByText("No meter has this in its name.").waitFor();
    await page.keyboard.press("Escape");
    assert.deepEqual(complaints, []);
    await page.goto(`${fleet.url}/#/points/${encodeURIComponent(hostile)}/now`);
    await page.getByTestId("unknown-meter").waitFor();
    await soon.ok(async () => (await textOf(page, "unknown-meter")).includes(hostile));
    await soon.equal(() => page.locator("main img").count(), 0);
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
    await rowOf(page, "m00000").waitFor();
    for (const id of ["m00000", "m00001", "m00002"]) await rowOf(page, id).getByRole("checkbox").check();
    await page.getByRole("button", { name: "Examine the links" }).click();
    const results = page.getByTestId("examinations").locator("li");
    await results.filter({ hasText: "Nothing comes back at m00002" }).waitFor();
    await soon.equal(() => results.count(), 3);
    await soon.ok(async () => ((await results.nth(1).textContent()) ?? "").includes(hostile));
    assert.equal(most, 2);
    await page.close();
  });

  test("fits phones in three languages, and has no barriers, light and dark", async () => {
    const { page } = await openPage(browser, fleet.url);
    await rowOf(page, "m00002").waitFor();
    await rowOf(page, "m00001").getByRole("checkbox").check();
    await hasNoBarriers(page);
    for (const width of [320, 390])
      for (const language of ["da", "de", "en"]) {
        await page.setViewportSize({ width, height: 720 });
        await speak(page, language);
        await fits(page, `${language}, ${width} pixels`);
      }
    await page.emulateMedia({ colorScheme: "dark" });
    await page.locator('html[data-theme="dark"]').waitFor();
    await hasNoBarriers(page);
    await page.close();
  });
});
